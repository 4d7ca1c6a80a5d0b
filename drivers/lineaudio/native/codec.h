/* SPDX-License-Identifier: GPL-2.0-or-later
 * A codec, as its thread, its channels and its clock see it. */
#pragma once
#include "lineaudio.h"
#include "pcm.h"
#include <speex/speex_resampler.h>

enum {
	CODEC_CHANNELS = 16,
	QUEUE = 1024,                           /* samples at 8 kHz that may wait to be played: 128 ms */
	START = 2 * BLOCK - BLOCK / 2,          /* that wait before the first is played: 30 ms */
	FILL = START + BLOCK,                   /* that wait on average, with those of the bridge's next block that are due */
};

/* codec_wire.c: a channel, with 160-byte G.711 blocks at one end and the device's samples at the other */
struct wire {
	int ours, theirs;                       /* the ends of a socket pair; theirs is the line port's */
	SpeexResamplerState *up, *down;         /* to the bridge and from it; NULL: the same clock, and 8 kHz */
	int16_t block[BLOCK], queue[QUEUE];
	int filled, depth;
	bool flowing;
	int64_t slips;
};
int wire_open(struct wire *wire, int rate, bool direct);                /* 0, or -errno */
void wire_close(struct wire *wire);
void wire_up(struct wire *wire, const int16_t *pcm, int count, int law);
void wire_fetch(struct wire *wire, int law);
void wire_down(struct wire *wire, int16_t *pcm, int count, int rate);

/* codec_drift.c: how much faster the codec's clock is than the bridge's */
struct drift {
	double ppm, sum;
	int64_t fill, looks, frames;
};
bool drift_look(struct drift *drift, int fill, int frames, int rate);   /* true: there is a new figure */
void drift_apply(const struct drift *drift, struct wire *wire, int rate);

/* codec.c */
struct la_codec {
	struct pcm *pcm;
	int channels, clock;                    /* clock: the bridge goes by it, so it is told each 10 ms; -1 */
	atomic_int law, error;
	atomic_bool stop;
	pthread_t thread;
	bool threaded;
	struct wire wires[CODEC_CHANNELS];
	struct drift drift;
	int64_t frames, told;                   /* since the start; half ticks that the clock was told of */
	int idle;
	int64_t (*since_tick_us)(void);         /* since the bridge wrote its last blocks */
	int16_t *in, *out, *one;
};
struct la_codec *codec_create(struct pcm *pcm, int channels, int law, int clock);       /* takes `pcm`; NULL and errno */
int codec_turn(struct la_codec *codec);         /* one period; 0, or -errno */
