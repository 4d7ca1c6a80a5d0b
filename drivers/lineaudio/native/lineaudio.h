/* SPDX-License-Identifier: GPL-2.0-or-later
 * lineaudio: the part of Tipring that touches sound. Nothing here ever calls Python.
 *
 * Three native threads: the clock (reads every line and RTP socket, mixes, writes), the forwarder
 * (RTP that goes straight from leg to leg), and the writer (recordings to disk). Python builds objects
 * and hands them over by atomic exchange; no thread of sound ever waits for a lock that a Python thread holds.
 */
#pragma once
#define _GNU_SOURCE
#include <pjsua-lib/pjsua.h>
#include <pjsua-lib/pjsua_internal.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api.h"

enum {
	RATE = 8000,                    /* samples a second on the bridge */
	BLOCK = 160,                    /* samples in a tick of 20 ms */
	TICK_US = 20000,
	LINES_MAX = 128,
};

/* events.c: what happened, from a native thread to Python */
enum producer { FROM_CLOCK, FROM_WRITER, FROM_MEMORY, PRODUCERS };
void event_push(enum producer from, enum la_event_kind kind, int source, int value, const void *data, size_t length);

int event_pop(enum producer from, struct la_event *event);         /* 1 and an event, or 0 */

/* clock.c */
extern atomic_ulong clock_tick;         /* ticks finished since the start */
extern _Atomic int64_t clock_sent_us;   /* when the last one's blocks had been written */
int64_t now_us(void);                   /* CLOCK_MONOTONIC */

/* handover.c: objects that Python makes, the clock uses, and Python frees */
struct handed {
	struct handed *chain;
	void (*destroy)(struct handed *);
};
struct handover {
	_Atomic(struct handed *) next;      /* made, not yet taken by the clock */
	_Atomic(struct handed *) retired;   /* no longer used by the clock */
	struct handed *now;                 /* the clock's */
};
void handover_give(struct handover *h, struct handed *object);     /* Python thread; NULL is not an object */
void handover_collect(struct handover *h);                         /* Python thread */
struct handed *handover_take(struct handover *h);                  /* clock: what to use in this tick */
void handover_retire(struct handover *h);                          /* clock: done with it */

/* line.c */
void lines_receive(bool tick);          /* before the bridge mixes; also half-way between two ticks */
void lines_send(void);                  /* after it has mixed */

/* level.c */
enum { LEVEL_PART = 5, LEVEL_PARTS = 10 };      /* blocks in 100 ms; parts in a second */
struct level {
	unsigned blocks;
	double part, all, least;                /* sums of mean squares */
	_Atomic double mean, floor;             /* mean squares of the last second */
};
int level_add(struct level *level, const int16_t *pcm);                 /* a BLOCK; returns its peak */
double level_dbm0(double mean_square);

/* detect.c */
struct ears;
void ears_hear(struct ears *ears, const int16_t *pcm);
struct tones { const struct la_tone_step *steps; int count; };
struct ears *ears_create(enum producer from, int line, int what, struct tones tones);      /* NULL: no memory, or too many tones */

/* generate.c */
struct voice { struct handed handed; int token; void *state; int (*more)(void *state, int16_t *pcm, int samples); };
int voice_fill(struct voice *voice, int16_t *pcm);                 /* samples made, less than BLOCK at the end */

/* rtp.c */
void rtp_poll(void);

/* recorder.c */
struct la_recorder;
void recorder_tap(struct la_recorder *r, int channel, const int16_t *pcm, size_t count, uint32_t timestamp);

/* port.c: a bridge port whose memory lives until the bridge lets go of it */
pj_status_t port_join(pjmedia_port *port, pj_pool_t *pool, const char *name, int *slot);
void port_leave(pjmedia_port *port, int slot);
