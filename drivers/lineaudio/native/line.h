/* SPDX-License-Identifier: GPL-2.0-or-later
 * A line port, as its two directions and its owner see it. */
#ifndef LINE_H
#define LINE_H

#include "lineaudio.h"
#include "echo.h"
#include <math.h>

enum {
	FIFO = 16,
	UNCHANGED = -1,
	MEMORY = 600,                           /* blocks that can be recalled: 12 s */
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

extern struct la_line *la_lines[LINES_MAX];
extern atomic_int la_line_count;

static inline int descriptor_of(int64_t next) { return (int)(next & 0xffffffff) - 1; }

static inline void expand(const struct la_line *line, const uint8_t *block, int16_t *pcm)
{
	for (int i = 0; i < BLOCK; i++)
		pcm[i] = line->law == LA_ALAW ? pjmedia_alaw2linear(block[i]) : pjmedia_ulaw2linear(block[i]);
}

static inline void amplify(int16_t *pcm, float gain)
{
	for (int i = 0; i < BLOCK && gain != 1; i++)
		pcm[i] = lrintf(PJ_MIN(PJ_MAX(gain * pcm[i], -32768), 32767));
}

static inline struct echo *canceller(struct la_line *line)
{
	return atomic_load_explicit(&line->cancels, memory_order_relaxed) ? (struct echo *)handover_take(&line->echo) : NULL;
}

#endif
