/* SPDX-License-Identifier: GPL-2.0-or-later
 * Two crystals never agree. What waits to be played tells by how much: it grows while the codec is slower than the
 * bridge. A loop of second order holds it still, and both directions are resampled by the same ratio, so that what goes
 * up stays in step, too.
 *
 * A sample too few a second is 125 ppm at 8 kHz. With w = 0.05/s, critically damped, 100 ppm are found in a minute, and
 * the queue moves by 6 samples meanwhile.
 */
#include "codec.h"
#include <math.h>

static const double W = 0.05;                   /* of the loop, 1/s */
static const double PPM_A_SAMPLE = 1e6 / RATE;
enum { PPM_MAX = 1000, DENOMINATOR_MAX = 60000 };       /* speexdsp loses its place beyond 65535 */

bool drift_look(struct drift *drift, int fill, int frames, int rate)
{
	double missing;

	drift->fill += fill;
	drift->looks++;
	drift->frames += frames;
	if (drift->frames < rate)
		return false;
	missing = FILL - (double)drift->fill / drift->looks;
	drift->sum = PJ_MIN(PJ_MAX(drift->sum + missing * W * W * PPM_A_SAMPLE, -PPM_MAX), PPM_MAX);
	drift->ppm = PJ_MIN(PJ_MAX(drift->sum + missing * 2 * W * PPM_A_SAMPLE, -PPM_MAX), PPM_MAX);
	drift->fill = drift->looks = drift->frames = 0;
	return true;
}

static int common_divisor(int a, int b) { return b ? common_divisor(b, a % b) : a; }

/* Of the form base : base + step, so that the other direction is exactly its inverse. */
void drift_apply(const struct drift *drift, struct wire *wire, int rate)
{
	int divisor = common_divisor(rate, RATE), times = DENOMINATOR_MAX / (rate / divisor);
	int bridge = RATE / divisor * times, codec = rate / divisor * times;

	codec += lrint(codec * drift->ppm / 1e6);
	speex_resampler_set_rate_frac(wire->up, codec, bridge, rate, RATE);
	speex_resampler_set_rate_frac(wire->down, bridge, codec, RATE, rate);
}
