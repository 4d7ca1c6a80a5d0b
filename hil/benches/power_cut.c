/* SPDX-License-Identifier: GPL-2.0-or-later
 * A power cut, for LD_PRELOAD: before operation number `cut_at` on files below POWER_CUT_UNDER every process dies, and
 * what was not synced is lost: of each file the newest writes (all, some, one of them torn at 512 octets), and the newest
 * renames and unlinks whose folder was not synced. POWER_CUT_SHARED is a file with `struct shared`, one for all.
 * As on ext4 and f2fs, a file that was synced is in its folder. Index files of WAL (-shm) are memory, not disk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { SECTOR = 512, FILES = 1024 };
enum kind { WRITE, CREATE, RENAME, UNLINK };

/* What one process syncs is on the disk for all: `synced` says at which operation each file last was. */
struct shared {
	atomic_long ops;
	long cut_at;
	atomic_int dead;
	unsigned seed;
	int64_t when_ms;
	struct { atomic_ulong ino; atomic_long op; } synced[FILES];
};

struct undo {
	struct undo *older;
	enum kind kind;
	long op;
	ino_t ino;                              /* of the file; of the folder for RENAME and UNLINK */
	char *path, *other;                     /* RENAME: from, to; UNLINK: path, stash */
	off_t at, size_before;
	size_t length, had;                     /* octets written, octets that were there */
	char *before;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct undo *newest;
static struct shared *shared;
static const char *under;
static unsigned stashes;

#define NEXT(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))

static bool begin(void)
{
	const char *file = getenv("POWER_CUT_SHARED");
	int fd;

	if (shared)
		return true;
	under = getenv("POWER_CUT_UNDER");
	if (!file || !under || (fd = syscall(SYS_openat, AT_FDCWD, file, O_RDWR, 0)) < 0)
		return false;
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	syscall(SYS_close, fd);
	if (shared == MAP_FAILED)
		shared = NULL;
	return shared != NULL;
}

static bool ours(const char *path)
{
	size_t n = strlen(path);

	return begin() && !strncmp(path, under, strlen(under)) && !(n > 4 && !strcmp(path + n - 4, "-shm"));
}

static bool path_of(int fd, char *path)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
	path[n < 0 ? 0 : n] = 0;
	return n > 0 && ours(path);
}

/* ---- the cut ---------------------------------------------------------------------------------- */

static void take_back(struct undo *u, size_t keep)
{
	int fd = syscall(SYS_openat, AT_FDCWD, u->path, O_WRONLY, 0);

	if (fd < 0)
		return;
	if (u->had > keep)
		syscall(SYS_pwrite64, fd, u->before + keep, u->had - keep, u->at + keep);
	if (u->size_before < (off_t)(u->at + u->length))
		syscall(SYS_ftruncate, fd, keep && u->size_before < (off_t)(u->at + keep) ? (off_t)(u->at + keep)
		                                                                        : u->size_before);
	syscall(SYS_close, fd);
}

static void lose(struct undo *u, bool oldest_lost, unsigned *seed)
{
	switch (u->kind) {
	case WRITE:
		take_back(u, oldest_lost && u->length > SECTOR ? rand_r(seed) % (u->length / SECTOR + 1) * SECTOR : 0);
		break;
	case CREATE:
		syscall(SYS_unlinkat, AT_FDCWD, u->path, 0);
		break;
	case RENAME:
		syscall(SYS_renameat2, AT_FDCWD, u->other, AT_FDCWD, u->path, 0);
		if (u->before)
			syscall(SYS_renameat2, AT_FDCWD, u->before, AT_FDCWD, u->other, 0);
		break;
	case UNLINK:                            /* a file of this name that was made and synced since proves it gone */
		syscall(SYS_renameat2, AT_FDCWD, u->other, AT_FDCWD, u->path, RENAME_NOREPLACE);
		break;
	}
}

