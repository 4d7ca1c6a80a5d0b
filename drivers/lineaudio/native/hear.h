/* SPDX-License-Identifier: GPL-2.0-or-later
 * One detector of a line: each `hear_*.c` makes its own kind, `detect.c` puts them together.
 */
#pragma once
#include "lineaudio.h"

struct hearer {
	void (*hear)(struct hearer *hearer, const int16_t *pcm);        /* a BLOCK of samples, in a thread of sound */
	void (*destroy)(struct hearer *hearer);                         /* of what is inside; the hearer itself is freed after it */
	enum producer from;
	int line;
};
void heard(const struct hearer *hearer, enum la_event_kind kind, int value, const void *data, size_t length);

/* Each returns NULL when there is no memory, or nothing to listen for. */
struct hearer *hear_dtmf(void);
struct hearer *hear_fax(void);
struct hearer *hear_bell202(void);
struct hearer *hear_v23(void);
struct hearer *hear_tones(const struct la_tone_step *steps, int count);
struct hearer *hear_alerting(void);
