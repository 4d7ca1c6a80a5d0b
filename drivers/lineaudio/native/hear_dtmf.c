/* SPDX-License-Identifier: GPL-2.0-or-later
 * DTMF digits, by spandsp.
 */
#include "hear.h"
#include <spandsp.h>
#include <spandsp/expose.h>

enum { NORMAL_TWIST_DB = 8, REVERSE_TWIST_DB = 4 };     /* ITU-T Q.24, table A-1 */

struct hears_dtmf { struct hearer hearer; dtmf_rx_state_t *rx; };

static void on_dtmf(void *hearer, int code, int level, int delay)
{
	PJ_UNUSED_ARG(level);
	PJ_UNUSED_ARG(delay);
	heard(hearer, code ? LA_DTMF : LA_DTMF_END, code, NULL, 0);
}

static void hear(struct hearer *hearer, const int16_t *pcm) { dtmf_rx(((struct hears_dtmf *)hearer)->rx, pcm, BLOCK); }

static void destroy(struct hearer *hearer) { dtmf_rx_free(((struct hears_dtmf *)hearer)->rx); }

struct hearer *hear_dtmf(void)
{
	struct hears_dtmf *dtmf = calloc(1, sizeof *dtmf);

	if (!dtmf)
		return NULL;
	dtmf->hearer = (struct hearer){ .hear = hear, .destroy = destroy };
	dtmf->rx = dtmf_rx_init(NULL, NULL, NULL);
	dtmf_rx_set_realtime_callback(dtmf->rx, on_dtmf, &dtmf->hearer);
	dtmf_rx_parms(dtmf->rx, true, NORMAL_TWIST_DB, REVERSE_TWIST_DB, -99);
	return &dtmf->hearer;
}
