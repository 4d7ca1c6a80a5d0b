/* SPDX-License-Identifier: GPL-2.0-or-later
 * Generators, all spandsp's: tones with cadence and DTMF; FSK is in data_sound.c.
 */
#include "lineaudio.h"
#include "generate.h"
#include <spandsp.h>
#include <spandsp/expose.h>

struct tone { super_tone_tx_state_t *state; super_tone_tx_step_t *tree; };

static void destroy(struct handed *object)
{
	struct voice *voice = (struct voice *)object;

	voice_free_state(voice);
	free(voice);
}

/* ---- tones with cadence ------------------------------------------------------------------ */

static int tone_more(void *state, int16_t *pcm, int samples)
{
	return super_tone_tx(((struct tone *)state)->state, pcm, samples);
}

/* spandsp's own way sets two of the four sines that a step may have, and leaves the others as malloc made them. */
static super_tone_tx_step_t *step(const struct la_sound_step *sound, int cycles)
{
	super_tone_tx_step_t *made = super_tone_tx_make_step(NULL, sound->hz[0], 0, 0, 0, sound->ms, cycles);

	for (int i = 0; i < LA_SOUND_PARTS; i++) {
		made->tone[i].phase_rate = sound->hz[i] > 0 ? dds_phase_ratef(sound->hz[i]) : 0;
		made->tone[i].gain = sound->hz[i] > 0 ? dds_scaling_dbm0f(sound->dbm0[i]) : 0;
	}
	return made;
}

void *tone_create(const struct la_sound_step *steps, int count, int repeat)
{
	struct tone *tone = calloc(1, sizeof *tone);
	super_tone_tx_step_t **next;

	tone->tree = step(&(struct la_sound_step){ 0 }, repeat ? 0 : 1);
	next = &tone->tree->nest;
	for (int i = 0; i < count; i++) {
		*next = step(&steps[i], 1);
		next = &(*next)->next;
	}
	tone->state = super_tone_tx_init(NULL, tone->tree);
	return tone;
}

int tone_fill(void *tone, int16_t *pcm, int samples) { return tone_more(tone, pcm, samples); }

void tone_free(void *state)
{
	struct tone *tone = state;

	super_tone_tx_free(tone->state);
	super_tone_tx_free_tone(tone->tree);
	free(tone);
}

int la_tone_memory(const struct la_sound_step *steps, int count, int repeat, int16_t *samples, int room)
{
	void *tone = tone_create(steps, count, repeat);
	int made = tone_fill(tone, samples, room);

	tone_free(tone);
	return made;
}

/* ---- DTMF ----------------------------------------------------------------------------------- */

static int dtmf_more(void *state, int16_t *pcm, int samples) { return dtmf_tx(state, pcm, samples); }

static void *dtmf_create(const char *digits, int on_ms, int off_ms, int level_dbm0)
{
	dtmf_tx_state_t *dtmf = dtmf_tx_init(NULL);

	dtmf_tx_set_level(dtmf, level_dbm0, 0);
	dtmf_tx_set_timing(dtmf, on_ms, off_ms);
	if (dtmf_tx_put(dtmf, digits, -1) == 0)
		return dtmf;
	dtmf_tx_free(dtmf);
	return NULL;
}

void voice_free_state(struct voice *voice)
{
	if (voice->more == tone_more)
		tone_free(voice->state);
	else if (voice->more == dtmf_more)
		dtmf_tx_free(voice->state);
	else
		data_free(voice->state);
}

static struct voice *voice_create(void *state, int (*more)(void *, int16_t *, int))
{
	struct voice *voice = state ? calloc(1, sizeof *voice) : NULL;

	if (voice)
		*voice = (struct voice){ .handed.destroy = destroy, .state = state, .more = more };
	return voice;
}

int voice_fill(struct voice *voice, int16_t *pcm) { return voice->more(voice->state, pcm, BLOCK); }

int la_line_tone(struct la_line *line, const struct la_sound_step *steps, int count, int repeat)
{
	return line_give_voice(line, voice_create(tone_create(steps, count, repeat), tone_more));
}

int la_line_dtmf(struct la_line *line, const char *digits, int on_ms, int off_ms, int level_dbm0)
{
	return line_give_voice(line, voice_create(dtmf_create(digits, on_ms, off_ms, level_dbm0), dtmf_more));
}

int la_line_data(struct la_line *line, const struct la_data_sound *sound, const uint8_t *octets, int length)
{
	return line_give_voice(line, voice_create(data_create(sound, octets, length), data_fill));
}

void la_line_quiet(struct la_line *line)
{
	struct la_sound_step nothing = { .ms = 1 };

	la_line_tone(line, &nothing, 1, 0);
}
