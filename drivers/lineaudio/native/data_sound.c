/* SPDX-License-Identifier: GPL-2.0-or-later
 * Octets as FSK at 1200 bit/s: channel seizure, mark, asynchronous characters, a last mark. The sines are spandsp's; its
 * modem would begin each bit with a whole sample, an eighth of a bit too late at worst, which receivers feel in noise.
 */
#include "generate.h"
#include <spandsp.h>
#include <spandsp/expose.h>

enum { BAUD = 1200, LAST_MARK = 5 };    /* EN 300 659-1, 6.2.4: 1 to 10 bits behind the checksum */

struct burst {
	struct la_data_sound sound;
	int32_t rates[2];               /* of phase, for space and mark */
	int scale;
	uint32_t phase;
	int at, count;                  /* bits: the one under way, all */
	int gone;                       /* of it, in BAUD / RATE */
	int length;
	uint8_t octets[];
};

static int character_bit(const struct burst *burst, int at)
{
	int size = 9 + burst->sound.stop_bits, bit = at % size;

	if (bit == 0)
		return 0;
	return bit > 8 || burst->octets[at / size] >> (bit - 1) & 1;
}

static int bit_at(const struct burst *burst, int at)
{
	int behind = at - burst->sound.seizure - burst->sound.mark;

	if (at < burst->sound.seizure)
		return at & 1;
	if (behind < 0 || behind >= burst->length * (9 + burst->sound.stop_bits))
		return 1;
	return character_bit(burst, behind);
}

/* A sample in which one bit ends and the next begins has its share of both. */
static int32_t next_rate(struct burst *burst)
{
	int left = RATE - burst->gone;
	int64_t now = burst->rates[bit_at(burst, burst->at)], next = burst->rates[bit_at(burst, burst->at + 1)];

	burst->gone += BAUD;
	if (left > BAUD)
		return now;
	burst->gone -= RATE;
	burst->at++;
	return (now * left + next * (BAUD - left)) / BAUD;
}

int data_fill(void *data, int16_t *pcm, int samples)
{
	struct burst *burst = data;
	int made = 0;

	while (made < samples && burst->at < burst->count)
		pcm[made++] = dds_mod(&burst->phase, next_rate(burst), burst->scale, 0);
	return made;
}

void *data_create(const struct la_data_sound *sound, const uint8_t *octets, int length)
{
	struct burst *burst = calloc(1, sizeof *burst + length);
	const fsk_spec_t *modem = &preset_fsk_specs[sound->standard == LA_HEAR_V23 ? FSK_V23CH1 : FSK_BELL202];

	if (!burst)
		return NULL;
	burst->sound = *sound;
	burst->rates[0] = dds_phase_rate(modem->freq_zero);
	burst->rates[1] = dds_phase_rate(modem->freq_one);
	burst->scale = dds_scaling_dbm0(sound->dbm0);
	burst->length = length;
	burst->count = sound->seizure + sound->mark + length * (9 + sound->stop_bits) + LAST_MARK;
	memcpy(burst->octets, octets, length);
	return burst;
}

void data_free(void *data) { free(data); }

/* Into memory; the samples made, at most `room`. */
int la_data_memory(const struct la_data_sound *sound, const uint8_t *octets, int length, int16_t *samples, int room)
{
	void *data = data_create(sound, octets, length);
	int made = data ? data_fill(data, samples, room) : 0;

	free(data);
	return made;
}
