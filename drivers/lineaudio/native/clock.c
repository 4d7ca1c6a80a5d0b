/* SPDX-License-Identifier: GPL-2.0-or-later
 * The clock: every 20 ms it reads lines and RTP, lets the bridge mix, and writes lines. In between,
 * 10 ms later, it looks at lines whose sound has just begun, to learn when their blocks arrive (line.c).
 */
#include "lineaudio.h"
#include "pace.h"
#include <time.h>

enum { CATCH_UP = 10 /* half ticks made up for in one go */, PRIORITY = 20 };

atomic_ulong clock_tick;
_Atomic int64_t clock_sent_us;

static struct {
	pj_thread_t *thread;
	pj_pool_t *pool;
	pjmedia_port *master;
	atomic_bool stop, reset;
	struct la_clock_stats stats;
} clk;

int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static void count(int64_t late, int64_t spent)
{
	struct la_clock_stats *s = &clk.stats;

	if (atomic_exchange_explicit(&clk.reset, false, memory_order_relaxed))
		*s = (struct la_clock_stats){ .realtime = s->realtime };
	s->ticks++;
	s->late_sum_us += late;
	s->spent_sum_us += spent;
	s->late_max_us = PJ_MAX(s->late_max_us, late);
	s->spent_max_us = PJ_MAX(s->spent_max_us, spent);
	s->late_over_1ms += late > 1000;
	s->late_over_5ms += late > 5000;
	s->late_over_20ms += late > 20000;
}

static void tick(pjmedia_frame *frame, int64_t due)
{
	int64_t start = now_us();

	lines_receive(true);
	rtp_poll();
	frame->size = PJMEDIA_PIA_AVG_FSZ(&clk.master->info);
	pjmedia_port_get_frame(clk.master, frame);
	frame->timestamp.u64 += BLOCK;
	lines_send();
	atomic_store_explicit(&clock_sent_us, now_us(), memory_order_relaxed);
	atomic_fetch_add_explicit(&clock_tick, 1, memory_order_release);
	count(start > due ? start - due : 0, now_us() - start);
}

static int clock_main(void *unused)
{
	static int16_t buffer[BLOCK * 4];
	pjmedia_frame frame = { .buf = buffer };
	struct sched_param fifo = { .sched_priority = PRIORITY };
	int64_t due, expired;
	bool half = false;

	PJ_UNUSED_ARG(unused);
	clk.stats.realtime = pthread_setschedparam(pthread_self(), SCHED_FIFO, &fifo) == 0;
	while (!atomic_load(&clk.stop)) {
		expired = pace_wait();
		if (expired > CATCH_UP) {               /* the machine was away: skip whole ticks, never burst */
			int64_t skip = (expired - CATCH_UP + 1) / 2 * 2;
			clk.stats.skipped += skip / 2;
			pace_skip(skip);
			expired -= skip;
		}
		for (; expired; expired--, half = !half) {
			due = pace_due_us();
			if (half)
				lines_receive(false);
			else
				tick(&frame, due);
		}
	}
	return 0;
}

int la_clock_start(void)
{
	clk.master = pjsua_set_no_snd_dev();
	if (!clk.master || PJMEDIA_PIA_SPF(&clk.master->info) != BLOCK)
		return -1;
	clk.pool = pjsua_pool_create("clock", 1024, 1024);
	if (pace_open() < 0)
		return -1;
	atomic_store(&clk.stop, false);
	return pj_thread_create(clk.pool, "clock", clock_main, NULL, 0, 0, &clk.thread) == PJ_SUCCESS ? 0 : -1;
}

void la_clock_stop(void)
{
	if (!clk.thread)
		return;
	atomic_store(&clk.stop, true);
	pj_thread_join(clk.thread);
	pj_thread_destroy(clk.thread);
	clk.thread = NULL;
	pace_close();
	pj_pool_release(clk.pool);
}

void la_clock_stats(struct la_clock_stats *out, int reset)
{
	*out = clk.stats;                               /* a torn figure in a statistic is of no consequence */
	pace_stats(&out->by_card, &out->card_lost);
	if (reset)
		atomic_store(&clk.reset, true);
}
