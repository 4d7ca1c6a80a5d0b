/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include "lineaudio.h"
#include <complex.h>

enum { HOP = 80, BANK_FREQUENCIES = 32, BANK_SETS = 16, BANK_PARTS = 3 };

struct tone_set {                       /* frequencies that sound together */
	int parts, part[BANK_PARTS];
	float inverse[BANK_PARTS][BANK_PARTS];
	bool wide, steady;              /* steady: level and frequency of a moment are those of the tone */
};

struct tone_bank {
	int frequencies, sets;
	float hz[BANK_FREQUENCIES], coefficient[BANK_FREQUENCIES];
	float complex step[BANK_FREQUENCIES], over_hop[BANK_FREQUENCIES], to_centre[BANK_FREQUENCIES];
	float complex in_block[BANK_FREQUENCIES], in_window[BANK_FREQUENCIES];
	float power;
	struct tone_set set[BANK_SETS];
};

struct tone_moment {
	float power;                                    /* mean square of the window's samples */
	float explained[BANK_SETS], share[BANK_SETS];   /* of it by each set; as a part of 1 */
	float complex first[BANK_SETS];                 /* amplitude of the set's first frequency, its phase at the centre */
};

int bank_add(struct tone_bank *bank, const float hz[BANK_PARTS]);   /* number of the set (the same for the same), or -1 */
bool bank_near(const struct tone_bank *bank, int a, int b);         /* sets that an inexact tone is taken for by chance */
void bank_hear(struct tone_bank *bank, const int16_t *pcm, struct tone_moment *out);     /* HOP samples */

/* How far the set's first frequency turned beyond its due between two moments: the angle is 2 pi df HOP / RATE. */
float complex bank_turn(const struct tone_bank *bank, int set, float complex before, float complex now);
