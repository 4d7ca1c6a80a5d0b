/* SPDX-License-Identifier: GPL-2.0-or-later
 * FSK data link messages: spandsp demodulates Bell 202 (GR-30-CORE) or V.23 (ETSI EN 300 659-1, NTT).
 */
#include "data_link.h"
#include "hear.h"
#include <spandsp.h>
#include <spandsp/expose.h>

enum { FAINTEST_DBM0 = -40 };                           /* ETSI EN 300 778-1: terminals hear -36 dBV */

struct hears_caller_id { struct hearer hearer; int standard; fsk_rx_state_t *rx; struct data_link link; };

static void on_message(void *user, const uint8_t *message, int length)
{
	struct hears_caller_id *caller_id = user;

	heard(&caller_id->hearer, LA_CALLER_ID, caller_id->standard, message, length);
}

static void on_damaged(void *user, enum la_damage why, const uint8_t *received, int length)
{
	heard(&((struct hears_caller_id *)user)->hearer, LA_CALLER_ID_DAMAGED, why, received, length);
}

static void on_bit(void *user, int bit)
{
	struct data_link *link = &((struct hears_caller_id *)user)->link;

	if (bit >= 0)
		data_link_bit(link, bit);
	else if (bit == SIG_STATUS_CARRIER_UP || bit == SIG_STATUS_CARRIER_DOWN)
		data_link_carrier(link, bit == SIG_STATUS_CARRIER_UP);
}

static void hear(struct hearer *hearer, const int16_t *pcm) { fsk_rx(((struct hears_caller_id *)hearer)->rx, pcm, BLOCK); }

static void destroy(struct hearer *hearer) { fsk_rx_free(((struct hears_caller_id *)hearer)->rx); }

static struct hearer *create(int standard, int spec)
{
	struct hears_caller_id *caller_id = calloc(1, sizeof *caller_id);

	if (!caller_id)
		return NULL;
	caller_id->hearer = (struct hearer){ .hear = hear, .destroy = destroy };
	caller_id->standard = standard;
	caller_id->link = (struct data_link){ .on_message = on_message, .on_damaged = on_damaged, .user = caller_id };
	data_link_carrier(&caller_id->link, false);
	caller_id->rx = fsk_rx_init(NULL, &preset_fsk_specs[spec], FSK_FRAME_MODE_ASYNC, on_bit, caller_id);
	fsk_rx_signal_cutoff(caller_id->rx, FAINTEST_DBM0);
	return &caller_id->hearer;
}

struct hearer *hear_bell202(void) { return create(LA_HEAR_BELL202, FSK_BELL202); }

struct hearer *hear_v23(void) { return create(LA_HEAR_V23, FSK_V23CH1); }
