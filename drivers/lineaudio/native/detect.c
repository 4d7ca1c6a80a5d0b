/* SPDX-License-Identifier: GPL-2.0-or-later
 * Detectors of one line, all spandsp's: DTMF, FSK data link messages (caller ID), call progress tones.
 * A set is made whole by Python and handed over; changing what is heard means handing over another set.
 */
#include "lineaudio.h"
#include <spandsp.h>
#include <spandsp/expose.h>

enum { NORMAL_TWIST_DB = 8, REVERSE_TWIST_DB = 4 };     /* ITU-T Q.24, table A-1 */
enum { FAINTEST_DBM0 = -40 };                           /* caller ID; ETSI EN 300 778-1: terminals hear -36 dBV */
enum { ELEMENTS_MAX = 10 };                             /* spandsp remembers so many segments of sound */

struct ears {
	struct handed handed;
	enum producer from;
	int line;
	dtmf_rx_state_t *dtmf;
	adsi_rx_state_t *bell202, *v23;
	super_tone_rx_state_t *tones;
	int first_tone;
};

struct tone_table { super_tone_rx_descriptor_t *descriptor; int first; };
static struct tone_table *tone_table;                   /* replaced, never freed: ears may still use the old one */

/* ---- the table of tones ------------------------------------------------------------------ */

static int by_value(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

/* A tone that cannot occur adds its frequency to those that are compared. */
static void add_frequency(struct tone_table *table, int frequency)
{
	int never = super_tone_rx_add_tone(table->descriptor);

	super_tone_rx_add_element(table->descriptor, never, frequency, 0, 1000000, 1000001);
	table->first = never + 1;
}

/* spandsp names the two best of at least two frequencies in the order in which it first saw them, and a pair in
 * another order is never recognised: so all are shown to it beforehand, ascending. */
static void add_frequencies(struct tone_table *table, const struct la_tone_step *steps, int count)
{
	int all[2 * count + 2], n = 0;

	for (int i = 0; i < count; i++) {
		all[n++] = steps[i].f1;
		all[n++] = steps[i].f2;
	}
	all[n++] = 3700;
	all[n++] = 3800;
	qsort(all, n, sizeof *all, by_value);
	for (int i = 0; i < n; i++)
		if (all[i] > 0 && (i == 0 || all[i] != all[i - 1]))
			add_frequency(table, all[i]);
}

static int add_tones(struct tone_table *table, const struct la_tone_step *steps, int count)
{
	int tone = -1, elements = 0;

	for (int i = 0; i < count; i++, elements++) {
		int low = steps[i].f1, high = steps[i].f2;

		if (i == 0 || steps[i].tone != steps[i - 1].tone) {
			tone = super_tone_rx_add_tone(table->descriptor) - table->first;
			elements = 0;
		}
		if (tone != steps[i].tone || elements == ELEMENTS_MAX)
			return -1;
		if (low && high && low > high)
			low = steps[i].f2, high = steps[i].f1;
		super_tone_rx_add_element(table->descriptor, table->first + tone, low, high, steps[i].min_ms, steps[i].max_ms);
	}
	return 0;
}

int la_tones_set(const struct la_tone_step *steps, int count)
{
	struct tone_table *table = calloc(1, sizeof *table);

	if (!table)
		return -1;
	table->descriptor = super_tone_rx_make_descriptor(NULL);
	add_frequencies(table, steps, count);
	if (add_tones(table, steps, count) < 0) {
		super_tone_rx_free_descriptor(table->descriptor);
		free(table);
		return -1;
	}
	tone_table = table;
	return 0;
}

/* ---- what was heard ------------------------------------------------------------------------ */

static void on_dtmf(void *ears, int code, int level, int delay)
{
	PJ_UNUSED_ARG(level);
	PJ_UNUSED_ARG(delay);
	event_push(((struct ears *)ears)->from, code ? LA_DTMF : LA_DTMF_END, ((struct ears *)ears)->line, code, NULL, 0);
}

static void on_tone(void *object, int code, int level, int delay)
{
	struct ears *ears = object;

	PJ_UNUSED_ARG(level);
	PJ_UNUSED_ARG(delay);
	event_push(ears->from, LA_TONE, ears->line, code < 0 ? -1 : code - ears->first_tone, NULL, 0);
}

static void on_message(void *ears, const uint8_t *message, int length)
{
	event_push(((struct ears *)ears)->from, LA_CALLER_ID, ((struct ears *)ears)->line, 0, message, length);
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

static adsi_rx_state_t *caller_id_create(struct ears *ears, int standard)
{
	adsi_rx_state_t *rx = adsi_rx_init(NULL, standard, on_message, ears);

	if (rx)
		fsk_rx_signal_cutoff(&rx->fskrx, FAINTEST_DBM0);
	return rx;
}

struct ears *ears_create(enum producer from, int line, int what)
{
	struct ears *ears = calloc(1, sizeof *ears);

	if (!ears)
		return NULL;
	ears->handed.destroy = ears_destroy;
	ears->from = from;
	ears->line = line;
	if (what & LA_HEAR_DTMF) {
		ears->dtmf = dtmf_rx_init(NULL, NULL, NULL);
		dtmf_rx_set_realtime_callback(ears->dtmf, on_dtmf, ears);
		dtmf_rx_parms(ears->dtmf, true, NORMAL_TWIST_DB, REVERSE_TWIST_DB, -99);
	}
	if (what & LA_HEAR_BELL202)
		ears->bell202 = caller_id_create(ears, ADSI_STANDARD_CLASS);
	if (what & LA_HEAR_V23)
		ears->v23 = caller_id_create(ears, ADSI_STANDARD_CLIP);
	if (what & LA_HEAR_TONES && tone_table) {
		ears->first_tone = tone_table->first;
		ears->tones = super_tone_rx_init(NULL, tone_table->descriptor, on_tone, ears);
	}
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

/* In the caller's thread: for a recording, or a test that must not depend on time. */
int la_hear_memory(int what, const int16_t *samples, int count, struct la_event *out, int room)
{
	struct ears *ears = ears_create(FROM_MEMORY, 0, what);
	int found = 0;

	for (int i = 0; ears && i + BLOCK <= count; i += BLOCK) {
		ears_hear(ears, samples + i);
		for (; found < room && event_pop(FROM_MEMORY, &out[found]); found++)
			out[found].source = i / BLOCK;
	}
	if (ears)
		ears->handed.destroy(&ears->handed);
	return found;
}
