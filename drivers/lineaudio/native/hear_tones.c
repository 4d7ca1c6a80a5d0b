/* SPDX-License-Identifier: GPL-2.0-or-later
 * Call progress tones, by frequency, purity, steadiness and cadence, after a table of the line.
 *
 * Sound is cut into segments: silence, one of the table's sets of frequencies, or other sound. A tone is recognised
 * when the last segments are its steps, of one level and one pitch. spandsp's super_tone_rx compares bins 62 Hz wide
 * against whichever other bins it was given, so that speech and music come close to short cadences.
 */
#include "hear.h"
#include "tone_bank.h"
#include <math.h>

enum {
	SILENCE = -1, OTHER = -2,
	SEGMENTS = 16, TONES_MAX = 24, STEPS_MAX = 12,
	CONFIRM = 3,                                    /* moments until a segment counts as begun; what is shorter is a click */
	CONFIRM_SILENCE = 5,                            /* two blocks of a socket that came late are no pause */
	CONFIRM_OTHER = 6,
	JOIN = 5,                                       /* a pause between special information tones that need not be there */
	MOMENT_MS = 10,
};
static const float PURE = 0.58f;                        /* share of a tone's frequencies in the sound; noise 4 dB below it */
static const float PART_COST = 0.03f;                   /* what a further frequency must explain */
static const float HABIT = 0.1f;                        /* a beating tone looks like a plain one at its peaks */
static const float LOUD = 8243;                         /* -45 dBm0: nothing softer is a tone */
static const float QUIET = 2607;                        /* -50 dBm0 */
static const float GAP = 0.06f, IMPURE_GAP = 0.4f;      /* of the tone before: -12 dB; -6 dB, when it is not that tone */
static const float STEADY = 2.0f;                       /* 3 dB within a segment, and between those of a tone */
static const float COHERENT = 0.9f;                     /* of the turns of a tone's phase; a glide is below it */
static const float SAME_HZ = 6;

struct segment {
	int label, moments;
	int heard;                                      /* moments that were labelled so */
	float power;                                    /* sum of what was explained in them */
	float complex turn; float turned;               /* of the phase, and what it would be without a glide */
	float complex last;
};
struct step { int label, min, max; };                   /* in moments; max 0: any */
struct tone { int steps; struct step step[STEPS_MAX]; };

struct hears_tones {
	struct hearer hearer;
	struct tone_bank bank;
	int tones, now;                                 /* now: the tone that was reported, -1 none */
	struct tone tone[TONES_MAX];
	struct segment segment[SEGMENTS];               /* a ring; `latest` goes on */
	unsigned latest;
	struct segment next;                            /* not confirmed yet */
	float level;                                    /* of the last tone, for its gaps */
};

static struct segment *back(struct hears_tones *t, unsigned n) { return &t->segment[(t->latest - n) % SEGMENTS]; }

/* ---- segments -------------------------------------------------------------------------------- */

static int label_of(const struct hears_tones *t, const struct tone_moment *m)
{
	float best = 0, score = 0;
	int label = OTHER, latest = t->segment[t->latest % SEGMENTS].label;

	if (m->power < QUIET || m->power < GAP * t->level)
		return SILENCE;
	for (int i = 0; i < t->bank.sets; i++) {
		float s = m->share[i] - PART_COST * (t->bank.set[i].parts - 1) + HABIT * (i == latest);

		if (s > score)
			score = s, best = m->share[i], label = i;
	}
	if (best >= PURE && m->power >= LOUD)
		return label;
	return m->power < IMPURE_GAP * t->level ? SILENCE : OTHER;
}

static int confirm(int label)
{
	return label == SILENCE ? CONFIRM_SILENCE : label == OTHER ? CONFIRM_OTHER : CONFIRM;
}

static float mean_power(const struct segment *s) { return s->heard ? s->power / s->heard : 0; }

static bool alike(float a, float b) { return a < STEADY * b && b < STEADY * a; }

static void feel(struct hears_tones *t, struct segment *s, const struct tone_moment *m)
{
	if (s->label >= 0) {
		if (s->heard) {
			float complex turn = bank_turn(&t->bank, s->label, s->last, m->first[s->label]);

			s->turn += turn;
			s->turned += cabsf(turn);
		}
		s->last = m->first[s->label];
		s->power += m->explained[s->label];
	}
	s->heard++;
}

/* A tone that suddenly is louder or softer is another sound. */
static bool belongs(const struct hears_tones *t, const struct segment *s, int label, const struct tone_moment *m)
{
	if (label != s->label)
		return false;
	return label < 0 || s->heard < CONFIRM || !t->bank.set[label].steady || alike(m->explained[label], mean_power(s));
}

static void begin(struct hears_tones *t)
{
	t->segment[++t->latest % SEGMENTS] = t->next;
	back(t, 0)->moments = t->next.heard;
	back(t, 1)->moments -= t->next.heard;
	if (t->next.label >= 0)
		t->level = mean_power(&t->next);
	else if (t->next.label == OTHER)
		t->level = 0;
	t->next = (struct segment){ .label = OTHER };
}

