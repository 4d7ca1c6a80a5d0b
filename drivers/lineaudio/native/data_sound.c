/* SPDX-License-Identifier: GPL-2.0-or-later
 * Octets as FSK, modulated by spandsp: channel seizure, mark, asynchronous characters, a last mark.
 */
#include "generate.h"
#include <spandsp.h>
#include <spandsp/expose.h>

enum { LAST_MARK = 5 };                 /* EN 300 659-1, 6.2.4: 1 to 10 bits behind the checksum */

struct burst {
	fsk_tx_state_t *tx;
	struct la_data_sound sound;
	int sent, count;                /* bits */
	int length;
	uint8_t octets[];
};

static int character_bit(const struct burst *data, int at)
{
	int size = 9 + data->sound.stop_bits, bit = at % size;

	if (bit == 0)
		return 0;
	return bit > 8 || data->octets[at / size] >> (bit - 1) & 1;
}

static int next_bit(void *user)
{
	struct burst *data = user;
	int at = data->sent++, behind = at - data->sound.seizure - data->sound.mark;

	if (at < data->sound.seizure)
		return at & 1;
	if (behind < 0)
		return 1;
	if (behind < data->length * (9 + data->sound.stop_bits))
		return character_bit(data, behind);
	return at < data->count ? 1 : SIG_STATUS_END_OF_DATA;
}

void *data_create(const struct la_data_sound *sound, const uint8_t *octets, int length)
{
	struct burst *data = calloc(1, sizeof *data + length);
	int spec = sound->standard == LA_HEAR_V23 ? FSK_V23CH1 : FSK_BELL202;

	if (!data)
		return NULL;
	data->sound = *sound;
	data->length = length;
	data->count = sound->seizure + sound->mark + length * (9 + sound->stop_bits) + LAST_MARK;
	memcpy(data->octets, octets, length);
	data->tx = fsk_tx_init(NULL, &preset_fsk_specs[spec], next_bit, data);
	fsk_tx_power(data->tx, sound->dbm0);
	return data;
}

int data_fill(void *data, int16_t *pcm, int samples) { return fsk_tx(((struct burst *)data)->tx, pcm, samples); }

void data_free(void *object)
{
	struct burst *data = object;

	fsk_tx_free(data->tx);
	free(data);
}
