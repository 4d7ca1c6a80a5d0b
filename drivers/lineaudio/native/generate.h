/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include "lineaudio.h"

/* A tone with cadence on its own, for players; samples made are fewer than asked for at its end. */
void *tone_create(const struct la_sound_step *steps, int count, int repeat);
int tone_fill(void *tone, int16_t *pcm, int samples);
void tone_free(void *tone);

/* Octets as FSK. */
void *data_create(const struct la_data_sound *sound, const uint8_t *octets, int length);
int data_fill(void *data, int16_t *pcm, int samples);
void data_free(void *data);

void voice_free_state(struct voice *voice);
int line_give_voice(struct la_line *line, struct voice *voice);    /* line.c: takes it over, returns its token */
