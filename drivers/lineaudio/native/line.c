/* SPDX-License-Identifier: GPL-2.0-or-later
 * Line ports: 160-byte G.711 blocks between a descriptor (a DAHDI channel, or a socket whose other end
 * plays the wire) and the bridge, with detectors and generators on the way.
 *
 * Blocks of a socket arrive at their sender's own moment. A new stream waits from 10 to 30 ms for its
 * first tick, depending on the half of the tick in which its first block came: short enough to talk, and
 * enough slack that a late block is not a gap. A block that still comes too late is made up for by staying
 * one block deeper; depth that is never used is shed again, one quiet block at a time.
 */
#include "lineaudio.h"
#include "generate.h"
#include "echo.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>

enum {
	FIFO = 16,
	DEPTH_MAX = 12,                         /* 240 ms; beyond it the oldest is thrown away */
	DEPTH_FINE = 3,                         /* depth that is worth shedding, when always there */
	WATCH = 250,                            /* ticks over which the least depth is taken: 5 s */
	QUIET = 200,                            /* largest sample of a block nobody misses: -44 dBm0 */
	GIVE_UP = 50,                           /* ticks without a block until the stream counts as ended */
	UNCHANGED = -1,
	MEMORY = 600,                           /* blocks that can be recalled: 12 s */
	LEAD_WATCH = 64,                        /* blocks over which `lead` is taken */
};

struct memory { int16_t blocks[MEMORY][BLOCK]; };

struct la_line {
	pjmedia_port base;
	int source, slot, fd, attachment;
	atomic_int law, mute;
	_Atomic int64_t next;                   /* number of the attachment and its descriptor + 1, or UNCHANGED */
	int attachments;                        /* Python's */
	struct handover ears, voice;
	atomic_int token;
	uint8_t fifo[FIFO][BLOCK];
	unsigned head, depth, least, watched, missing;
	bool flowing;                           /* blocks come at a known pace */
	int hold;                               /* ticks to wait before the first block is used */
	int16_t in[BLOCK], out[BLOCK];
	bool out_filled;
	struct handover echo;
	bool echo_made;                         /* Python's */
	atomic_bool cancels;
	unsigned lead_watched;
	int64_t lead, lead_next;                /* blocks sent before one arrives, its own number subtracted */
	_Atomic float gain_in, gain_out;
	struct level level_in, level_out;
	atomic_long quiet;                      /* ticks since something was heard */
	struct la_line_stats stats;
	atomic_llong remembered;                /* blocks since the start; the last MEMORY of them are in `memory` */
	_Atomic(struct memory *) memory;        /* NULL until somebody wants it; then never freed */
};

static struct la_line *lines[LINES_MAX];
static atomic_int line_count;

/* ---- from the wire ---------------------------------------------------------------------- */

static int descriptor_of(int64_t next) { return (int)(next & 0xffffffff) - 1; }

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

static void expand(const struct la_line *line, const uint8_t *block, int16_t *pcm)
{
	for (int i = 0; i < BLOCK; i++)
		pcm[i] = line->law == LA_ALAW ? pjmedia_alaw2linear(block[i]) : pjmedia_ulaw2linear(block[i]);
}

static void amplify(int16_t *pcm, float gain)
{
	for (int i = 0; i < BLOCK && gain != 1; i++)
		pcm[i] = lrintf(PJ_MIN(PJ_MAX(gain * pcm[i], -32768), 32767));
}

static struct echo *canceller(struct la_line *line)
{
	return atomic_load_explicit(&line->cancels, memory_order_relaxed) ? (struct echo *)handover_take(&line->echo) : NULL;
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
	int count = atomic_load_explicit(&line_count, memory_order_acquire);

