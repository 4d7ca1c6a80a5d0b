/* SPDX-License-Identifier: GPL-2.0-or-later
 * A disk with faults, for LD_PRELOAD: writes to files below BAD_DISK_UNDER stall or fail while the file
 * BAD_DISK_ORDERS says so: "stall MS" holds each write for so long, "full" fails it with ENOSPC.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_ours(int fd)
{
	const char *under = getenv("BAD_DISK_UNDER");
	char link[64], path[4096];
	ssize_t n;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	if (!under || (n = readlink(link, path, sizeof path - 1)) < 0)
		return 0;
	path[n] = 0;
	return strncmp(path, under, strlen(under)) == 0;
}

/* 0: go on; -1 with errno: this write fails. */
static int obey(int fd)
{
	const char *orders = getenv("BAD_DISK_ORDERS");
	FILE *file;
	int ms = 0, kept = errno;
	char word[16] = "";

	if (!is_ours(fd) || !orders || !(file = fopen(orders, "r"))) {
		errno = kept;
		return 0;
	}
	if (fscanf(file, "%15s %d", word, &ms) < 1)
		word[0] = 0;
	fclose(file);
	if (!strcmp(word, "stall"))
		usleep(1000 * ms);
	errno = !strcmp(word, "full") ? ENOSPC : kept;
	return strcmp(word, "full") ? 0 : -1;
}

#define NEXT(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *data, size_t size) { return obey(fd) ? -1 : NEXT(write)(fd, data, size); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return obey(fd) ? -1 : NEXT(pwrite)(fd, data, size, at); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
	return obey(fd) ? -1 : NEXT(pwrite64)(fd, data, size, at);
}
int fdatasync(int fd) { return obey(fd) ? -1 : NEXT(fdatasync)(fd); }
int fsync(int fd) { return obey(fd) ? -1 : NEXT(fsync)(fd); }
