/* SPDX-License-Identifier: GPL-2.0-or-later
 * The echo canceller of one line. Python makes it and hands it over; all else is the clock's.
 */
#pragma once
#include "lineaudio.h"

enum {
	ECHO_REACH = 512,                       /* samples: an echo is looked for up to 64 ms after the sound */
	ECHO_TAIL = 256,                        /* 32 ms around what was found */
	ECHO_BLOCKS = ECHO_REACH / BLOCK + 2,   /* blocks of sent sound that one of received sound needs */
};

struct echo;
struct echo *echo_create(bool suppress);
void echo_destroy(struct handed *echo);
void echo_forget(struct echo *echo);                                    /* another wire: nothing of the old one holds */
void echo_sent(struct echo *echo, const int16_t *pcm, int64_t number);  /* a BLOCK that went out, as it went out */
void echo_cancel(struct echo *echo, int16_t *pcm, int64_t number);      /* a BLOCK whose latest echo is that of `number` */
struct la_echo_report echo_report(const struct echo *echo);

/* echo_filter.c: an adaptive filter, its oldest sample first. */
struct filter { float taps[ECHO_REACH]; int first, count; };           /* taps outside of first to first + count are 0 */
void filter_clear(struct filter *filter);
void filter_narrow(struct filter *filter);                              /* to ECHO_TAIL taps around the greatest */
float filter_output(const struct filter *filter, const float *past);
float filter_learn(struct filter *filter, const float *past, const float *wanted);     /* power of its errors in a BLOCK */

/* echo_residue.c: what a filter leaves is replaced by noise like that of the line. */
struct residue {
	float leak;                             /* power that the filter leaves, of what it estimates */
	float echo;                             /* power of the echo, with its decay */
	float floor;                            /* power of the near end's noise */
	float gain;                             /* how much of the sound passes now, 0 to 1 */
	unsigned open;                          /* pieces that pass because the near end was heard */
	uint32_t random;
};
void residue_begin(struct residue *residue);
void residue_rest(struct residue *residue, const float *received);     /* a BLOCK without any echo */
void residue_suppress(struct residue *residue, float *left, const float *estimated);   /* a BLOCK */
float power(const float *pcm, int count);
