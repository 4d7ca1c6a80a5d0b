/* SPDX-License-Identifier: GPL-2.0-or-later
 * Residual suppressor with comfort noise (ITU-T G.168, 3.8 "non-linear processor"). It closes only on sound that is no
 * louder than what the filter is known to leave, in steps of 5 ms, and stays open for a while after the near end spoke.
 */
#include "echo.h"
#include <math.h>

enum { PIECE = 40, OPENING = 8, OPEN = 30 };     /* 5 ms; 1 ms; pieces: 150 ms */
static const float COMPANDING = 8 * 8;          /* power of G.711's own noise in a quiet block: -66 dBm0 */
static const float MARGIN = 8;                  /* 9 dB above what is expected is the near end's */
static const float DECAY = 0.7f;                /* of the echo in 5 ms */
static const float RISE = 0.005f;               /* of the noise floor in a block of 20 ms: 1 dB a second */

float power(const float *pcm, int count)
{
	float sum = 0;

	for (int i = 0; i < count; i++)
		sum += pcm[i] * pcm[i];
	return sum / count;
}

void residue_begin(struct residue *residue)
{
	*residue = (struct residue){ .leak = 0.25f, .gain = 1, .random = 1 };
}

static float comfort_noise(struct residue *residue)
{
	residue->random = residue->random * 1664525u + 1013904223u;
	return (int32_t)residue->random / 2147483648.0f * sqrtf(3 * residue->floor);
}

void residue_rest(struct residue *residue, const float *received)
{
	float level = power(received, BLOCK);

	if (level < residue->floor)
		residue->floor += 0.2f * (level - residue->floor);
	else
		residue->floor += PJ_MIN(level - residue->floor, RISE * residue->floor + 1);
	residue->echo = residue->open = 0;
	residue->gain = 1;
}

static bool near_end(struct residue *residue, float left)
{
	if (left > MARGIN * (residue->leak * residue->echo + residue->floor + COMPANDING))
		residue->open = OPEN;
	else if (residue->open)
		residue->open--;
	return residue->open;
}

static void watch_leak(struct residue *residue, float left)
{
	float leak = left / (residue->echo + 1);

	if (residue->echo > MARGIN * COMPANDING && !residue->open)
		residue->leak += (leak > residue->leak ? 0.005f : 0.05f) * (leak - residue->leak);
}

static void suppress(struct residue *residue, float *left, const float *estimated)
{
	float now = power(left, PIECE), target, step;

	residue->echo = PJ_MAX(power(estimated, PIECE), DECAY * residue->echo);
	target = near_end(residue, now) || residue->echo < COMPANDING;
	watch_leak(residue, now);
	step = (target - residue->gain) / (target > 0 ? OPENING : PIECE);
	for (int i = 0; i < PIECE && (target < 1 || residue->gain < 1); i++) {
		residue->gain += step;
		left[i] = residue->gain * left[i] + (1 - residue->gain) * comfort_noise(residue);
	}
	residue->gain = target;
}

void residue_suppress(struct residue *residue, float *left, const float *estimated)
{
	for (int i = 0; i < BLOCK; i += PIECE)
		suppress(residue, left + i, estimated + i);
}
