/* SPDX-License-Identifier: GPL-2.0-or-later
 * The detectors of one line. A set is made whole by Python and handed over; changing what is heard means
 * handing over another set.
 */
#include "hear.h"

static const struct { int what; struct hearer *(*create)(void); } kinds[] = {
	{ LA_HEAR_DTMF, hear_dtmf },
	{ LA_HEAR_TONES, hear_tones },
	{ LA_HEAR_BELL202, hear_bell202 },
	{ LA_HEAR_V23, hear_v23 },
	{ LA_HEAR_ALERTING, hear_alerting },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

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

struct ears *ears_create(enum producer from, int line, int what)
{
	struct ears *ears = calloc(1, sizeof *ears);

	if (!ears)
		return NULL;
	ears->handed.destroy = ears_destroy;
	for (int i = 0; i < KINDS; i++) {
		struct hearer *hearer = what & kinds[i].what ? kinds[i].create() : NULL;

		if (!hearer)
			continue;
		hearer->from = from;
		hearer->line = line;
		ears->hearers[ears->count++] = hearer;
	}
	return ears;
}

void ears_hear(struct ears *ears, const int16_t *pcm)
{
	for (int i = 0; i < ears->count; i++)
		ears->hearers[i]->hear(ears->hearers[i], pcm);
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
