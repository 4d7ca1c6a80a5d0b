/* SPDX-License-Identifier: GPL-2.0-or-later
 * What fax machines say first, by spandsp: the calling tone CNG (ITU-T T.30, 4.3.3.2: 1100 +-38 Hz, 0.5 s on, 3 s off,
 * +-15 %), and the answer tone CED (2100 +-15 Hz, 2.6 to 4 s), which turns its phase each 450 ms where echo cancellers
 * must be off (ITU-T V.25, V.8).
 */
#include "hear.h"
#include <spandsp.h>
#include <spandsp/expose.h>

enum {
	CNG_HEARD_MS = 415,                             /* spandsp tells it when it has heard so much of a burst */
	CNG_LONGEST_MS = 640,                           /* 575, and what its smoothing adds; longer is a tone, not a fax machine */
};

struct hears_fax { struct hearer hearer; modem_connect_tones_rx_state_t *cng, *ced; bool in_cng; int since; };

static void on_cng(void *object, int tone, int level, int delay)
{
	struct hears_fax *fax = object;

	PJ_UNUSED_ARG(level);
	PJ_UNUSED_ARG(delay);
	if (fax->in_cng && tone == MODEM_CONNECT_TONES_NONE && CNG_HEARD_MS + fax->since * TICK_US / 1000 <= CNG_LONGEST_MS)
		heard(&fax->hearer, LA_FAX, LA_FAX_CNG, NULL, 0);
	fax->in_cng = tone == MODEM_CONNECT_TONES_FAX_CNG;
	fax->since = 0;
}

static void on_ced(void *object, int tone, int level, int delay)
{
	struct hears_fax *fax = object;

	PJ_UNUSED_ARG(level);
	PJ_UNUSED_ARG(delay);
	if (tone == MODEM_CONNECT_TONES_ANS_PR || tone == MODEM_CONNECT_TONES_ANSAM_PR)
		heard(&fax->hearer, LA_FAX, LA_FAX_CED_REVERSED, NULL, 0);
	else if (tone != MODEM_CONNECT_TONES_NONE)
		heard(&fax->hearer, LA_FAX, LA_FAX_CED, NULL, 0);
}

static void hear(struct hearer *hearer, const int16_t *pcm)
{
	struct hears_fax *fax = (struct hears_fax *)hearer;

	fax->since++;
	modem_connect_tones_rx(fax->cng, pcm, BLOCK);
	modem_connect_tones_rx(fax->ced, pcm, BLOCK);
}

static void destroy(struct hearer *hearer)
{
	struct hears_fax *fax = (struct hears_fax *)hearer;

	modem_connect_tones_rx_free(fax->cng);
	modem_connect_tones_rx_free(fax->ced);
}

struct hearer *hear_fax(void)
{
	struct hears_fax *fax = calloc(1, sizeof *fax);

	if (!fax)
		return NULL;
	fax->hearer = (struct hearer){ .hear = hear, .destroy = destroy };
	fax->cng = modem_connect_tones_rx_init(NULL, MODEM_CONNECT_TONES_FAX_CNG, on_cng, fax);
	fax->ced = modem_connect_tones_rx_init(NULL, MODEM_CONNECT_TONES_ANS, on_ced, fax);
	return &fax->hearer;
}
