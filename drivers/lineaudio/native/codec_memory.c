/* SPDX-License-Identifier: GPL-2.0-or-later
 * A codec in memory, and a bridge whose clock differs: hours of drift in a moment, the same each time. */
#include "codec.h"

struct trial_pcm {
	struct pcm base;
	const int16_t *spoken;
	int16_t *played;
};

static int capture(struct pcm *pcm, int16_t *frames)
{
	struct trial_pcm *own = (struct trial_pcm *)pcm;

	memcpy(frames, own->spoken, sizeof frames[0] * pcm->period);
	own->spoken += pcm->period;
	return pcm->period;
}

static int play(struct pcm *pcm, const int16_t *frames, int count)
{
	struct trial_pcm *own = (struct trial_pcm *)pcm;

	memcpy(own->played, frames, sizeof frames[0] * count);
	own->played += count;
	return 0;
}

static void close_trial(struct pcm *pcm) { PJ_UNUSED_ARG(pcm); }

static double since_us;                         /* one trial at a time */

static int64_t since_tick_us(void) { return since_us; }

static int tick(struct la_codec *codec, const uint8_t *said, uint8_t *heard, int room)
{
	int fd = la_codec_fd(codec, 0), blocks = 0;

	while (blocks < room && read(fd, heard + blocks * BLOCK, BLOCK) == BLOCK)
		blocks++;
	return write(fd, said, BLOCK) == BLOCK ? blocks : -1;
}

int la_codec_memory(struct la_codec_trial *t)
{
	int period = t->rate * PCM_PERIOD_MS / 1000, turns = t->count / period, ticks = 0, heard = 0;
	struct trial_pcm pcm = { { t->rate, period, 1, 1, 0, capture, play, close_trial }, t->spoken, t->played };
	struct la_codec *codec = codec_create(&pcm.base, 1, LA_ULAW, t->clock);
	int error = codec ? 0 : -1;

	if (codec)
		codec->since_tick_us = since_tick_us;
	for (int i = 1; i <= turns && !error; i++) {
		double now = i * period / (t->rate * (1 + t->ppm / 1e6));

		for (; !error && ticks < t->blocks && ticks * 0.02 <= now; ticks++) {
			int got = tick(codec, t->said + ticks * BLOCK, t->heard + heard * BLOCK, t->blocks - heard);

			heard += PJ_MAX(got, 0);
			error = got < 0 ? -1 : 0;
		}
		since_us = (now - (ticks - 1) * 0.02) * 1e6;
		error = error ? error : codec_turn(codec);
	}
	t->ticks = ticks;
	t->heard_blocks = heard;
	if (codec) {
		la_codec_stats(codec, &t->stats);
		la_codec_close(codec);
	}
	return error;
}
