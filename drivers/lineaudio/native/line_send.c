/* SPDX-License-Identifier: GPL-2.0-or-later
 * Lines: what goes to the wire. */
#include "line.h"
#include "generate.h"

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
	int count = atomic_load_explicit(&la_line_count, memory_order_acquire);

	for (int i = 0; i < count; i++) {
		struct la_line *line = la_lines[i];
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