static void forget_durable(void)
{
	for (struct undo **p = &newest, *u; (u = *p); ) {
		long op = -1;

		for (int i = 0; i < FILES && atomic_load(&shared->synced[i].ino); i++)
			if (atomic_load(&shared->synced[i].ino) == u->ino)
				op = atomic_load(&shared->synced[i].op);
		if (op > u->op)
			*p = u->older;          /* dying: nobody frees it */
		else
			p = &u->older;
	}
}

static void die(void)
{
	struct { ino_t ino; int count, kept; } files[FILES];
	int n = 0, i;
	unsigned seed = shared->seed ^ getpid();

	forget_durable();
	for (struct undo *u = newest; u; u = u->older) {
		for (i = 0; i < n && files[i].ino != u->ino; i++)
			;
		if (i == n && n < FILES)
			files[n].ino = u->ino, files[n++].count = 0;
		if (i < FILES)
			files[i].count++;
	}
	for (i = 0; i < n; i++)
		files[i].kept = rand_r(&seed) % (files[i].count + 1);
	for (struct undo *u = newest; u; u = u->older) {
		for (i = 0; i < n && files[i].ino != u->ino; i++)
			;
		if (i < n && files[i].count-- > files[i].kept)
			lose(u, files[i].count == files[i].kept, &seed);
	}
	kill(getpid(), SIGKILL);
	for (;;)
		pause();
}

static void step(void)
{
	struct timespec now;

	if (!atomic_load(&shared->dead) && atomic_fetch_add(&shared->ops, 1) + 1 == shared->cut_at) {
		clock_gettime(CLOCK_REALTIME, &now);
		shared->when_ms = now.tv_sec * 1000 + now.tv_nsec / 1000000;
		atomic_store(&shared->dead, 1);
	}
	if (atomic_load(&shared->dead))
		die();
}

/* ---- what is not yet on the disk --------------------------------------------------------------- */

static struct undo *note(enum kind kind, const char *path, ino_t ino)
{
	struct undo *u = calloc(1, sizeof *u);

	u->kind = kind;
	u->path = strdup(path);
	u->ino = ino;
	u->op = atomic_load(&shared->ops);
	u->older = newest;
	newest = u;
	return u;
}

static void note_write(int fd, const char *path, off_t at, size_t length)
{
	struct stat s;
	struct undo *u;
	ssize_t had;

	if (fstat(fd, &s))
		return;
	u = note(WRITE, path, s.st_ino);
	u->at = at;
	u->length = length;
	u->size_before = s.st_size;
	u->before = malloc(length + 1);
	int in = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0);
	had = in < 0 ? 0 : syscall(SYS_pread64, in, u->before, length, at);
	u->had = had < 0 ? 0 : had;
	if (in >= 0)
		syscall(SYS_close, in);
}

static void synced(ino_t ino, bool all)
{
	for (struct undo **p = &newest, *u; (u = *p); ) {
		if (all || u->ino == ino) {
			if (u->kind == UNLINK || (u->kind == RENAME && u->before))
				syscall(SYS_unlinkat, AT_FDCWD, u->kind == UNLINK ? u->other : u->before, 0);
			*p = u->older;
			free(u->path), free(u->other), free(u->before), free(u);
		} else {
			p = &u->older;
		}
	}
}

static void tell_all(ino_t ino, bool all)
{
	for (int i = 0; i < FILES; i++) {
		unsigned long empty = 0, known = atomic_load(&shared->synced[i].ino);

		if (all && known)
			atomic_store(&shared->synced[i].op, atomic_load(&shared->ops));
		else if (!all && (known == ino || (!known && atomic_compare_exchange_strong(&shared->synced[i].ino, &empty, ino)))) {
			atomic_store(&shared->synced[i].op, atomic_load(&shared->ops));
			return;
		} else if (!known)
			return;
	}
}

static ino_t folder_of(const char *path)
{
	char folder[PATH_MAX], *slash;
	struct stat s;

	snprintf(folder, sizeof folder, "%s", path);
	if ((slash = strrchr(folder, '/')))
		*slash = 0;
	return stat(folder, &s) ? 0 : s.st_ino;
}

