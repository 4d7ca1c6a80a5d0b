/* SPDX-License-Identifier: GPL-2.0-or-later
 * Recorders: two channels into one WAV file, whatever the disk does.
 *
 * Both channels of a tick go to the cell of that tick's number, so they cannot drift apart. The clock
 * only fills cells; one writer thread opens, writes and closes every file and may stall for seconds:
 * the ring holds RING ticks. Another thread makes what was written durable twice a second.
 * Blanks: spans that must not be kept (card digits). The writer overwrites what is in the file already.
 */
#include "lineaudio.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sys/stat.h>

enum {
	RING = 256,                             /* ticks: 5.1 s */
	LAG = 8,                                /* ticks that a late packet may still find its cell */
	CELL = 2 * BLOCK,                       /* samples of a tick, left and right in turn */
	WRITE_EVERY_MS = 200,
	SYNC_EVERY_MS = 400,                    /* with LAG and WRITE_EVERY_MS: less than a second is at stake */
	REACH = 1200,                           /* samples a packet may lie off the present */
	GATHER = 32,                            /* ticks in one write */
	SYNC_MAX = 1024,
	SYNC_ALONE = 8,                         /* of more files than these each would cost a commit of its own */
	BLANKS = 16,
	BYTES = 4,                              /* of both channels' sample */
	HEADER = 44,
};

struct sink { pjmedia_port base; pj_pool_t *pool; struct la_recorder *recorder; int channel, slot; };

struct la_recorder {
	struct la_recorder *next;
	struct sink *sink[2];
	int source, fd, error;
	unsigned long first;                    /* tick of the first cell */
	atomic_ulong last, taken, lost;
	atomic_int held, closing;               /* sinks the bridge still holds; 1 when `last` is final */
	struct { bool anchored; uint32_t origin; int64_t base; } clock[2];
	int64_t samples;
	char *path;
	atomic_int muted;
	pthread_mutex_t blank_lock;             /* Python and the writer only */
	struct { int64_t from, to; } blank[BLANKS];     /* samples */
	int blanks;
	int16_t ring[RING][CELL];
};

static _Atomic(struct la_recorder *) incoming;  /* opened by Python, not yet seen by the writer */
static struct la_recorder *recorders;           /* the writer's own */
static pthread_t writer, syncer;
static atomic_bool running;
static atomic_int stall_ms;
static pthread_mutex_t sync_lock = PTHREAD_MUTEX_INITIALIZER;   /* writer and syncer only */
static int sync_fds[SYNC_MAX], sync_count;

/* ---- filling cells: the clock and the forwarder ------------------------------------------- */

static int16_t *cell_of(struct la_recorder *r, unsigned long tick)
{
	if (tick - atomic_load_explicit(&r->taken, memory_order_acquire) < RING)
		return r->ring[tick % RING];
	atomic_fetch_add_explicit(&r->lost, 1, memory_order_relaxed);
	return NULL;
}

static pj_status_t sink_put(pjmedia_port *port, pjmedia_frame *frame)
{
	struct sink *s = (struct sink *)port;
	const int16_t *pcm = frame->buf;
	int16_t *cell;

	if (frame->type != PJMEDIA_FRAME_TYPE_AUDIO || !pcm || atomic_load(&s->recorder->muted))
		return PJ_SUCCESS;
	cell = cell_of(s->recorder, atomic_load_explicit(&clock_tick, memory_order_relaxed) - s->recorder->first);
	for (int i = 0; cell && i < BLOCK; i++)
		cell[2 * i + s->channel] = pcm[i];
	return PJ_SUCCESS;
}

/* A packet goes where its timestamp says: loss is silence of the right length, and order heals. A jump
 * (a new stream, a pause) starts anew at the present. */
static int64_t place(struct la_recorder *r, int channel, uint32_t timestamp)
{
	int64_t now = (int64_t)(atomic_load(&clock_tick) - r->first) * BLOCK;
	int64_t at = r->clock[channel].base + (int32_t)(timestamp - r->clock[channel].origin);

	if (!r->clock[channel].anchored || at < now - REACH || at > now + REACH) {
		r->clock[channel].anchored = true;
		r->clock[channel].origin = timestamp;
		r->clock[channel].base = at = now;
	}
	return at;
}

void recorder_tap(struct la_recorder *r, int channel, const int16_t *pcm, size_t count, uint32_t timestamp)
{
	int64_t at = place(r, channel, timestamp);

	if (atomic_load(&r->muted))
		return;
	for (size_t i = 0, n; i < count; i += n, at += n) {
		size_t offset = at % BLOCK;
		int16_t *cell = cell_of(r, at / BLOCK);

		n = PJ_MIN(BLOCK - offset, count - i);
		for (size_t k = 0; cell && k < n; k++)
			cell[2 * (offset + k) + channel] = pcm[i + k];
	}
}

/* ---- the writer ---------------------------------------------------------------------------- */

