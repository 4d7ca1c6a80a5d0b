/* SPDX-License-Identifier: GPL-2.0-or-later
 * The detectors of one line. A set is made whole by Python and handed over; changing what is heard means
 * handing over another set.
 */
#include "hear.h"

static const struct { int what; struct hearer *(*create)(void); } kinds[] = {
	{ LA_HEAR_DTMF, hear_dtmf },
	{ LA_HEAR_FAX, hear_fax },
	{ LA_HEAR_BELL202, hear_bell202 },
	{ LA_HEAR_V23, hear_v23 },
	{ LA_HEAR_ALERTING, hear_alerting },
};
enum { KINDS = sizeof kinds / sizeof *kinds + 1 };         /* and tones, which need a table */

struct ears {
	struct handed handed;
	int count;
	struct hearer *hearers[KINDS];
};

void heard(const struct hearer *hearer, enum la_event_kind kind, int value, const void *data, size_t length)
{
	event_push(hearer->from, kind, hearer->line, value, data, length);
}

static void ears_destroy(struct handed *object)
{
	struct ears *ears = (struct ears *)object;

	for (int i = 0; i < ears->count; i++) {
		ears->hearers[i]->destroy(ears->hearers[i]);
		free(ears->hearers[i]);
	}
	free(ears);
}

static void add_hearer(struct ears *ears, struct hearer *hearer, enum producer from, int line)
{
	if (!hearer)
		return;
	hearer->from = from;
	hearer->line = line;
	ears->hearers[ears->count++] = hearer;
}

struct ears *ears_create(enum producer from, int line, int what, struct tones tones)
{
	struct ears *ears = calloc(1, sizeof *ears);
	struct hearer *hearer = NULL;

	if (!ears)
		return NULL;
	ears->handed.destroy = ears_destroy;
	if (what & LA_HEAR_TONES && tones.count && !(hearer = hear_tones(tones.steps, tones.count))) {
		free(ears);
		return NULL;
	}
	add_hearer(ears, hearer, from, line);
	for (int i = 0; i < KINDS - 1; i++)
		if (what & kinds[i].what)
			add_hearer(ears, kinds[i].create(), from, line);
	return ears;
}

void ears_hear(struct ears *ears, const int16_t *pcm)
{
	for (int i = 0; i < ears->count; i++)
		ears->hearers[i]->hear(ears->hearers[i], pcm);
}

/* In the caller's thread: for a recording, or a test that must not depend on time. */
int la_hear_memory(int what, const struct la_tone_step *steps, int step_count, const int16_t *samples, int count,
                   struct la_event *out, int room)
{
	struct ears *ears = ears_create(FROM_MEMORY, 0, what, (struct tones){ steps, step_count });
	int found = 0;

	if (!ears)
		return -1;
	for (int i = 0; i + BLOCK <= count; i += BLOCK) {
		ears_hear(ears, samples + i);
		for (; found < room && event_pop(FROM_MEMORY, &out[found]); found++)
			out[found].source = i / BLOCK;
	}
	ears->handed.destroy(&ears->handed);
	return found;
}
