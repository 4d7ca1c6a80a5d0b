/* SPDX-License-Identifier: GPL-2.0-or-later
 * Line ports: 160-byte G.711 blocks between a descriptor (a DAHDI channel, or a socket whose other end
 * plays the wire) and the bridge, with detectors and generators on the way. */
#include "line.h"
#include "generate.h"
#include <fcntl.h>
#include <math.h>

struct la_line *la_lines[LINES_MAX];
atomic_int la_line_count;

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
	int count = atomic_load(&la_line_count);
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
	la_lines[count] = line;
	atomic_store_explicit(&la_line_count, count + 1, memory_order_release);
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
