/* SPDX-License-Identifier: GPL-2.0-or-later
 * Is there a pair of DTMF tones in these 20 ms? Looked at every 5 ms, through a Hann window.
 *
 * The frequency of a tone is read from how far its phase turned since the frame before, which tells 1 % apart where
 * the spectrum of so short a piece cannot. Nearly all that is heard must be the two tones: that is what tells them
 * from speech. Only a sound below them that was there before, and stays as it was, is excepted: a dial tone, or hum.
 */
#include "dtmf.h"
#include <complex.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

static const float frequency[DTMF_TONES] = { 697, 770, 852, 941, 1209, 1336, 1477, 1633 };      /* ITU-T Q.23 */
static const char keys[] = "123A456B789C*0#D";

enum {
	RATE_HZ = 8000, PARTS = 2 * DTMF_TONES,
	STEADY_FRAMES = 80, STEADY_MOST = 120,  /* 400 ms as it was; and it is not forgotten at once */
};
static const float FAINTEST_DBM0 = -40;         /* of each tone; Q.24 has -25 accepted and -55 refused (AT&T) */
static const float NORMAL_TWIST_DB = 10;        /* the low tone is the stronger; Q.24: at least 8 dB accepted */
static const float REVERSE_TWIST_DB = 6;        /* the high tone is; Q.24: at least 4 dB */
static const float FARTHEST = 0.027f;           /* of a tone from its frequency, in a single frame */
static const float STRANGE = 0.14f;             /* share of the energy that is not the two tones; 15 dB S/N is 0.03 */
static const float STRANGE_LOW = 0.17f;         /* the same with what is below the tones */
static const float STEADY_DB = 1;

/* Elliptic high-pass of fourth order: 0.5 dB ripple above 670 Hz, 36 dB down below 460 Hz. b1 and a1, a2 of each
 * section; b0 and b2 are 1. */
static const float PASS = 0.514446532f;
static const float sections[2][3] = {
	{ -1.97582434f, -1.01001255f, 0.375381115f }, { -1.88751715f, -1.64463483f, 0.886218853f } };

static float windowed[DTMF_FRAME][PARTS];       /* cosine and sine of each tone under the window */
static float window[DTMF_FRAME], window_sum, window_energy, full_scale;
static float passed[DTMF_TONES];                /* share of each tone's power that comes through the high-pass */
static float turn[DTMF_TONES][2];               /* of each tone in a hop */

static float passes(float hz)
{
	float complex z = cexpf(-2 * (float)M_PI * hz / RATE_HZ * I), h = PASS;

	for (int i = 0; i < 2; i++)
		h *= (1 + sections[i][0] * z + z * z) / (1 + sections[i][1] * z + sections[i][2] * z * z);
	return crealf(h * conjf(h));
}

void dtmf_prepare(void)
{
	if (full_scale)
		return;
	for (int n = 0; n < DTMF_FRAME; n++) {
		window[n] = 0.5f - 0.5f * cosf(2 * M_PI * (n + 0.5f) / DTMF_FRAME);
		window_sum += window[n];
		window_energy += window[n] * window[n];
		for (int k = 0; k < DTMF_TONES; k++) {
			windowed[n][k] = window[n] * cos(2 * M_PI * frequency[k] * n / RATE_HZ);
			windowed[n][DTMF_TONES + k] = -window[n] * sin(2 * M_PI * frequency[k] * n / RATE_HZ);
		}
	}
	for (int k = 0; k < DTMF_TONES; k++) {
		passed[k] = passes(frequency[k]);
		turn[k][0] = cos(2 * M_PI * frequency[k] * DTMF_HOP / RATE_HZ);
		turn[k][1] = -sin(2 * M_PI * frequency[k] * DTMF_HOP / RATE_HZ);
	}
	full_scale = 32768 / powf(10, 3.14f / 20);      /* amplitude of 0 dBm0 (ITU-T G.711) */
}

static float pass_high(struct dtmf_eye *eye, float x)
{
	x *= PASS;
	for (int i = 0; i < 2; i++) {
		float *z = eye->filter + 2 * i, y = x + z[0];

		z[0] = sections[i][0] * x - sections[i][1] * y + z[1];
		z[1] = x - sections[i][2] * y;
		x = y;
	}
	return x;
}

static void take(struct dtmf_eye *eye, const int16_t *hop)
{
	memmove(eye->recent, eye->recent + DTMF_HOP, sizeof eye->recent - DTMF_HOP * sizeof *eye->recent);
	memmove(eye->whole, eye->whole + DTMF_HOP, sizeof eye->whole - DTMF_HOP * sizeof *eye->whole);
	for (int n = 0; n < DTMF_HOP; n++) {
		eye->whole[DTMF_FRAME - DTMF_HOP + n] = hop[n];
		eye->recent[DTMF_FRAME - DTMF_HOP + n] = pass_high(eye, hop[n]);
	}
}

static float energy_of(const float *x)
{
	float energy = 0;

	for (int n = 0; n < DTMF_FRAME; n++) {
		float y = x[n] * window[n];
		energy += y * y;
	}
	return energy;
}

static void correlate(const float *x, struct dtmf_bins *bins)
{
	float sum[PARTS] = { 0 };

	for (int n = 0; n < DTMF_FRAME; n++)
		for (int i = 0; i < PARTS; i++)
			sum[i] += x[n] * windowed[n][i];
	memcpy(bins->re, sum, sizeof bins->re);
	memcpy(bins->im, sum + DTMF_TONES, sizeof bins->im);
}

