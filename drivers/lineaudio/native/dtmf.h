/* SPDX-License-Identifier: GPL-2.0-or-later
 * A DTMF receiver after ITU-T Q.23 and Q.24: `dtmf_look.c` judges one frame of sound, `hear_dtmf.c` makes digits of frames.
 */
#pragma once
#include <stdint.h>

enum {
	DTMF_HOP = 40, DTMF_FRAME = 4 * DTMF_HOP,       /* samples */
	DTMF_TONES = 8,                                 /* four rows, then four columns */
	DTMF_LOWS = 16,                                 /* frames: 80 ms, two periods of the slowest modulation of a dial tone, 25 Hz */
};

struct dtmf_bins { float re[DTMF_TONES], im[DTMF_TONES]; };
struct dtmf_seen {
	char digit;                                     /* 0: none */
	float low_off, high_off;                        /* of the nominal frequencies, as a fraction */
	float dbm0;                                     /* of the stronger tone */
	float twist_db;                                 /* how much the low tone is the stronger */
};
struct dtmf_eye {
	float filter[4];                                /* state of the high-pass */
	float recent[DTMF_FRAME], whole[DTMF_FRAME];    /* behind the high-pass, and before it */
	struct dtmf_bins bins;                          /* of the latest frame */
	float lows[DTMF_LOWS], low_dbm0;                /* what is below the tones: energies, and its steady level */
	unsigned low_at;
	int steady;
};
void dtmf_prepare(void);                                /* once, before the first look */
struct dtmf_seen dtmf_look(struct dtmf_eye *eye, const int16_t *hop);
