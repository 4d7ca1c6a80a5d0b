// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The phone at a station's wire: `dialtone CHANNEL [HELD [daemon]]` lifts it, and prints the seconds on CLOCK_MONOTONIC when it
 * was lifted for the first time and when 100 ms of sound had been heard. A phone that hears nothing is put down and
 * lifted again: a core that has just come may not have seen it. Both channels are then kept from the core until the end.
 * In C, because Python's start would take the processor from what is measured.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <dahdi/user.h>

#define BLOCK 160    /* 20 ms of G.711 */
#define HEARD 5      /* blocks of sound */
#define PATIENCE 150 /* blocks until it is lifted again */
#define DOWN_MS 600  /* shorter is a rotary pulse or a flash, of which no dial tone comes */
#define QUIET 10     /* codes that differ from silence in a block that counts as silent */

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec + at.tv_nsec / 1e9;
}

static void hook(int fd, int state)
{
	while (ioctl(fd, DAHDI_HOOK, &state) && (errno == EBUSY || errno == EINTR))
		usleep(10000);
}

static int sounds(const unsigned char *block, int length)
{
	int loud = 0;

	for (int i = 0; i < length; i++)
		loud += (block[i] & 0x7f) < 0x6f; /* mu-law: above about -50 dBm0 */
	return loud > QUIET;
}

/* By number: /dev/dahdi/3 would be a link that dahdi-tools' udev rules make, which the appliance has not. */
static int opened(const char *channel)
{
	int number = atoi(channel), size = BLOCK, fd;

	while ((fd = open("/dev/dahdi/channel", O_RDWR)) < 0 || ioctl(fd, DAHDI_SPECIFY, &number)) {
		if (fd >= 0)
			close(fd);
		usleep(20000);
	}
	ioctl(fd, DAHDI_SET_BLOCKSIZE, &size);
	return fd;
}

/* Lifts and listens; 1 when there was dial tone. */
static int listens(int fd)
{
	unsigned char block[BLOCK];
	int heard = 0;

	hook(fd, DAHDI_OFFHOOK);
	for (int blocks = 0; blocks < PATIENCE && heard < HEARD;) {
		int length = read(fd, block, sizeof(block)), event;

		if (length < 0) {
			ioctl(fd, DAHDI_GETEVENT, &event);
			continue;
		}
		blocks++;
		heard = sounds(block, length) ? heard + 1 : 0;
	}
	return heard >= HEARD;
}

int main(int count, char **words)
{
	int fd = opened(words[1]);
	double lifted = now();

	if (count > 2)
		opened(words[2]);
	if (count > 3 && fork())
		return 0; /* the core may come: both channels are ours */
	while (!listens(fd)) {
		hook(fd, DAHDI_ONHOOK);
		usleep(DOWN_MS * 1000);
	}
	printf("%.3f %.3f\n", lifted, now());
	fflush(stdout);
	hook(fd, DAHDI_ONHOOK);
	pause();
	return 0;
}
