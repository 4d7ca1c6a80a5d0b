/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a moment of sound consists of: how much of its energy the frequencies of each known tone explain.
 *
 * Every 10 ms a Goertzel filter for each frequency; a window of two such blocks is projected on the sines of a
 * set, by least squares, so that two frequencies 25 Hz apart do not disturb each other's share.
 */
#include "tone_bank.h"
#include <math.h>

enum { WINDOW = 2 * HOP };
static const float WIDE_HZ = 900;       /* special information tones: +-50 Hz (ITU-T E.180), so one block is the window */
static const float NEAR_HZ = 15;        /* E.180 allows an exchange so much */
static const float APART_HZ = 60;       /* closer ones beat within a window: neither level nor frequency stand still */

static int add_frequency(struct tone_bank *bank, float hz)
{
	double w = 2 * M_PI * hz / RATE;
	int i = 0;

	while (i < bank->frequencies && bank->hz[i] != hz)
		i++;
	if (i == BANK_FREQUENCIES)
		return -1;
	bank->hz[i] = hz;
	bank->coefficient[i] = 2 * cos(w);
	bank->step[i] = cexp(I * w);
	bank->over_hop[i] = cexp(I * w * HOP);
	bank->to_centre[i] = cexp(-I * w * (WINDOW - 1) / 2);
	bank->frequencies += i == bank->frequencies;
	return i;
}

/* How alike two sines look in a window: 1 when they are the same. */
static double likeness(double hz_a, double hz_b)
{
	double half = M_PI * (hz_a - hz_b) / RATE;

	return fabs(half) < 1e-9 ? 1 : sin(half * WINDOW) / (WINDOW * sin(half));
}

/* Gauss-Jordan, in place of a library: at most three by three, symmetric and positive. */
static void invert(double m[BANK_PARTS][2 * BANK_PARTS], int n)
{
	for (int i = 0; i < n; i++) {
		double pivot = m[i][i];

		for (int k = 0; k < 2 * n; k++)
			m[i][k] /= pivot;
		for (int j = 0; j < n; j++) {
			double factor = m[j][i];

			for (int k = 0; j != i && k < 2 * n; k++)
				m[j][k] -= factor * m[i][k];
		}
	}
}

static void solve_set(const struct tone_bank *bank, struct tone_set *set)
{
	double m[BANK_PARTS][2 * BANK_PARTS] = { 0 };

	for (int i = 0; i < set->parts; i++) {
		for (int j = 0; j < set->parts; j++)
			m[i][j] = likeness(bank->hz[set->part[i]], bank->hz[set->part[j]]);
		m[i][set->parts + i] = 1;
	}
	invert(m, set->parts);
	for (int i = 0; i < set->parts; i++)
		for (int j = 0; j < set->parts; j++)
			set->inverse[i][j] = m[i][set->parts + j];
}

static bool apart(const struct tone_bank *bank, const struct tone_set *set)
{
	for (int i = 0; i < set->parts; i++)
		for (int j = 0; j < i; j++)
			if (fabsf(bank->hz[set->part[i]] - bank->hz[set->part[j]]) < APART_HZ)
				return false;
	return true;
}

static bool same_parts(const struct tone_set *a, const struct tone_set *b)
{
	bool same = a->parts == b->parts;

	for (int i = 0; same && i < a->parts; i++)
		same = a->part[i] == b->part[i];
	return same;
}

int bank_add(struct tone_bank *bank, const float hz[BANK_PARTS])
{
	struct tone_set set = { 0 };

	for (; set.parts < BANK_PARTS && hz[set.parts] > 0; set.parts++)
		if ((set.part[set.parts] = add_frequency(bank, hz[set.parts])) < 0)
			return -1;
	for (int i = 0; i < bank->sets; i++)
		if (same_parts(&bank->set[i], &set))
			return i;
	if (bank->sets == BANK_SETS)
		return -1;
	set.wide = set.parts == 1 && hz[0] >= WIDE_HZ;
	set.steady = apart(bank, &set);
	solve_set(bank, &set);
	bank->set[bank->sets] = set;
	return bank->sets++;
}

bool bank_near(const struct tone_bank *bank, int a, int b)
{
	const struct tone_set *one = &bank->set[a], *other = &bank->set[b];
	bool near = one->parts == other->parts;

	for (int i = 0; near && i < one->parts; i++)
		near = fabsf(bank->hz[one->part[i]] - bank->hz[other->part[i]]) <= NEAR_HZ;
	return near;
}

/* The inner loop goes over frequencies, so that the compiler takes several at once. */
static void goertzel(struct tone_bank *bank, const int16_t *pcm)
{
	float s1[BANK_FREQUENCIES] = { 0 }, s2[BANK_FREQUENCIES] = { 0 };
	int count = (bank->frequencies + 3) & ~3;

	for (int n = 0; n < HOP; n++) {
		float x = pcm[n];

		for (int i = 0; i < count; i++) {
			float s = x + bank->coefficient[i] * s1[i] - s2[i];

			s2[i] = s1[i];
			s1[i] = s;
		}
	}
	for (int i = 0; i < bank->frequencies; i++) {
		float complex now = s1[i] - conjf(bank->step[i]) * s2[i];

		bank->in_window[i] = (bank->in_block[i] * bank->over_hop[i] + now) * bank->to_centre[i];
		bank->in_block[i] = now;
	}
}

static float power(const int16_t *pcm)
{
	int64_t sum = 0;

	for (int n = 0; n < HOP; n++)
		sum += pcm[n] * pcm[n];
	return (float)sum / HOP;
}

static float explained(const struct tone_bank *bank, const struct tone_set *set, float complex *first)
{
	float sum = 0;

	for (int i = 0; i < set->parts; i++) {
		float complex amplitude = 0;

		for (int j = 0; j < set->parts; j++)
			amplitude += set->inverse[i][j] * bank->in_window[set->part[j]];
		sum += crealf(conjf(bank->in_window[set->part[i]]) * amplitude);
		if (i == 0)
			*first = amplitude;
	}
	return 2 * sum / ((float)WINDOW * WINDOW);
}

static float explained_wide(const struct tone_bank *bank, const struct tone_set *set, float complex *first)
{
	*first = bank->in_block[set->part[0]];
	return 2 * cabsf(*first) * cabsf(*first) / ((float)HOP * HOP);
}

void bank_hear(struct tone_bank *bank, const int16_t *pcm, struct tone_moment *out)
{
	float before = bank->power;

	goertzel(bank, pcm);
	bank->power = power(pcm);
	out->power = (before + bank->power) / 2;
	for (int i = 0; i < bank->sets; i++) {
		const struct tone_set *set = &bank->set[i];

		out->explained[i] = set->wide ? explained_wide(bank, set, &out->first[i]) : explained(bank, set, &out->first[i]);
		out->share[i] = fminf(1, out->explained[i] / ((set->wide ? bank->power : out->power) + 1));
	}
}

float complex bank_turn(const struct tone_bank *bank, int set, float complex before, float complex now)
{
	return now * conjf(before) * conjf(bank->over_hop[bank->set[set].part[0]]);
}
