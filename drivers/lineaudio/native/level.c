/* SPDX-License-Identifier: GPL-2.0-or-later
 * Levels on the wire, for statistics and the Line Doctor. A sine that just fills 16 bits is +3.14 dBm0 (ITU-T G.711).
 */
#include "lineaudio.h"
#include <math.h>

static const double SILENCE_DBM0 = -90;
static const double FULL = 32768.0 * 32768 / 2; /* mean square of +3.14 dBm0 */

static void end_of_part(struct level *level)
{
	level->least = level->blocks % (LEVEL_PART * LEVEL_PARTS) == LEVEL_PART ? level->part : PJ_MIN(level->least, level->part);
	level->all += level->part;
	level->part = 0;
}

static void end_of_second(struct level *level)
{
	atomic_store_explicit(&level->mean, level->all / (LEVEL_PART * LEVEL_PARTS), memory_order_relaxed);
	atomic_store_explicit(&level->floor, level->least / LEVEL_PART, memory_order_relaxed);
	level->all = 0;
}

int level_add(struct level *level, const int16_t *pcm)
{
	int most = 0, least = 0;
	float squares = 0;

	for (int i = 0; i < BLOCK; i++) {
		most = PJ_MAX(most, pcm[i]);
		least = PJ_MIN(least, pcm[i]);
		squares += (float)(pcm[i] * pcm[i]);
	}
	level->part += squares / BLOCK;
	if (++level->blocks % LEVEL_PART == 0)
		end_of_part(level);
	if (level->blocks % (LEVEL_PART * LEVEL_PARTS) == 0)
		end_of_second(level);
	return PJ_MAX(most, -least);
}

double level_dbm0(double mean_square)
{
	return mean_square > 0 ? PJ_MAX(3.14 + 10 * log10(mean_square / FULL), SILENCE_DBM0) : SILENCE_DBM0;
}