static void fail(struct la_recorder *r, int error)
{
	if (!r->error)
		event_push(FROM_WRITER, LA_RECORDER_FAILED, r->source, error, NULL, 0);
	r->error = error;
}

static void write_header(struct la_recorder *r)
{
	uint32_t bytes = r->samples * 4;
	struct __attribute__((packed)) {
		char riff[4]; uint32_t size; char wave_fmt[8]; uint32_t fmt_size;
		uint16_t format, channels; uint32_t rate, per_second; uint16_t align, bits;
		char data[4]; uint32_t bytes;
	} h = { {'R','I','F','F'}, 36 + bytes, {'W','A','V','E','f','m','t',' '}, 16,
		1, 2, RATE, RATE * 4, 4, 16, {'d','a','t','a'}, bytes };

	if (pwrite(r->fd, &h, sizeof h, 0) != sizeof h)
		fail(r, errno);
}

static void write_all(struct la_recorder *r, const void *data, size_t size)
{
	while (size && !r->error) {
		ssize_t n = write(r->fd, data, size);

		if (n > 0) {
			data = (const char *)data + n;
			size -= n;
		} else if (errno != EINTR) {
			fail(r, errno ? errno : EIO);
		}
	}
}

static void open_file(struct la_recorder *r)
{
	char folder[1024];

	r->fd = open(r->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0660);
	if (r->fd < 0 && errno == ENOENT) {
		pj_ansi_strxcpy(folder, r->path, sizeof folder);
		mkdir(dirname(folder), 0770);
		r->fd = open(r->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0660);
	}
	if (r->fd < 0) {
		fail(r, errno);
		return;
	}
	write_header(r);
	lseek(r->fd, HEADER, SEEK_SET);
}

static unsigned long ready_until(struct la_recorder *r)
{
	unsigned long now = atomic_load_explicit(&clock_tick, memory_order_acquire);

	if (atomic_load(&r->closing) && now > atomic_load(&r->last) + LAG)
		return atomic_load(&r->last) - r->first;
	return now > r->first + LAG ? now - LAG - r->first : 0;
}

static void drain(struct la_recorder *r, unsigned long end)
{
	static int16_t out[GATHER][CELL];
	unsigned long taken = atomic_load_explicit(&r->taken, memory_order_relaxed);

	while (taken < end) {
		unsigned long n = 0;

		for (; n < GATHER && taken < end; n++, taken++) {
			int16_t *cell = r->ring[taken % RING];
			if (end - taken > RING)         /* never written: the ring had been full */
				memset(out[n], 0, sizeof out[n]);
			else
				memcpy(out[n], cell, sizeof out[n]), memset(cell, 0, sizeof out[n]);
		}
		write_all(r, out, n * sizeof out[0]);
		r->samples += r->error ? 0 : n * BLOCK;
		atomic_store_explicit(&r->taken, taken, memory_order_release);
	}
}

/* Silence over [from, to) of the file, as far as it is written. */
static int64_t silence(struct la_recorder *r, int64_t from, int64_t to)
{
	static const char zeros[RATE * BYTES];

	to = PJ_MIN(to, r->samples);
	while (from < to && !r->error) {
		int64_t n = PJ_MIN(to - from, RATE);

		if (pwrite(r->fd, zeros, n * BYTES, HEADER + from * BYTES) != n * BYTES)
			fail(r, errno ? errno : EIO);
		from += n;
	}
	return from;
}

static void blank_written(struct la_recorder *r)
{
	int kept = 0;

	if (r->fd < 0)
		return;
	pthread_mutex_lock(&r->blank_lock);
	for (int i = 0; i < r->blanks; i++) {
		r->blank[i].from = silence(r, r->blank[i].from, r->blank[i].to);
		if (r->blank[i].from < r->blank[i].to)
			r->blank[kept++] = r->blank[i];
	}
	r->blanks = kept;
	pthread_mutex_unlock(&r->blank_lock);
}

static bool finish(struct la_recorder *r)
{
	struct la_recorded done = { r->samples, atomic_load(&r->lost), r->error };

	if (!atomic_load(&r->closing) || atomic_load(&r->held) ||
	    atomic_load(&r->taken) + r->first < atomic_load(&r->last))
		return false;
	if (r->fd >= 0) {
		write_header(r);
		fdatasync(r->fd);
		close(r->fd);
	}
	event_push(FROM_WRITER, LA_RECORDER_DONE, r->source, 0, &done, sizeof done);
	return true;
}

static void adopt(void)
{
	for (struct la_recorder *r = atomic_exchange(&incoming, NULL), *next; r; r = next) {
		next = r->next;
		open_file(r);
		r->next = recorders;
		recorders = r;
	}
}

static void offer_for_sync(void)
{
	pthread_mutex_lock(&sync_lock);
	while (sync_count)
		close(sync_fds[--sync_count]);
	for (struct la_recorder *r = recorders; r && sync_count < SYNC_MAX; r = r->next)
		if (r->fd >= 0 && (sync_fds[sync_count] = fcntl(r->fd, F_DUPFD_CLOEXEC, 0)) >= 0)
			sync_count++;
	pthread_mutex_unlock(&sync_lock);
}

