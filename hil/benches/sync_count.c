/* SPDX-License-Identifier: GPL-2.0-or-later
 * Counts how often a program makes files durable, for LD_PRELOAD: syncs_counted() says how often so far.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>

static long count;

long syncs_counted(void) { return count; }

int fsync(int fd)
{
	__atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
	return ((__typeof__(fsync) *)dlsym(RTLD_NEXT, "fsync"))(fd);
}

int fdatasync(int fd)
{
	__atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
	return ((__typeof__(fdatasync) *)dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
