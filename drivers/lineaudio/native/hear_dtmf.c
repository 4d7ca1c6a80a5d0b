/* SPDX-License-Identifier: GPL-2.0-or-later
 * DTMF digits from frames that show one, by the times of ITU-T Q.24: a digit of 40 ms counts, one of 23 ms does not;
 * a gap of 10 ms is none, a pause of 40 ms is.
 */
#include "hear.h"
#include "dtmf.h"
#include <math.h>

enum {                                                  /* frames, 5 ms apart and 20 ms long */
	BEGINS = 5,
	BRIDGED = 5,                                    /* without a digit, before it has begun */
	ENDS = 7,                                       /* without the digit */
};
static const float ECHO_DB = 6;                         /* Q.24: echoes up to 20 ms late, 10 dB down, are none of its digits */
static const float FARTHEST = 0.025f;                   /* on average; Q.24: 1.5 % counts, 3.5 % does not */
static const float WANDERS = 0.010f, SWAYS_DB = 3;      /* frequency and twist, while it begins */

struct hears_dtmf {
	struct hearer hearer;
	struct dtmf_eye eye;
	char digit, candidate;
	float dbm0;                                     /* of the digit */
	int run, missing, without;
	struct dtmf_seen seen[BEGINS];                  /* of the candidate, the latest */
};

static void end(struct hears_dtmf *dtmf)
{
	if (dtmf->digit)
		heard(&dtmf->hearer, LA_DTMF_END, dtmf->digit, NULL, 0);
	dtmf->digit = 0;
}

static void begin(struct hears_dtmf *dtmf)
{
	end(dtmf);
	dtmf->digit = dtmf->candidate;
	dtmf->without = 0;
	dtmf->dbm0 = dtmf->seen[(dtmf->run - 1) % BEGINS].dbm0;
	heard(&dtmf->hearer, LA_DTMF, dtmf->digit, NULL, 0);
}

/* What comes late and softer after a digit is its echo, and part of the pause. */
static bool echo(struct hears_dtmf *dtmf, const struct dtmf_seen *seen)
{
	if (!dtmf->digit || seen->digit != dtmf->digit)
		return false;
	dtmf->dbm0 = fmaxf(dtmf->dbm0, seen->dbm0);
	return seen->dbm0 < dtmf->dbm0 - ECHO_DB;
}

static void count(struct hears_dtmf *dtmf, const struct dtmf_seen *seen)
{
	if (!seen->digit && ++dtmf->missing <= BRIDGED)
		return;
	if (seen->digit != dtmf->candidate) {
		dtmf->candidate = seen->digit;
		dtmf->run = 0;
	}
	dtmf->missing = 0;
	dtmf->seen[dtmf->run++ % BEGINS] = *seen;
}

static float spread(const float *x)
{
	float least = x[0], most = x[0];

	for (int i = 1; i < BEGINS; i++) {
		least = fminf(least, x[i]);
		most = fmaxf(most, x[i]);
	}
	return most - least;
}

static bool on_average_near(const float *off)
{
	float sum = 0;

	for (int i = 0; i < BEGINS; i++)
		sum += off[i];
	return fabsf(sum) < FARTHEST * BEGINS;
}

/* A tone stays where it is; a voice that happens to come by does not. */
static bool counts(const struct hears_dtmf *dtmf)
{
	float low[BEGINS], high[BEGINS], twist[BEGINS];

	if (dtmf->run < BEGINS)
		return false;
	for (int i = 0; i < BEGINS; i++) {
		low[i] = dtmf->seen[i].low_off;
		high[i] = dtmf->seen[i].high_off;
		twist[i] = dtmf->seen[i].twist_db;
	}
	return on_average_near(low) && on_average_near(high) && spread(low) < WANDERS && spread(high) < WANDERS
		&& spread(twist) < SWAYS_DB;
}

static void look(struct hears_dtmf *dtmf, const int16_t *hop)
{
	struct dtmf_seen seen = dtmf_look(&dtmf->eye, hop);

	if (echo(dtmf, &seen))
		seen.digit = 0;
	count(dtmf, &seen);
	dtmf->without = seen.digit && seen.digit == dtmf->digit ? 0 : dtmf->without + 1;
	if (seen.digit && seen.digit != dtmf->digit && counts(dtmf))
		begin(dtmf);
	else if (dtmf->without >= ENDS)
		end(dtmf);
}

static void hear(struct hearer *hearer, const int16_t *pcm)
{
	for (int i = 0; i < BLOCK; i += DTMF_HOP)
		look((struct hears_dtmf *)hearer, pcm + i);
}

static void destroy(struct hearer *hearer) { PJ_UNUSED_ARG(hearer); }

struct hearer *hear_dtmf(void)
{
	struct hears_dtmf *dtmf = calloc(1, sizeof *dtmf);

	if (!dtmf)
		return NULL;
	dtmf_prepare();
	dtmf->hearer = (struct hearer){ .hear = hear, .destroy = destroy };
	return &dtmf->hearer;
}