static bool write_round(void)
{
	adopt();
	for (struct la_recorder **p = &recorders, *r; (r = *p); ) {
		drain(r, ready_until(r));
		blank_written(r);
		if (finish(r)) {
			*p = r->next;
			pthread_mutex_destroy(&r->blank_lock);
			free(r->path);
			free(r);
		} else {
			p = &r->next;
		}
	}
	return recorders != NULL;
}

static void *writer_main(void *unused)
{
	int rounds = 0;

	for (;;) {
		usleep(1000 * (WRITE_EVERY_MS + atomic_exchange(&stall_ms, 0)));
		if (write_round() && ++rounds % (SYNC_EVERY_MS / WRITE_EVERY_MS) == 0)
			offer_for_sync();
	}
	return unused;
}

static void *syncer_main(void *unused)
{
	int fds[SYNC_MAX], count;

	for (;;) {
		usleep(1000 * SYNC_EVERY_MS);
		pthread_mutex_lock(&sync_lock);
		count = sync_count;
		memcpy(fds, sync_fds, count * sizeof fds[0]);
		sync_count = 0;
		pthread_mutex_unlock(&sync_lock);
		if (count > SYNC_ALONE)
			syncfs(fds[0]);
		for (int i = 0; i < count; i++) {
			if (count <= SYNC_ALONE)
				fdatasync(fds[i]);
			close(fds[i]);
		}
	}
	return unused;
}

static void start_threads(void)
{
	if (atomic_exchange(&running, true))
		return;
	pthread_create(&writer, NULL, writer_main, NULL);
	pthread_create(&syncer, NULL, syncer_main, NULL);
	pthread_setname_np(writer, "recorder");
	pthread_setname_np(syncer, "syncer");
}

/* ---- Python's side ------------------------------------------------------------------------- */

static pj_status_t sink_gone(pjmedia_port *port)
{
	struct sink *s = (struct sink *)port;
	struct la_recorder *r = s->recorder;

	pj_pool_release(s->pool);
	atomic_fetch_sub(&r->held, 1);          /* the writer may free r from here on */
	return PJ_SUCCESS;
}

static struct sink *sink_join(struct la_recorder *r, int channel)
{
	pj_pool_t *pool = pjsua_pool_create("sink", 1024, 1024);
	struct sink *s = PJ_POOL_ZALLOC_T(pool, struct sink);

	s->pool = pool;
	s->recorder = r;
	s->channel = channel;
	s->base.put_frame = sink_put;
	s->base.on_destroy = sink_gone;
	atomic_fetch_add(&r->held, 1);
	if (port_join(&s->base, pool, channel ? "right" : "left", &s->slot) == PJ_SUCCESS)
		return s;
	sink_gone(&s->base);
	return NULL;
}

struct la_recorder *la_recorder_open(const char *path, int source)
{
	struct la_recorder *r = calloc(1, sizeof *r);

	if (!r || !(r->path = strdup(path))) {
		free(r);
		return NULL;
	}
	pthread_mutex_init(&r->blank_lock, NULL);
	r->source = source;
	r->fd = -1;
	r->first = atomic_load(&clock_tick);
	start_threads();
	r->next = atomic_load(&incoming);
	while (!atomic_compare_exchange_weak(&incoming, &r->next, r))
		;
	return r;
}

/* The sinks join the bridge when they are first asked for: a direct call is recorded without any. */
int la_recorder_slot(struct la_recorder *r, int channel)
{
	if (!r->sink[channel])
		r->sink[channel] = sink_join(r, channel);
	return r->sink[channel] ? r->sink[channel]->slot : -1;
}

void la_recorder_close(struct la_recorder *r)
{
	atomic_store(&r->last, atomic_load(&clock_tick));
	for (int i = 0; i < 2; i++)
		if (r->sink[i])
			port_leave(&r->sink[i]->base, r->sink[i]->slot);
	atomic_store(&r->closing, 1);
}

void la_recorder_mute(struct la_recorder *r, int muted) { atomic_store(&r->muted, muted); }

int64_t la_recorder_now(struct la_recorder *r) { return (int64_t)(atomic_load(&clock_tick) - r->first) * BLOCK; }

/* When there are more blanks than fit, the last one grows: rather too much silence than a digit. */
void la_recorder_blank(struct la_recorder *r, int64_t from, int64_t to)
{
	int last;

	pthread_mutex_lock(&r->blank_lock);
	last = PJ_MIN(r->blanks, BLANKS - 1);
	if (r->blanks < BLANKS)
		r->blanks++;
	else
		from = PJ_MIN(from, r->blank[last].from), to = PJ_MAX(to, r->blank[last].to);
	r->blank[last].from = PJ_MAX(from, 0);
	r->blank[last].to = to;
	pthread_mutex_unlock(&r->blank_lock);
}

void la_recorder_stall(int ms) { atomic_store(&stall_ms, ms); }
