/* SPDX-License-Identifier: GPL-2.0-or-later
 * What frequencies and levels a sound in memory has, for one who wants to know a line: slower and finer than detectors,
 * and in the caller's thread. Spectra are of Hann windows, zero-padded; the place of a peak is interpolated by a parabola
 * through the logarithms.
 */
#include "lineaudio.h"
#include <complex.h>
#include <math.h>

enum {
	HOP = 80,                               /* samples of a frame: 10 ms */
	WINDOW = 512,                           /* around its middle: 64 ms, which tells 40 Hz apart */
	LONGEST = 8192,                         /* of la_peaks */
	PAD = 2,
	LOBE = 2 * PAD,                         /* half the main lobe of a Hann window, in bins */
	PEAKS_MAX = 8,
};
static const double LOWEST_HZ = 35, HIGHEST_HZ = 3700;  /* hum of the mains is of interest, direct current is not */
static const double FULL_SCALE_DBM0 = 3.14;     /* a sine that fills 16 bits: ITU-T G.711, A-law */
static const double SILENCE = 1e-9;             /* -90 dB */
static const double SIDELOBE = 0.0025;          /* -26 dB: a Hann window's own are at -31 dB */

struct bench { int window, size; double *hann, *power; complex double *work; };

static void bench_close(struct bench *b)
{
	free(b->hann);
	free(b->power);
	free(b->work);
}

static int bench_open(struct bench *b, int window, int size)
{
	*b = (struct bench){ window, size, malloc(window * sizeof *b->hann), malloc(size * sizeof *b->power),
	                     malloc(size * sizeof *b->work) };
	if (!b->hann || !b->power || !b->work) {
		bench_close(b);
		return -1;
	}
	for (int i = 0; i < window; i++)
		b->hann[i] = 0.5 - 0.5 * cos(2 * M_PI * (i + 0.5) / window);
	return 0;
}

static double dbm0(double power) { return 10 * log10(2 * power / (32768.0 * 32768.0) + SILENCE) + FULL_SCALE_DBM0; }

static void transform(complex double *x, int n)
{
	for (int i = 1, j = 0; i < n; i++) {
		int bit = n >> 1;

		for (; j & bit; bit >>= 1)
			j ^= bit;
		if (i < (j ^= bit)) {
			complex double other = x[i];
			x[i] = x[j], x[j] = other;
		}
	}
	for (int half = 1; half < n; half *= 2) {
		complex double turn = cexp(-I * M_PI / half), w = 1;

		for (int k = 0; k < half; k++, w *= turn)
			for (int i = k; i < n; i += 2 * half) {
				complex double odd = w * x[i + half];
				x[i + half] = x[i] - odd;
				x[i] += odd;
			}
	}
}

/* A sine's mean square stands at its bin. What lies outside of the sound is silence. */
static void spectrum(struct bench *b, const int16_t *samples, int from, int count)
{
	for (int i = 0; i < b->size; i++) {
		int at = from + i;

		b->work[i] = i < b->window && at >= 0 && at < count ? b->hann[i] * samples[at] : 0;
	}
	transform(b->work, b->size);
	for (int i = 0; i < b->size / 2; i++) {
		double magnitude = cabs(b->work[i]) / b->window;
		b->power[i] = 8 * magnitude * magnitude;
	}
}

static struct la_peak interpolated(const struct bench *b, int bin)
{
	double left = log(b->power[bin - 1] + SILENCE), middle = log(b->power[bin] + SILENCE);
	double right = log(b->power[bin + 1] + SILENCE), curve = left - 2 * middle + right;
	double shift = curve < 0 ? (left - right) / (2 * curve) : 0;

	return (struct la_peak){ (bin + shift) * RATE / b->size, dbm0(exp(middle - (left - right) * shift / 4)) };
}

static bool is_peak(const struct bench *b, int bin, double least)
{
	return b->power[bin] > least && b->power[bin] >= b->power[bin - 1] && b->power[bin] > b->power[bin + 1];
}

/* The strongest first; their bins too. */
static int strongest(const struct bench *b, struct la_peak *out, int *bins, int room)
{
	int lowest = LOWEST_HZ * b->size / RATE + 1, highest = HIGHEST_HZ * b->size / RATE, found = 0;
	double most = 0;

	for (int i = lowest; i <= highest; i++)
		most = PJ_MAX(most, b->power[i]);
	for (int i = lowest; i <= highest; i++) {
		int at = found;

		if (!is_peak(b, i, most * SIDELOBE))
			continue;
		for (; at > 0 && b->power[i] > b->power[bins[at - 1]]; at--)
			if (at < room)
				bins[at] = bins[at - 1];
		if (at < room)
			bins[at] = i;
		found = PJ_MIN(found + 1, room);
	}
	for (int i = 0; i < found; i++)
		out[i] = interpolated(b, bins[i]);
	return found;
}

static double purity(const struct bench *b, const int *bins, int count)
{
	double all = 1e-3, within = 0;

	for (int i = 0; i < b->size / 2; i++) {
		bool near = false;

		for (int k = 0; k < count; k++)
			near |= abs(i - bins[k]) <= LOBE;
		all += b->power[i];
		within += near ? b->power[i] : 0;
	}
	return within / all;
}

static double mean_square(const int16_t *samples, int count)
{
	double sum = 0;

	for (int i = 0; i < count; i++)
		sum += (double)samples[i] * samples[i];
	return count ? sum / count : 0;
}

int la_analyse(const int16_t *samples, int count, struct la_frame *out, int room)
{
	struct bench b;
	int frames = PJ_MIN(count / HOP, room);

	if (bench_open(&b, WINDOW, WINDOW * PAD))
		return -1;
	for (int i = 0; i < frames; i++) {
		struct la_peak peaks[2] = { 0 };
		int bins[2], found;

		spectrum(&b, samples, i * HOP + HOP / 2 - WINDOW / 2, count);
		found = strongest(&b, peaks, bins, 2);
		out[i] = (struct la_frame){
			{ peaks[0].hz, found > 1 ? peaks[1].hz : 0 }, { peaks[0].dbm0, found > 1 ? peaks[1].dbm0 : 0 },
			dbm0(mean_square(samples + i * HOP, HOP)), purity(&b, bins, found),
		};
	}
	bench_close(&b);
	return frames;
}

int la_peaks(const int16_t *samples, int count, struct la_peak *out, int room)
{
	struct bench b;
	int window = PJ_MIN(count, LONGEST), size = 2, bins[PEAKS_MAX], found;

	while (size < window * PAD)
		size *= 2;
	if (bench_open(&b, window, size))
		return -1;
	spectrum(&b, samples, (count - window) / 2, count);
	found = size > 16 ? strongest(&b, out, bins, PJ_MIN(room, PEAKS_MAX)) : 0;
	bench_close(&b);
	return found;
}
