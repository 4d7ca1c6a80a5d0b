/* SPDX-License-Identifier: GPL-2.0-or-later
 * Line echo canceller after ITU-T G.168: two filters, of which one learns and the other is used. What was learnt is
 * taken into use only when it has proved better on sound that it did not know, so that two parties who talk at once
 * cannot spoil it. Until an echo has been found the sound passes untouched, bit by bit.
 *
 * Learning happens on sound whose spectrum was flattened: speech is 20 dB louder below 1 kHz than above it.
 */
#include "echo.h"
#include <math.h>

enum {
	RING = 32,                              /* blocks of 20 ms that went out and may still come back */
	FINDS = 3, TRIALS = 5, WORSE = 2, USELESS = 5, CHANGES = 3,     /* blocks in a row that prove it */
	TIRED = 50, BORED = 150,                /* lessons without gain, after which it learns from some blocks only */
	TIRED_EVERY = 4, BORED_EVERY = 16,
	BAN = 3000,                             /* blocks, 1 minute: sound goes round in a loop, or both hear the same */
};
static const float FLATTEN = 0.9f;              /* of the sample before */
static const float LOUD = 91 * 91;              /* -45 dBm0: below it the sent sound teaches nothing */
static const float AUDIBLE = 16 * 16;           /* -60 dBm0: below it, it has no echo */
static const float TRACE = 25 * 25;             /* -56 dBm0: an echo that can be told from companding noise */
static const float LEAST_LOSS = 0.7f;           /* of power, 1.5 dB: what returns louder is not an echo */
static const float SLOW = 0.02f;                /* of means over seconds */
static const float NEAR_END = 8;                /* 9 dB more than usual is left: somebody speaks there, or it is another path */

enum search { SEARCHING, TRYING, FOUND };       /* TRYING: the used filter is kept as it is, and not yet applied */

struct echo {
	struct handed handed;
	bool suppress;
	enum search search;
	float usual;                            /* least part of the received power that the used filter leaves */
	struct filter used, learning;
	float sent[RING][BLOCK], flat[RING][BLOCK], power[RING];
	int64_t number[RING];                   /* which block is in a place of the ring */
	float last_sent, last_received, last_left;      /* samples, for flattening */
	unsigned finds, trials, worse, useless, changes, idle, blocks, banned;
	int64_t latest;                         /* the block whose echo may be the latest in the one that came */
	float loudest;                          /* power of a block that may come back now */
	float past[ECHO_BLOCKS * BLOCK];
	struct residue residue;
	float sent_power, echo_power, left_power;       /* means over seconds, of blocks with nothing but echo */
};

static void flatten(const float *pcm, float *flat, float *last)
{
	flat[0] = pcm[0] - FLATTEN * *last;
	for (int i = 1; i < BLOCK; i++)
		flat[i] = pcm[i] - FLATTEN * pcm[i - 1];
	*last = pcm[BLOCK - 1];
}

/* ---- what went out ------------------------------------------------------------------------ */

void echo_sent(struct echo *echo, const int16_t *pcm, int64_t number)
{
	int place = number % RING;

	for (int i = 0; i < BLOCK; i++)
		echo->sent[place][i] = pcm[i];
	flatten(echo->sent[place], echo->flat[place], &echo->last_sent);
	echo->power[place] = power(echo->sent[place], BLOCK);
	echo->number[place] = number;
}

static bool known(const struct echo *echo, int64_t number) { return number >= 0 && echo->number[number % RING] == number; }

static float loudest(const struct echo *echo)
{
	float most = 0;

	for (int64_t number = echo->latest - ECHO_BLOCKS + 1; number <= echo->latest; number++)
		if (known(echo, number))
			most = PJ_MAX(most, echo->power[number % RING]);
	return most;
}

static void recall(const struct echo *echo, float (*ring)[BLOCK], float *past)
{
	for (int64_t number = echo->latest - ECHO_BLOCKS + 1; number <= echo->latest; number++, past += BLOCK)
		if (known(echo, number))
			memcpy(past, ring[number % RING], sizeof *ring);
		else
			pj_bzero(past, sizeof *ring);
}

/* The samples that a filter needs for the first of the block; for the next ones they lie one further each. */
static const float *before(const float *past) { return past + (ECHO_BLOCKS - 1) * BLOCK - ECHO_REACH + 1; }

/* ---- learning ----------------------------------------------------------------------------- */

static void unlearn(struct echo *echo)
{
	filter_clear(&echo->used);
	filter_clear(&echo->learning);
	echo->search = SEARCHING;
	echo->usual = 0.25f;
	echo->finds = echo->trials = echo->worse = echo->useless = echo->changes = echo->idle = 0;
	echo->sent_power = echo->echo_power = echo->left_power = 0;
	residue_begin(&echo->residue);
}

static bool in_a_row(unsigned *count, bool yes, unsigned enough)
{
	*count = yes ? *count + 1 : 0;
	if (*count < enough)
		return false;
	*count = 0;
	return true;
}

/* All `received`, `used` and `learning` are powers of flattened sound: as it came, and as either filter leaves it. */

static void search(struct echo *echo, float received, float used, float learning)
{
	if (echo->search == SEARCHING && in_a_row(&echo->finds, learning < 0.5f * received, FINDS)) {
		echo->used = echo->learning;
		echo->search = TRYING;
		echo->trials = 0;
	} else if (echo->search == TRYING && used > 0.7f * received) {
		echo->search = SEARCHING;
	} else if (echo->search == TRYING && in_a_row(&echo->trials, used < 0.5f * received, TRIALS)) {
		echo->search = FOUND;
	}
}

