/* SPDX-License-Identifier: GPL-2.0-or-later
 * Call progress tones by frequency and cadence, recognised by spandsp after a table of the country.
 */
#include "hear.h"
#include <spandsp.h>
#include <spandsp/expose.h>

enum { ELEMENTS_MAX = 10 };                             /* spandsp remembers so many segments of sound */

struct tone_table { super_tone_rx_descriptor_t *descriptor; int first; };
static struct tone_table *tone_table;                   /* replaced, never freed: ears may still use the old one */

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

/* ---- the detector ------------------------------------------------------------------------ */

struct hears_tones { struct hearer hearer; super_tone_rx_state_t *rx; int first; };

static void on_tone(void *object, int code, int level, int delay)
{
	struct hears_tones *tones = object;

	PJ_UNUSED_ARG(level);
	PJ_UNUSED_ARG(delay);
	heard(&tones->hearer, LA_TONE, code < 0 ? -1 : code - tones->first, NULL, 0);
}

static void hear(struct hearer *hearer, const int16_t *pcm)
{
	super_tone_rx(((struct hears_tones *)hearer)->rx, pcm, BLOCK);
}

static void destroy(struct hearer *hearer) { super_tone_rx_free(((struct hears_tones *)hearer)->rx); }

struct hearer *hear_tones(void)
{
	struct hears_tones *tones = tone_table ? calloc(1, sizeof *tones) : NULL;

	if (!tones)
		return NULL;
	tones->hearer = (struct hearer){ .hear = hear, .destroy = destroy };
	tones->first = tone_table->first;
	tones->rx = super_tone_rx_init(NULL, tone_table->descriptor, on_tone, tones);
	return &tones->hearer;
}
