/* SPDX-License-Identifier: GPL-2.0-or-later
 * Detectors of one line, all spandsp's: DTMF, FSK data link messages (caller ID), call progress tones.
 * A set is made whole by Python and handed over; changing what is heard means handing over another set.
 */
#include "lineaudio.h"
#include <spandsp.h>

enum { NORMAL_TWIST_DB = 8, REVERSE_TWIST_DB = 4 };     /* ITU-T Q.24, table A-1 */

struct ears {
	struct handed handed;
	int line;
	dtmf_rx_state_t *dtmf;
	adsi_rx_state_t *bell202, *v23;
	super_tone_rx_state_t *tones;
};

static super_tone_rx_descriptor_t *tone_table;          /* replaced, never freed: ears may still use the old one */

int la_tones_set(const struct la_tone_step *steps, int count)
{
	super_tone_rx_descriptor_t *table = super_tone_rx_make_descriptor(NULL);
	int tone = -1, never;

	for (int i = 0; i < count; i++) {
		if (i == 0 || steps[i].tone != steps[i - 1].tone)
			tone = super_tone_rx_add_tone(table);
		if (tone != steps[i].tone) {
			super_tone_rx_free_descriptor(table);
			return -1;
		}
		super_tone_rx_add_element(table, tone, steps[i].f1, steps[i].f2, steps[i].min_ms, steps[i].max_ms);
	}
	/* spandsp compares the two best of at least two frequencies: a tone that cannot occur adds them */
	never = super_tone_rx_add_tone(table);
	super_tone_rx_add_element(table, never, 3700, 3800, 1000000, 1000001);
	tone_table = table;
	return 0;
}

static void on_dtmf(void *ears, int code, int level, int delay)
{
	PJ_UNUSED_ARG(level);
	PJ_UNUSED_ARG(delay);
	event_push(FROM_CLOCK, code ? LA_DTMF : LA_DTMF_END, ((struct ears *)ears)->line, code, NULL, 0);
}

static void on_tone(void *ears, int code, int level, int delay)
{
	PJ_UNUSED_ARG(level);
	PJ_UNUSED_ARG(delay);
	event_push(FROM_CLOCK, LA_TONE, ((struct ears *)ears)->line, code, NULL, 0);
}

static void on_message(void *ears, const uint8_t *message, int length)
{
	event_push(FROM_CLOCK, LA_CALLER_ID, ((struct ears *)ears)->line, 0, message, length);
}

static void ears_destroy(struct handed *object)
{
	struct ears *ears = (struct ears *)object;

	if (ears->dtmf)
		dtmf_rx_free(ears->dtmf);
	if (ears->bell202)
		adsi_rx_free(ears->bell202);
	if (ears->v23)
		adsi_rx_free(ears->v23);
	if (ears->tones)
		super_tone_rx_free(ears->tones);
	free(ears);
}

struct ears *ears_create(int line, int what)
{
	struct ears *ears = calloc(1, sizeof *ears);

	if (!ears)
		return NULL;
	ears->handed.destroy = ears_destroy;
	ears->line = line;
	if (what & LA_HEAR_DTMF) {
		ears->dtmf = dtmf_rx_init(NULL, NULL, NULL);
		dtmf_rx_set_realtime_callback(ears->dtmf, on_dtmf, ears);
		dtmf_rx_parms(ears->dtmf, true, NORMAL_TWIST_DB, REVERSE_TWIST_DB, -99);
	}
	if (what & LA_HEAR_BELL202)
		ears->bell202 = adsi_rx_init(NULL, ADSI_STANDARD_CLASS, on_message, ears);
	if (what & LA_HEAR_V23)
		ears->v23 = adsi_rx_init(NULL, ADSI_STANDARD_CLIP, on_message, ears);
	if (what & LA_HEAR_TONES && tone_table)
		ears->tones = super_tone_rx_init(NULL, tone_table, on_tone, ears);
	return ears;
}

void ears_hear(struct ears *ears, const int16_t *pcm)
{
	if (ears->dtmf)
		dtmf_rx(ears->dtmf, pcm, BLOCK);
	if (ears->bell202)
		adsi_rx(ears->bell202, pcm, BLOCK);
	if (ears->v23)
		adsi_rx(ears->v23, pcm, BLOCK);
	if (ears->tones)
		super_tone_rx(ears->tones, pcm, BLOCK);
}