	for (int i = 0; i < count; i++) {
		struct la_line *line = lines[i];
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

/* ---- to the wire ------------------------------------------------------------------------ */

static void speak(struct la_line *line)
{
	struct voice *voice = (struct voice *)handover_take(&line->voice);
	int16_t pcm[BLOCK];
	int made;

	if (!voice)
		return;
	made = voice_fill(voice, pcm);
	for (int i = 0; i < made; i++) {
		int sum = line->out[i] + pcm[i];
		line->out[i] = PJ_MIN(PJ_MAX(sum, -32768), 32767);
	}
	if (made < BLOCK) {
		event_push(FROM_CLOCK, LA_VOICE_ENDED, line->source, voice->token, NULL, 0);
		handover_retire(&line->voice);
	}
}

static void send_block(struct la_line *line)
{
	struct echo *echo = canceller(line);
	uint8_t block[BLOCK];

	for (int i = 0; i < BLOCK; i++)
		block[i] = line->law == LA_ALAW ? pjmedia_linear2alaw(line->out[i]) : pjmedia_linear2ulaw(line->out[i]);
	if (write(line->fd, block, BLOCK) != BLOCK) {
		line->stats.overruns++;                 /* not fetched: a wire does not wait */
		return;
	}
	if (echo) {
		expand(line, block, line->out);
		echo_sent(echo, line->out, line->stats.sent);
	}
	line->stats.sent++;
}

void lines_send(void)
{
	int count = atomic_load_explicit(&line_count, memory_order_acquire);

	for (int i = 0; i < count; i++) {
		struct la_line *line = lines[i];
		int most;

		if (!line->out_filled || line->mute & LA_MUTE_OUT)
			pj_bzero(line->out, sizeof line->out);
		speak(line);
		amplify(line->out, line->gain_out);
		most = level_add(&line->level_out, line->out);
		line->stats.peak_out = PJ_MAX(line->stats.peak_out, most);
		if (line->fd >= 0)
			send_block(line);
	}
}

/* ---- the bridge's side ------------------------------------------------------------------ */

static pj_status_t get_frame(pjmedia_port *port, pjmedia_frame *frame)
{
	memcpy(frame->buf, ((struct la_line *)port)->in, 2 * BLOCK);
	frame->type = PJMEDIA_FRAME_TYPE_AUDIO;
	frame->size = 2 * BLOCK;
	return PJ_SUCCESS;
}

static pj_status_t put_frame(pjmedia_port *port, pjmedia_frame *frame)
{
	struct la_line *line = (struct la_line *)port;

	if (frame->type != PJMEDIA_FRAME_TYPE_AUDIO || frame->size != 2 * BLOCK)
		return PJ_SUCCESS;
	memcpy(line->out, frame->buf, 2 * BLOCK);
	line->out_filled = true;
	return PJ_SUCCESS;
}

/* ---- Python's side ---------------------------------------------------------------------- */

struct la_line *la_line_open(int source, int law)
{
	int count = atomic_load(&line_count);
	pj_pool_t *pool = pjsua_pool_create("line", 4096, 4096);
	struct la_line *line = PJ_POOL_ZALLOC_T(pool, struct la_line);

	line->source = source;
	line->law = law;
	line->fd = -1;
	line->least = FIFO;
	line->gain_in = line->gain_out = 1;
	atomic_store(&line->next, UNCHANGED);
	line->base.get_frame = get_frame;
	line->base.put_frame = put_frame;
	if (count >= LINES_MAX || port_join(&line->base, pool, "line", &line->slot) != PJ_SUCCESS) {
		pj_pool_release(pool);
		return NULL;
	}
	lines[count] = line;
	atomic_store_explicit(&line_count, count + 1, memory_order_release);
	return line;
}

int la_line_slot(struct la_line *line) { return line->slot; }

void la_line_law(struct la_line *line, int law) { atomic_store(&line->law, law); }

void la_line_mute(struct la_line *line, int what) { atomic_store(&line->mute, what); }

int la_line_attach(struct la_line *line, int fd)
{
	int own = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
	int64_t before;

	if (fd >= 0 && (own < 0 || fcntl(own, F_SETFL, fcntl(own, F_GETFL) | O_NONBLOCK) < 0))
		return -1;
	line->attachments++;
	before = atomic_exchange(&line->next, (int64_t)line->attachments << 32 | (own + 1));
	if (before != UNCHANGED && descriptor_of(before) >= 0)
		close(descriptor_of(before));           /* attached, and never taken by the clock */
	return line->attachments;
}

int la_line_hear(struct la_line *line, int what, const struct la_tone_step *steps, int count)
{
	struct ears *ears = ears_create(FROM_CLOCK, line->source, what, (struct tones){ steps, count });

	if (!ears)
		return -1;
	handover_give(&line->ears, (struct handed *)ears);
	return 0;
}

int line_give_voice(struct la_line *line, struct voice *voice)
{
	if (!voice)
		return -1;
	voice->token = atomic_fetch_add(&line->token, 1) & 0x7fffffff;
	handover_give(&line->voice, &voice->handed);
	return voice->token;
}

int la_line_cancel_echo(struct la_line *line, int on)
{
	struct echo *echo = on && !line->echo_made ? echo_create(true) : NULL;

	if (on && !line->echo_made && !echo)
		return -1;
	if (echo)
		handover_give(&line->echo, (struct handed *)echo);
	line->echo_made = line->echo_made || echo;
	atomic_store(&line->cancels, on);
	return 0;
}

void la_line_gains(struct la_line *line, double in_db, double out_db)
{
	line->gain_in = pow(10, in_db / 20);
	line->gain_out = pow(10, out_db / 20);
}

static void report_echo(struct la_line *line, struct la_line_stats *out)
{
	struct echo *echo = (struct echo *)line->echo.now;      /* made once, and never freed */
	struct la_echo_report report = { 0 };

	if (echo && atomic_load(&line->cancels))
		report = echo_report(echo);
	out->echo_loss = report.loss_db;
	out->echo_cancelled = report.cancelled_db;
}
long la_line_quiet_ticks(struct la_line *line) { return atomic_load(&line->quiet); }

void la_line_stats(struct la_line *line, struct la_line_stats *out)
{
	*out = line->stats;
	out->depth = line->depth;
	out->level_in = level_dbm0(line->level_in.mean);
	out->noise_in = level_dbm0(line->level_in.floor);
	out->level_out = level_dbm0(line->level_out.mean);
	report_echo(line, out);
	line->stats.peak_in = line->stats.peak_out = 0;
}

int la_line_remember(struct la_line *line)
{
	if (!atomic_load(&line->memory))
		atomic_store(&line->memory, calloc(1, sizeof(struct memory)));
	return atomic_load(&line->memory) ? 0 : -1;
}

int64_t la_line_blocks(struct la_line *line) { return atomic_load_explicit(&line->remembered, memory_order_acquire); }

/* What the clock may be overwriting while it is copied counts as forgotten. */
int la_line_recall(struct la_line *line, int64_t first, int blocks, int16_t *out)
{
	struct memory *memory = atomic_load(&line->memory);
	int count = PJ_MAX(0, PJ_MIN((int64_t)blocks, la_line_blocks(line) - first));

	for (int i = 0; memory && i < count; i++)
		memcpy(out + i * BLOCK, memory->blocks[(first + i) % MEMORY], sizeof memory->blocks[0]);
	atomic_thread_fence(memory_order_acquire);
	return memory && first >= 0 && first > la_line_blocks(line) - MEMORY ? count : -1;
}
