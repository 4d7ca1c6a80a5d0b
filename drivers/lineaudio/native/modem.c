/* SPDX-License-Identifier: GPL-2.0-or-later
 * Voice modems: DLE-shielded octets of a serial descriptor (ITU-T V.253) from and to blocks of a line port.
 *
 * A thread for each modem that is in a voice state. Bytes come at the modem's pace, in whatever pieces; blocks go at
 * the clock's. What the modem does not take in time is dropped: a wire does not wait.
 */
#include "lineaudio.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

enum { DLE = 0x10, ETX = 0x03, SUB = 0x1a };
enum {
	PRIORITY = 20,
	QUEUED_MAX = 4 * BLOCK,                 /* octets in the kernel that the modem has not fetched: 80 ms */
	LOUD = 400,                             /* largest sample of a block in which nobody talks: -38 dBm0 */
	PAUSE = 25,                             /* blocks until silence is the end of talking: 500 ms */
	CUSHION = 3,                            /* blocks of silence that the modem is ahead of the clock: 60 ms of jitter */
};

struct la_modem {
	pthread_t thread;
	int serial, blocks, codes, wake;
	bool receives, sends, shielded;
	atomic_bool stop;
	atomic_int leave;                       /* the octet behind DLE that ends the state; 0: none */
	uint8_t to_line[256], to_modem[256], nothing;   /* nothing: the line's code of silence */
	int16_t loudness[256];                  /* of a code of the line */
	uint8_t block[BLOCK];
	int filled;
	uint8_t out[2 * BLOCK];                 /* shielded, not yet taken */
	int out_length, out_sent;
	bool talks;
	int silent;
	int cushion;                            /* blocks that are still to be given beyond those of the clock */
};

/* ---- formats ------------------------------------------------------------------------------ */

static int16_t expanded(int format, uint8_t code)
{
	switch (format) {
	case LA_MODEM_ULAW: return pjmedia_ulaw2linear(code);
	case LA_MODEM_ALAW: return pjmedia_alaw2linear(code);
	case LA_MODEM_UNSIGNED: return (int16_t)((code - 128) * 256);
	default: return (int16_t)((int8_t)code * 256);
	}
}

static uint8_t compressed(int format, int16_t sample)
{
	int rounded = PJ_MIN(sample + 128, 32767) >> 8;

	switch (format) {
	case LA_MODEM_ULAW: return pjmedia_linear2ulaw(sample);
	case LA_MODEM_ALAW: return pjmedia_linear2alaw(sample);
	case LA_MODEM_UNSIGNED: return (uint8_t)(rounded + 128);
	default: return (uint8_t)rounded;
	}
}

static void make_tables(struct la_modem *modem, int format, int law)
{
	int own = law == LA_ALAW ? LA_MODEM_ALAW : LA_MODEM_ULAW;

	modem->nothing = compressed(own, 0);
	for (int code = 0; code < 256; code++) {
		modem->to_line[code] = format == own ? code : compressed(own, expanded(format, code));
		modem->to_modem[code] = format == own ? code : compressed(format, expanded(own, code));
		modem->loudness[code] = abs(expanded(own, code));
	}
}

/* ---- from the modem ----------------------------------------------------------------------- */

static void tell(struct la_modem *modem, uint8_t code)
{
	uint8_t pair[2] = { DLE, code };

	if (write(modem->codes, pair, sizeof pair) < 0)
		return;                                 /* nobody reads: Python was away for long */
}

