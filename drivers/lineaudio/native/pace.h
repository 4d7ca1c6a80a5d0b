/* SPDX-License-Identifier: GPL-2.0-or-later
 * The pace: says when half a tick (10 ms) is over. For the clock thread, but for pace_follow.
 */
#pragma once
#include <stdint.h>

enum { HALF_US = 10000 };

int pace_open(void);                    /* -1 and errno */
void pace_close(void);
int64_t pace_wait(void);                /* half ticks that are due; after 30 ms also when there is none */
int64_t pace_due_us(void);              /* when the next one was due, CLOCK_MONOTONIC; each call is one half tick */
void pace_skip(int64_t halves);         /* they are not made up for */
void pace_stats(int64_t *by_card, int64_t *card_lost);