static float power(const struct dtmf_bins *bins, int k) { return bins->re[k] * bins->re[k] + bins->im[k] * bins->im[k]; }

static int strongest(const struct dtmf_bins *bins, int first)
{
	int best = first;

	for (int k = first + 1; k < first + 4; k++)
		if (power(bins, k) > power(bins, best))
			best = k;
	return best;
}

/* How far, in Hz, a tone is from its frequency, by how far it turned since the frame before. */
static float off(const struct dtmf_bins *now, const struct dtmf_bins *before, int k)
{
	float re = now->re[k] * before->re[k] + now->im[k] * before->im[k];
	float im = now->im[k] * before->re[k] - now->re[k] * before->im[k];
	float turned = atan2f(im * turn[k][0] + re * turn[k][1], re * turn[k][0] - im * turn[k][1]);

	return turned / (2 * (float)M_PI) * RATE_HZ / DTMF_HOP;
}

/* What the window leaves of the amplitude of a tone that is so many Hz beside the bin. */
static float leaves(float hz)
{
	float x = fabsf(hz) * DTMF_FRAME / RATE_HZ;

	return x < 0.01f ? 1 : sinf(M_PI * x) / (M_PI * x * (1 - x * x));
}

static float decibel(float ratio) { return 10 * log10f(ratio + 1e-12f); }

/* The level of a sine that gives a frame this energy. */
static float dbm0(float energy) { return decibel(energy / window_energy * 2 / (full_scale * full_scale)); }

/* ---- what is below the tones ------------------------------------------------------------- */

static float low_level(struct dtmf_eye *eye, float energy)
{
	float sum = 0;

	eye->lows[eye->low_at++ % DTMF_LOWS] = fmaxf(energy, 0);
	for (int i = 0; i < DTMF_LOWS; i++)
		sum += eye->lows[i];
	return dbm0(sum / DTMF_LOWS);
}

/* True while it is as it was for long; its pauses do not count. */
static bool steady(struct dtmf_eye *eye, float energy)
{
	float level = low_level(eye, energy);

	if (level < FAINTEST_DBM0)
		return false;
	if (fabsf(level - eye->low_dbm0) < STEADY_DB) {
		eye->low_dbm0 += 0.05f * (level - eye->low_dbm0);
		eye->steady += eye->steady < STEADY_MOST;
		return eye->steady >= STEADY_FRAMES;
	}
	eye->steady -= 2;
	if (eye->steady <= 0) {
		eye->steady = 0;
		eye->low_dbm0 = level;
	}
	return false;
}

/* ---- the pair ---------------------------------------------------------------------------- */

struct tone { int at; float off_hz, energy, whole; };   /* energy behind the high-pass, and before it */

static struct tone tone_of(const struct dtmf_bins *now, const struct dtmf_bins *before, int first)
{
	struct tone tone = { .at = strongest(now, first) };
	float left;

	tone.off_hz = off(now, before, tone.at);
	left = leaves(tone.off_hz);
	tone.energy = power(now, tone.at) / (left * left) * 2 * window_energy / (window_sum * window_sum);
	tone.whole = tone.energy / passed[tone.at];
	return tone;
}

static bool near(const struct tone *tone) { return fabsf(tone->off_hz) < FARTHEST * frequency[tone->at]; }

static struct dtmf_seen seen(const struct tone *low, const struct tone *high)
{
	return (struct dtmf_seen){
		.digit = keys[4 * low->at + high->at - 4],
		.low_off = low->off_hz / frequency[low->at],
		.high_off = high->off_hz / frequency[high->at],
		.dbm0 = dbm0(fmaxf(low->whole, high->whole)),
		.twist_db = decibel(low->whole / high->whole),
	};
}

static bool strong(const struct tone *low, const struct tone *high)
{
	float twist = decibel(low->whole / high->whole);

	return dbm0(fminf(low->whole, high->whole)) > FAINTEST_DBM0 && twist < NORMAL_TWIST_DB && twist > -REVERSE_TWIST_DB;
}

struct dtmf_seen dtmf_look(struct dtmf_eye *eye, const int16_t *hop)
{
	static const struct dtmf_seen nothing;
	struct dtmf_bins before = eye->bins;
	struct tone low, high;
	float energy, all, below;
	bool was_there;

	take(eye, hop);
	energy = energy_of(eye->recent);
	all = energy_of(eye->whole);
	below = all - energy;
	if (dbm0(energy) < FAINTEST_DBM0) {
		memset(&eye->bins, 0, sizeof eye->bins);
		steady(eye, below);
		return nothing;
	}
	correlate(eye->recent, &eye->bins);
	low = tone_of(&eye->bins, &before, 0);
	high = tone_of(&eye->bins, &before, DTMF_TONES / 2);
	if (!near(&low) || !near(&high)) {
		steady(eye, below);
		return nothing;
	}
	was_there = steady(eye, below - (low.whole - low.energy) - (high.whole - high.energy));
	if (!strong(&low, &high) || low.energy + high.energy < (1 - STRANGE) * energy)
		return nothing;
	return was_there || low.whole + high.whole > (1 - STRANGE_LOW) * all ? seen(&low, &high) : nothing;
}
