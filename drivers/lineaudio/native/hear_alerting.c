/* SPDX-License-Identifier: GPL-2.0-or-later
 * The alerting signal of 2130 and 2750 Hz that comes before data: CAS (GR-30-CORE, 2.5) or DT-AS (ETSI
 * EN 300 659-2). Speech must not be taken for it: both tones must be most of the sound for as long as it lasts.
 */
#include "hear.h"
#include <math.h>
#include <spandsp.h>
#include <spandsp/expose.h>

enum { PIECE = 80, SHORTEST = 6, LONGEST = 13, GONE = 2 };      /* samples; pieces of 10 ms. It lasts 75 to 110 ms */
static const float FAINTEST_DBM0 = -38;                         /* EN 300 659-2: each tone -32 dBV at least */
static const float SHARE = 0.8f;                                /* of the energy; speech has most of it below 2 kHz */
static const float TWIST = 5;                                   /* 7 dB: 6 are allowed between the two */

struct hears_alerting {
	struct hearer hearer;
	goertzel_state_t *low, *high;
	float energy, faintest;
	int samples, pieces, gaps;
};

static bool sounds(struct hears_alerting *alerting)
{
	float low = goertzel_result(alerting->low), high = goertzel_result(alerting->high);
	float all = alerting->energy * PIECE;                   /* what one sine of this energy gives */

	alerting->energy = 0;
	return low > alerting->faintest && high > alerting->faintest && low + high > SHARE * all
	       && low < TWIST * high && high < TWIST * low;
}

static void piece(struct hears_alerting *alerting)
{
	if (sounds(alerting)) {
		alerting->pieces += 1 + alerting->gaps;
		alerting->gaps = 0;
	} else if (alerting->pieces && ++alerting->gaps >= GONE) {
		if (alerting->pieces >= SHORTEST && alerting->pieces <= LONGEST)
			heard(&alerting->hearer, LA_ALERTING, alerting->pieces * 10, NULL, 0);
		alerting->pieces = alerting->gaps = 0;
	}
}

static void hear(struct hearer *hearer, const int16_t *pcm)
{
	struct hears_alerting *alerting = (struct hears_alerting *)hearer;

	for (int at = 0; at < BLOCK; at += PIECE) {
		for (int i = at; i < at + PIECE; i++)
			alerting->energy += (float)pcm[i] * pcm[i];
		goertzel_update(alerting->low, pcm + at, PIECE);
		goertzel_update(alerting->high, pcm + at, PIECE);
		piece(alerting);
	}
}

static void destroy(struct hearer *hearer)
{
	goertzel_free(((struct hears_alerting *)hearer)->low);
	goertzel_free(((struct hears_alerting *)hearer)->high);
}

static goertzel_state_t *tone(float hz)
{
	goertzel_descriptor_t descriptor;

	make_goertzel_descriptor(&descriptor, hz, PIECE);
	return goertzel_init(NULL, &descriptor);
}

struct hearer *hear_alerting(void)
{
	struct hears_alerting *alerting = calloc(1, sizeof *alerting);
	float faintest = 22827.0f * powf(10, FAINTEST_DBM0 / 20);       /* peak of a sine */

	if (!alerting)
		return NULL;
	alerting->hearer = (struct hearer){ .hear = hear, .destroy = destroy };
	alerting->low = tone(2130);
	alerting->high = tone(2750);
	alerting->faintest = faintest * faintest * PIECE * PIECE / 2;
	return &alerting->hearer;
}