static void sample_came(struct la_modem *modem, uint8_t octet)
{
	if (!modem->receives) {                         /* text: the result of a command */
		if (write(modem->codes, &octet, 1) < 0)
			return;
		return;
	}
	modem->block[modem->filled++] = modem->to_line[octet];
	if (modem->filled < BLOCK)
		return;
	modem->filled = 0;
	send(modem->blocks, modem->block, BLOCK, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void code_came(struct la_modem *modem, uint8_t code)
{
	if (code == DLE || code == SUB)
		sample_came(modem, DLE);
	if (code == SUB)
		sample_came(modem, DLE);
	if (code == DLE || code == SUB)
		return;
	if (code == ETX)
		modem->receives = modem->sends = false; /* it is back in command state */
	if (code == 'u')
		modem->cushion = CUSHION;               /* underrun: it has played all it had */
	tell(modem, code);
}

static bool fetch(struct la_modem *modem)
{
	uint8_t octets[4 * BLOCK];
	ssize_t n = read(modem->serial, octets, sizeof octets);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		return false;
	for (ssize_t i = 0; i < n; i++) {
		if (modem->shielded)
			code_came(modem, octets[i]);
		else if (octets[i] != DLE)
			sample_came(modem, octets[i]);
		modem->shielded = !modem->shielded && octets[i] == DLE;
	}
	return true;
}

/* ---- to the modem ------------------------------------------------------------------------- */

static void watch_talking(struct la_modem *modem, const uint8_t *block)
{
	bool loud = false;

	for (int i = 0; i < BLOCK && !loud; i++)
		loud = modem->loudness[block[i]] > LOUD;
	modem->silent = loud ? 0 : modem->silent + 1;
	if (loud != modem->talks && (loud || modem->silent == PAUSE)) {
		modem->talks = loud;
		tell(modem, loud ? LA_MODEM_TALKS : LA_MODEM_QUIET);
	}
}

static void flush(struct la_modem *modem)
{
	ssize_t n = write(modem->serial, modem->out + modem->out_sent, modem->out_length - modem->out_sent);

	if (n > 0)
		modem->out_sent += n;
	if (modem->out_sent == modem->out_length)
		modem->out_sent = modem->out_length = 0;
}

static bool room(const struct la_modem *modem)
{
	int queued = 0;

	return !modem->out_length && (ioctl(modem->serial, TIOCOUTQ, &queued) < 0 || queued <= QUEUED_MAX);
}

static void shield(struct la_modem *modem, const uint8_t *block)
{
	for (int i = 0; i < BLOCK; i++) {
		uint8_t octet = modem->to_modem[block[i]];

		modem->out[modem->out_length++] = octet;
		if (octet == DLE)
			modem->out[modem->out_length++] = DLE;
	}
}

static bool give(struct la_modem *modem)
{
	uint8_t block[BLOCK];
	ssize_t n = recv(modem->blocks, block, sizeof block, MSG_DONTWAIT);

	if (n == 0)
		return false;
	if (n != BLOCK)
		return true;
	watch_talking(modem, block);
	if (!modem->sends || modem->leave || !room(modem))
		return true;
	shield(modem, block);
	flush(modem);
	for (; modem->cushion && room(modem); modem->cushion--) {
		memset(block, modem->nothing, sizeof block);
		shield(modem, block);
		flush(modem);
	}
	return true;
}

static void say_leave(struct la_modem *modem)
{
	int code = atomic_load(&modem->leave);

	if (!code || modem->out_length)
		return;
	modem->out[modem->out_length++] = DLE;
	modem->out[modem->out_length++] = code;
	modem->sends = false;
	atomic_store(&modem->leave, 0);
	flush(modem);
}

/* ---- the thread --------------------------------------------------------------------------- */

static void *modem_main(void *of)
{
	struct la_modem *modem = of;
	struct sched_param fifo = { .sched_priority = PRIORITY };
	uint64_t woken;

	pthread_setschedparam(pthread_self(), SCHED_FIFO, &fifo);
	while (!atomic_load(&modem->stop)) {
		struct pollfd wait[3] = {
			{ .fd = modem->serial, .events = POLLIN | (modem->out_length ? POLLOUT : 0) },
			{ .fd = modem->blocks, .events = POLLIN },
			{ .fd = modem->wake, .events = POLLIN },
		};

		if (poll(wait, 3, -1) < 0)
			continue;
		if (wait[2].revents && read(modem->wake, &woken, sizeof woken) < 0)
			continue;
		if (wait[0].revents & POLLOUT)
			flush(modem);
		say_leave(modem);
		if ((wait[0].revents & (POLLIN | POLLERR | POLLHUP) && !fetch(modem)) || (wait[1].revents && !give(modem))) {
			tell(modem, LA_MODEM_ENDED);
			break;
		}
	}
	return NULL;
}

static void wake(struct la_modem *modem)
{
	eventfd_write(modem->wake, 1);
}

struct la_modem *la_modem_start(int serial, int blocks, int codes, int format, int law, int ways)
{
	struct la_modem *modem = calloc(1, sizeof *modem);

	if (!modem)
		return NULL;
	modem->serial = serial;
	modem->blocks = blocks;
	modem->codes = codes;
	modem->receives = ways & LA_MODEM_RECEIVES;
	modem->sends = ways & LA_MODEM_SENDS;
	modem->cushion = CUSHION;
	make_tables(modem, format, law);
	modem->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (modem->wake >= 0 && !pthread_create(&modem->thread, NULL, modem_main, modem))
		return modem;
	if (modem->wake >= 0)
		close(modem->wake);
	free(modem);
	return NULL;
}

void la_modem_leave(struct la_modem *modem, int code)
{
	atomic_store(&modem->leave, code);
	wake(modem);
}

void la_modem_stop(struct la_modem *modem)
{
	atomic_store(&modem->stop, true);
	wake(modem);
	pthread_join(modem->thread, NULL);
	close(modem->wake);
	free(modem);
}