static void go_on(struct hears_tones *t, int label, const struct tone_moment *m)
{
	struct segment *s = back(t, 0);

	s->moments++;
	if (belongs(t, s, label, m)) {
		feel(t, s, m);
		t->next.heard = 0;
		return;
	}
	if (!t->next.heard || !belongs(t, &t->next, label, m))
		t->next = (struct segment){ .label = label };
	feel(t, &t->next, m);
	if (t->next.heard >= confirm(label))
		begin(t);
}

/* ---- cadence --------------------------------------------------------------------------------- */

static float off_hz(const struct segment *s) { return cargf(s->turn) * RATE / (2 * (float)M_PI * HOP); }

static bool clean(const struct hears_tones *t, const struct segment *s)
{
	return s->label < 0 || !t->bank.set[s->label].steady || cabsf(s->turn) >= COHERENT * s->turned;
}

static float pitch(const struct hears_tones *t, const struct segment *s)
{
	return t->bank.hz[t->bank.set[s->label].part[0]] + off_hz(s);
}

static bool one_source(const struct hears_tones *t, const struct segment *a, const struct segment *b)
{
	if (a->label < 0 || b->label < 0 || !bank_near(&t->bank, a->label, b->label))
		return true;
	return alike(mean_power(a), mean_power(b)) &&
	       (!t->bank.set[a->label].steady || fabsf(pitch(t, a) - pitch(t, b)) < SAME_HZ);
}

static bool same_sound(const struct hears_tones *t, int label, int wanted)
{
	return label == wanted || (label >= 0 && wanted >= 0 && bank_near(&t->bank, label, wanted));
}

static bool is_step(struct hears_tones *t, const struct segment *s, const struct step *step)
{
	return same_sound(t, s->label, step->label) && s->moments >= step->min && (!step->max || s->moments <= step->max) && clean(t, s);
}

static bool fits(struct hears_tones *t, const struct tone *tone)
{
	const struct segment *sounding = NULL;
	unsigned n = 0;

	for (int i = 0; i < tone->steps; i++, n++) {
		const struct step *step = &tone->step[tone->steps - 1 - i];

		if (step->label >= 0 && sounding && step->label != sounding->label && back(t, n)->label == SILENCE)
			n += back(t, n)->moments <= JOIN;
		if (!is_step(t, back(t, n), step) || (sounding && !one_source(t, back(t, n), sounding)))
			return false;
		if (step->label >= 0)
			sounding = back(t, n);
	}
	return true;
}

/* While it lasts, every segment is one of its steps, and none too long. */
static bool lasts(struct hears_tones *t, const struct tone *tone)
{
	const struct segment *s = back(t, 0);

	for (int i = 0; i < tone->steps; i++)
		if (same_sound(t, s->label, tone->step[i].label) && (!tone->step[i].max || s->moments <= tone->step[i].max))
			return true;
	return false;
}

static void report(struct hears_tones *t, int tone)
{
	t->now = tone;
	heard(&t->hearer, LA_TONE, tone, NULL, 0);
}

static void compare(struct hears_tones *t)
{
	int found = -1;

	for (int i = 0; i < t->tones; i++)
		if (fits(t, &t->tone[i]) && (found < 0 || t->tone[i].steps > t->tone[found].steps))
			found = i;
	if (found >= 0 && found != t->now)
		report(t, found);
	else if (found < 0 && t->now >= 0 && !lasts(t, &t->tone[t->now]))
		report(t, -1);
}

static void hear(struct hearer *hearer, const int16_t *pcm)
{
	struct hears_tones *t = (struct hears_tones *)hearer;
	struct tone_moment moment;

	for (int i = 0; i < BLOCK; i += HOP) {
		bank_hear(&t->bank, pcm + i, &moment);
		go_on(t, label_of(t, &moment), &moment);
		compare(t);
	}
}

/* ---- the table ------------------------------------------------------------------------------- */

static int add_step(struct hears_tones *t, const struct la_tone_step *from)
{
	struct tone *tone = from->tone >= 0 && from->tone < TONES_MAX ? &t->tone[from->tone] : NULL;
	struct step *step = tone && tone->steps < STEPS_MAX ? &tone->step[tone->steps] : NULL;

	if (!step || from->tone > t->tones)
		return -1;
	step->label = from->hz[0] > 0 ? bank_add(&t->bank, from->hz) : SILENCE;
	if (from->hz[0] > 0 && step->label < 0)
		return -1;
	step->min = from->min_ms / MOMENT_MS;
	step->max = (from->max_ms + MOMENT_MS - 1) / MOMENT_MS;
	tone->steps++;
	t->tones = PJ_MAX(t->tones, from->tone + 1);
	return 0;
}

static void destroy(struct hearer *hearer) { }

struct hearer *hear_tones(const struct la_tone_step *steps, int count)
{
	struct hears_tones *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	t->hearer = (struct hearer){ .hear = hear, .destroy = destroy };
	t->now = -1;
	for (int i = 0; i < SEGMENTS; i++)
		t->segment[i].label = OTHER;
	for (int i = 0; i < count; i++) {
		if (add_step(t, &steps[i]) < 0) {
			free(t);
			return NULL;
		}
	}
	return &t->hearer;
}
