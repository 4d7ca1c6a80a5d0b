/* SPDX-License-Identifier: GPL-2.0-or-later
 * Lines: what comes from the wire.
 *
 * Blocks of a socket arrive at their sender's own moment. A new stream waits from 10 to 30 ms for its
 * first tick, depending on the half of the tick in which its first block came: short enough to talk, and
 * enough slack that a late block is not a gap. A block that still comes too late is made up for by staying
 * one block deeper; depth that is never used is shed again, one quiet block at a time.
 */
#include "line.h"
#include "hear.h"
#include <errno.h>

enum {
	DEPTH_MAX = 12,                         /* 240 ms; beyond it the oldest is thrown away */
	DEPTH_FINE = 3,                         /* depth that is worth shedding, when always there */
	WATCH = 250,                            /* ticks over which the least depth is taken: 5 s */
	CLIPPED = 32000,                        /* of both laws only the loudest code is larger */
	CLIPPED_SAMPLES = 3,                    /* in a block */
	QUIET = 200,                            /* largest sample of a block nobody misses: -44 dBm0 */
	GIVE_UP = 50,                           /* ticks without a block until the stream counts as ended */
	LEAD_WATCH = 64,                        /* blocks over which `lead` is taken */
};

static void adopt_descriptor(struct la_line *line)
{
	int64_t next = atomic_load_explicit(&line->next, memory_order_relaxed);

	if (next == UNCHANGED || (next = atomic_exchange(&line->next, UNCHANGED)) == UNCHANGED)
		return;
	if (line->fd >= 0)
		close(line->fd);
	line->fd = descriptor_of(next);
	line->attachment = next >> 32;
	line->depth = line->missing = 0;
	line->flowing = false;
	line->lead = line->lead_next = INT64_MAX;
	line->lead_watched = 0;
	if (handover_take(&line->echo))
		echo_forget((struct echo *)line->echo.now);
}

static void drop(struct la_line *line, enum la_event_kind kind, int value)
{
	close(line->fd);
	line->fd = -1;
	event_push(FROM_CLOCK, kind, line->source, value, &line->attachment, sizeof line->attachment);
}

static void discard_oldest(struct la_line *line)
{
	line->head++;
	line->depth--;
	line->stats.overruns++;
}

/* A far end answers a block with the one that it sends next. The numbers of the two differ by the same as long as neither
 * end slips, however late blocks come and whatever waits here: so the least difference seen is the true one. */
static void watch_lead(struct la_line *line)
{
	int64_t lead = line->stats.sent - line->stats.received;

	line->lead = PJ_MIN(line->lead, lead);
	line->lead_next = PJ_MIN(line->lead_next, lead);
	if (++line->lead_watched < LEAD_WATCH)
		return;
	line->lead_watched = 0;
	line->lead = line->lead_next;
	line->lead_next = INT64_MAX;
}

static void take(struct la_line *line, const uint8_t *block)
{
	watch_lead(line);
	if (line->depth >= DEPTH_MAX)
		discard_oldest(line);
	memcpy(line->fifo[(line->head + line->depth++) % FIFO], block, BLOCK);
	line->stats.received++;
}

static void fetch(struct la_line *line)
{
	uint8_t block[BLOCK + 1];

	for (int i = 0; i < FIFO && line->fd >= 0; i++) {
		ssize_t n = read(line->fd, block, sizeof block);

		if (n == BLOCK) {
			take(line, block);
		} else if (n < 0 && (errno == EAGAIN || errno == EINTR || errno == 500 /* DAHDI ELAST: an event is due */)) {
			return;
		} else if (n <= 0) {
			drop(line, LA_LINE_ENDED, n < 0 ? errno : 0);
		} else {
			line->stats.bad++;
			drop(line, LA_LINE_BAD, n);
		}
	}
}

static int peak(const int16_t *pcm)
{
	int most = 0;

	for (int i = 0; i < BLOCK; i++)
		most = PJ_MAX(most, pcm[i] < 0 ? -pcm[i] : pcm[i]);
	return most;
}

/* The loudest code of G.711 is that of everything louder; once or twice it may be just that loud. */
static bool is_clipped(const int16_t *pcm)
{
	int count = 0;

	for (int i = 0; i < BLOCK; i++)
		count += abs(pcm[i]) >= CLIPPED;
	return count >= CLIPPED_SAMPLES;
}

static void pop(struct la_line *line)
{
	int64_t number = line->stats.received - line->depth;
	struct echo *echo = canceller(line);
	int most;

	expand(line, line->fifo[line->head++ % FIFO], line->in);
	line->depth--;
	most = level_add(&line->level_in, line->in);
	line->stats.peak_in = PJ_MAX(line->stats.peak_in, most);
	if (most >= CLIPPED)
		line->stats.clipped += is_clipped(line->in);
	if (echo)
		echo_cancel(echo, line->in, number + line->lead - 1);
	amplify(line->in, line->gain_in);
}

static bool oldest_is_quiet(const struct la_line *line)
{
	int16_t pcm[BLOCK];

	expand(line, line->fifo[line->head % FIFO], pcm);
	return peak(pcm) < QUIET;
}

static void shed(struct la_line *line)
{
	line->least = PJ_MIN(line->least, line->depth);
	if (++line->watched < WATCH)
		return;
	if (line->least >= DEPTH_FINE && oldest_is_quiet(line))
		discard_oldest(line);
	else if (line->least >= DEPTH_FINE)
		return;                                 /* try again at the next quiet block */
	line->watched = 0;
	line->least = FIFO;
}

static void starve(struct la_line *line)
{
	pj_bzero(line->in, sizeof line->in);
	level_add(&line->level_in, line->in);
	if (!line->flowing)
		return;
	if (++line->missing >= GIVE_UP) {
		line->flowing = false;
		line->missing = 0;
	}
}

static void receive(struct la_line *line, bool tick)
{
	adopt_descriptor(line);
	if (!tick && line->flowing)
		return;
	if (line->fd >= 0)
		fetch(line);
	if (!line->flowing && line->depth) {
		line->flowing = true;
		line->hold = tick;
		line->missing = line->watched = 0;
		line->least = FIFO;
	}
	if (!tick)
		return;
	if (line->flowing && line->depth && !line->hold) {
		line->stats.underruns += line->missing;         /* a pause that ended: those blocks were late */
		line->missing = 0;
		pop(line);
		shed(line);
	} else if (line->hold) {
		line->hold = 0;
		pj_bzero(line->in, sizeof line->in);
	} else {
		starve(line);
	}
	line->quiet = peak(line->in) < QUIET ? line->quiet + 1 : 0;
}

static void remember(struct la_line *line)
{
	struct memory *memory = atomic_load_explicit(&line->memory, memory_order_acquire);
	long long n = atomic_load_explicit(&line->remembered, memory_order_relaxed);

	if (memory)
		memcpy(memory->blocks[n % MEMORY], line->in, sizeof line->in);
	atomic_store_explicit(&line->remembered, n + 1, memory_order_release);
}

void lines_receive(bool tick)
{
	int count = atomic_load_explicit(&la_line_count, memory_order_acquire);

	for (int i = 0; i < count; i++) {
		struct la_line *line = la_lines[i];
		struct ears *ears;

		receive(line, tick);
		if (tick)
			remember(line);
		if (tick && (ears = (struct ears *)handover_take(&line->ears)))
			ears_hear(ears, line->in);
		if (tick && line->mute & LA_MUTE_IN)
			pj_bzero(line->in, sizeof line->in);
		line->out_filled = line->out_filled && !tick;
	}
}
