/* SPDX-License-Identifier: GPL-2.0-or-later
 * Name servers with faults, for LD_PRELOAD: names that end in ".away.test" are not answered for six seconds,
 * other ".test" names are 127.0.0.1.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

static int ends(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && !strcmp(name + n - m, end);
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
	__typeof__(getaddrinfo) *next = (__typeof__(getaddrinfo) *)dlsym(RTLD_NEXT, "getaddrinfo");

	if (name && ends(name, ".away.test")) {
		sleep(6);
		return EAI_AGAIN;
	}
	return next(name && ends(name, ".test") ? "127.0.0.1" : name, service, hints, found);
}