static char *stash(const char *path)
{
	char name[PATH_MAX];

	snprintf(name, sizeof name, "%s.stash-%d-%u", path, getpid(), stashes++);
	return syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, name, 0) ? NULL : strdup(name);
}

/* ---- the calls ---------------------------------------------------------------------------------- */

#define GUARDED(fd, before) do { char path[PATH_MAX]; int kept = errno; \
	if (path_of(fd, path)) { pthread_mutex_lock(&lock); step(); before; pthread_mutex_unlock(&lock); } \
	errno = kept; } while (0)

ssize_t write(int fd, const void *data, size_t size)
{
	GUARDED(fd, note_write(fd, path, lseek(fd, 0, SEEK_CUR), size));
	return NEXT(write)(fd, data, size);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
	GUARDED(fd, note_write(fd, path, at, size));
	return NEXT(pwrite)(fd, data, size, at);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
	GUARDED(fd, note_write(fd, path, at, size));
	return NEXT(pwrite64)(fd, data, size, at);
}

static int after_sync(int fd, int done, bool all)
{
	char path[PATH_MAX];
	struct stat s;

	if (!done && path_of(fd, path) && !fstat(fd, &s)) {
		pthread_mutex_lock(&lock);
		synced(s.st_ino, all);
		tell_all(s.st_ino, all);
		pthread_mutex_unlock(&lock);
	}
	return done;
}

int fsync(int fd) { GUARDED(fd, ); return after_sync(fd, NEXT(fsync)(fd), false); }
int fdatasync(int fd) { GUARDED(fd, ); return after_sync(fd, NEXT(fdatasync)(fd), false); }
int syncfs(int fd) { GUARDED(fd, ); return after_sync(fd, NEXT(syncfs)(fd), true); }

static void note_cut(int fd, const char *path, off_t size)
{
	struct stat s;

	if (!fstat(fd, &s) && size < s.st_size)
		note_write(fd, path, size, s.st_size - size);
}

int ftruncate(int fd, off_t size) { GUARDED(fd, note_cut(fd, path, size)); return NEXT(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) { GUARDED(fd, note_cut(fd, path, size)); return NEXT(ftruncate64)(fd, size); }

int rename(const char *from, const char *to)
{
	struct undo *u;

	if (ours(to)) {
		pthread_mutex_lock(&lock);
		step();
		u = note(RENAME, from, folder_of(to));
		u->other = strdup(to);
		u->before = stash(to);
		pthread_mutex_unlock(&lock);
	}
	return NEXT(rename)(from, to);
}

int unlink(const char *path)
{
	char *kept;

	if (ours(path)) {
		pthread_mutex_lock(&lock);
		step();
		if ((kept = stash(path)))
			note(UNLINK, path, folder_of(path))->other = kept;
		pthread_mutex_unlock(&lock);
	}
	return NEXT(unlink)(path);
}

static int opened(int fd, const char *path, int flags, bool was_there)
{
	struct stat s;
	char real[PATH_MAX];

	if (fd >= 0 && (flags & O_CREAT) && !was_there && path_of(fd, real) && !fstat(fd, &s)) {
		pthread_mutex_lock(&lock);
		note(CREATE, real, s.st_ino);
		pthread_mutex_unlock(&lock);
	}
	(void)path;
	return fd;
}

#define OPEN(name, before, args) \
	mode_t mode = 0; va_list more; bool was_there; \
	if (flags & (O_CREAT | O_TMPFILE)) { va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); } \
	was_there = !(flags & O_CREAT) || access(path, F_OK) == 0; \
	return opened(NEXT(name) args, path, flags, was_there)

int open(const char *path, int flags, ...) { OPEN(open, , (path, flags, mode)); }
int open64(const char *path, int flags, ...) { OPEN(open64, , (path, flags, mode)); }
int openat(int at, const char *path, int flags, ...) { OPEN(openat, , (at, path, flags, mode)); }
int openat64(int at, const char *path, int flags, ...) { OPEN(openat64, , (at, path, flags, mode)); }
