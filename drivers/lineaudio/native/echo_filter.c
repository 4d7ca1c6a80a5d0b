/* SPDX-License-Identifier: GPL-2.0-or-later
 * The arithmetic of the echo canceller: improved proportionate NLMS (Benesty and Gay, ICASSP 2002). Each tap learns in
 * proportion to its size, so the few that a hybrid needs are found at once among many that stay zero.
 */
#include "echo.h"
#include <math.h>

/* Chosen by the loader: what the processor can do. */
#if defined(__x86_64__)
#define FAST __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define FAST
#endif

enum { LANES = 8, STRETCH = 8 /* samples between two looks at the power */ };
typedef float lanes __attribute__((vector_size(LANES * sizeof(float)), aligned(sizeof(float))));

static const float STEP = 0.7f;
static const float EVEN = 0.5f;                         /* part of the learning that all taps share alike */
static const float TINY = 1e-4f;                        /* keeps the weights finite while all taps are zero */
static const float FAINT = 100;                         /* mean square of a reference that teaches nothing */

static inline float sum(const lanes *v)
{
	const float *f = (const float *)v;

	return ((f[0] + f[4]) + (f[1] + f[5])) + ((f[2] + f[6]) + (f[3] + f[7]));
}

FAST static float product(const float *a, const float *b, int count)
{
	lanes even = { 0 }, odd = { 0 };

	for (int i = 0; i < count; i += 2 * LANES) {
		even += *(const lanes *)(a + i) * *(const lanes *)(b + i);
		odd += *(const lanes *)(a + i + LANES) * *(const lanes *)(b + i + LANES);
	}
	even += odd;
	return sum(&even);
}

FAST static float weighed_power(const float *weights, const float *x, int count)
{
	lanes all = { 0 };

	for (int i = 0; i < count; i += LANES)
		all += *(const lanes *)(weights + i) * *(const lanes *)(x + i) * *(const lanes *)(x + i);
	return sum(&all);
}

FAST static void move(float *taps, const float *weights, const float *x, float gain, int count)
{
	for (int i = 0; i < count; i += LANES)
		*(lanes *)(taps + i) += gain * *(const lanes *)(weights + i) * *(const lanes *)(x + i);
}

static void weigh(const float *taps, float *weights, int count)
{
	float mean = TINY;

	for (int i = 0; i < count; i++)
		mean += fabsf(taps[i]) / count;
	for (int i = 0; i < count; i++)
		weights[i] = EVEN + (1 - EVEN) * fabsf(taps[i]) / mean;
}

void filter_clear(struct filter *filter) { *filter = (struct filter){ .count = ECHO_REACH }; }

float filter_output(const struct filter *filter, const float *past)
{
	return product(filter->taps + filter->first, past + filter->first, filter->count);
}

/* The block is known to its end, so a sound that begins is never louder than the power it is divided by. */
float filter_learn(struct filter *filter, const float *past, const float *wanted)
{
	float *taps = filter->taps + filter->first, weights[ECHO_REACH], left = 0, before, after;
	int count = filter->count;

	past += filter->first;
	weigh(taps, weights, count);
	after = weighed_power(weights, past, count);
	for (int i = 0; i < BLOCK; i += STRETCH) {
		before = after;
		after = weighed_power(weights, past + i + STRETCH - 1, count);
		float gain = STEP / (PJ_MAX(before, after) + FAINT * count);

		for (int j = i; j < i + STRETCH; j++) {
			float error = wanted[j] - product(taps, past + j, count);
			left += error * error;
			move(taps, weights, past + j, gain * error, count);
		}
	}
	return left / BLOCK;
}

void filter_narrow(struct filter *filter)
{
	float all = 0, moment = 0;
	int first;

	for (int i = 0; i < ECHO_REACH; i++) {
		all += filter->taps[i] * filter->taps[i];
		moment += i * filter->taps[i] * filter->taps[i];
	}
	first = (int)(moment / (all + TINY * TINY)) - ECHO_TAIL / 2;
	first = PJ_MIN(PJ_MAX(first, 0), ECHO_REACH - ECHO_TAIL);
	memset(filter->taps, 0, first * sizeof *filter->taps);
	memset(filter->taps + first + ECHO_TAIL, 0, (ECHO_REACH - ECHO_TAIL - first) * sizeof *filter->taps);
	filter->first = first;
	filter->count = ECHO_TAIL;
}
