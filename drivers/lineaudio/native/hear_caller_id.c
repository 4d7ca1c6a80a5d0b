/* SPDX-License-Identifier: GPL-2.0-or-later
 * FSK data link messages, by spandsp: Bell 202 (GR-30-CORE) and V.23 (ETSI EN 300 659-1).
 */
#include "hear.h"
#include <spandsp.h>
#include <spandsp/expose.h>

enum { FAINTEST_DBM0 = -40 };                           /* ETSI EN 300 778-1: terminals hear -36 dBV */

struct hears_caller_id { struct hearer hearer; adsi_rx_state_t *rx; };

static void on_message(void *hearer, const uint8_t *message, int length)
{
	heard(hearer, LA_CALLER_ID, 0, message, length);
}

static void hear(struct hearer *hearer, const int16_t *pcm)
{
	adsi_rx(((struct hears_caller_id *)hearer)->rx, pcm, BLOCK);
}

static void destroy(struct hearer *hearer) { adsi_rx_free(((struct hears_caller_id *)hearer)->rx); }

static struct hearer *create(int standard)
{
	struct hears_caller_id *caller_id = calloc(1, sizeof *caller_id);

	if (!caller_id)
		return NULL;
	caller_id->hearer = (struct hearer){ .hear = hear, .destroy = destroy };
	caller_id->rx = adsi_rx_init(NULL, standard, on_message, &caller_id->hearer);
	fsk_rx_signal_cutoff(&caller_id->rx->fskrx, FAINTEST_DBM0);
	return &caller_id->hearer;
}

struct hearer *hear_bell202(void) { return create(ADSI_STANDARD_CLASS); }

struct hearer *hear_v23(void) { return create(ADSI_STANDARD_CLIP); }