static float gain(const struct filter *filter) { return power(filter->taps, ECHO_REACH) * ECHO_REACH; }

static bool better(struct echo *echo, float received, float used, float learning)
{
	float left = used / received;
	bool alone = left < NEAR_END * echo->usual;

	echo->usual = left < echo->usual ? echo->usual + 0.3f * (left - echo->usual) : PJ_MIN(echo->usual * 1.002f, 0.25f);
	return in_a_row(&echo->changes, learning < 0.5f * used, CHANGES) || (alone && learning < 0.95f * used);
}

static void judge(struct echo *echo, float received, float used, float learning)
{
	echo->idle = learning < (echo->search == FOUND ? 0.8f : 0.5f) * used ? 0 : echo->idle + 1;
	if (echo->search != FOUND) {
		search(echo, received, used, learning);
		return;
	}
	if (better(echo, received, used, learning)) {
		if (echo->learning.count > ECHO_TAIL && learning < 0.1f * received)
			filter_narrow(&echo->learning);
		echo->used = echo->learning;
	} else if (in_a_row(&echo->worse, learning > 2 * used, WORSE)) {
		echo->learning = echo->used;
	}
	if (gain(&echo->used) > LEAST_LOSS)
		echo->banned = BAN;
	if (in_a_row(&echo->useless, used > received, USELESS) || echo->banned)
		unlearn(echo);
}

static void improve(struct echo *echo, const float *received, const float *left)
{
	float flat[BLOCK], flat_left[BLOCK], past[ECHO_BLOCKS * BLOCK], level = power(received, BLOCK);

	flatten(received, flat, &echo->last_received);
	flatten(left, flat_left, &echo->last_left);
	if (echo->loudest < LOUD || level < TRACE || level > LEAST_LOSS * echo->loudest)
		return;
	if (echo->banned) {
		echo->banned--;
		return;
	}
	if (++echo->blocks % (echo->idle > BORED ? BORED_EVERY : echo->idle > TIRED ? TIRED_EVERY : 1))
		return;
	recall(echo, echo->flat, past);
	judge(echo, power(flat, BLOCK), power(flat_left, BLOCK), filter_learn(&echo->learning, before(past), flat));
}

static void count(struct echo *echo, const float *estimated, const float *left)
{
	float echoed = power(estimated, BLOCK), remains = power(left, BLOCK);

	if (echoed < TRACE || remains > echoed)
		return;
	echo->sent_power += SLOW * (power(before(echo->past), ECHO_REACH) - echo->sent_power);
	echo->echo_power += SLOW * (echoed - echo->echo_power);
	echo->left_power += SLOW * (remains - echo->left_power);
}

/* ---- the line's side ------------------------------------------------------------------------ */

static int16_t rounded(float sample) { return lrintf(PJ_MIN(PJ_MAX(sample, -32768), 32767)); }

static void clean(struct echo *echo, const float *received, int16_t *pcm)
{
	float estimated[BLOCK], left[BLOCK];

	recall(echo, echo->sent, echo->past);
	for (int i = 0; i < BLOCK; i++) {
		estimated[i] = echo->search == SEARCHING ? 0 : filter_output(&echo->used, before(echo->past) + i);
		left[i] = received[i] - estimated[i];
	}
	improve(echo, received, left);
	if (echo->search != FOUND)
		return;
	count(echo, estimated, left);
	if (echo->suppress)
		residue_suppress(&echo->residue, left, estimated);
	for (int i = 0; i < BLOCK; i++)
		pcm[i] = rounded(left[i]);
}

void echo_cancel(struct echo *echo, int16_t *pcm, int64_t number)
{
	float received[BLOCK];

	for (int i = 0; i < BLOCK; i++)
		received[i] = pcm[i];
	echo->latest = number;
	echo->loudest = loudest(echo);
	if (echo->loudest < AUDIBLE)
		residue_rest(&echo->residue, received);
	else
		clean(echo, received, pcm);
}

/* ---- Python's side -------------------------------------------------------------------------- */

struct echo *echo_create(bool suppress)
{
	struct echo *echo = calloc(1, sizeof *echo);

	if (!echo)
		return NULL;
	echo->handed.destroy = echo_destroy;
	echo->suppress = suppress;
	echo_forget(echo);
	return echo;
}

void echo_destroy(struct handed *echo) { free(echo); }

void echo_forget(struct echo *echo)
{
	unlearn(echo);
	echo->banned = 0;
	for (int i = 0; i < RING; i++)
		echo->number[i] = -1;
}

struct la_echo_report echo_report(const struct echo *echo)
{
	struct la_echo_report report = { .found = echo->search == FOUND && echo->echo_power > 0 };

	if (report.found) {
		report.loss_db = 10 * log10(echo->sent_power / echo->echo_power);
		report.cancelled_db = 10 * log10(echo->echo_power / PJ_MAX(echo->left_power, 1e-3));
	}
	return report;
}

int la_echo_memory(const int16_t *sent, int16_t *received, int count, int suppress, struct la_echo_report *report)
{
	struct echo *echo = echo_create(suppress);

	if (!echo)
		return -1;
	for (int i = 0; i + BLOCK <= count; i += BLOCK) {
		echo_sent(echo, sent + i, i / BLOCK);
		echo_cancel(echo, received + i, i / BLOCK);
	}
	*report = echo_report(echo);
	echo_destroy(&echo->handed);
	return 0;
}
