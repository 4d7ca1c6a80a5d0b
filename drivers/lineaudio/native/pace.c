/* SPDX-License-Identifier: GPL-2.0-or-later
 * The card's own clock where there is one, so that no block is ever missing or too many (a slip); else a timer.
 *
 * A card is followed once it has ticked steadily for a second, and left for the timer as soon as it is silent for
 * 30 ms, or 15 % too fast or too slow over 3 s: then it is on probation again. Nothing stops when a card is pulled out.
 */
#include "lineaudio.h"
#include "pace.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>

enum {
	SILENT_MS = 30,
	STEADY = 100, WINDOW = 300,     /* half ticks of probation, and between two looks at the rate */
	TOLERANCE = 15,                 /* per cent; crystals are within 0.01, a machine may be late by much more */
	SLEW = 64,                      /* a card slower than our time is followed by 1/64 of its lateness: 2 us at 200 ppm */
	DAHDI_TIMERACK = 0x4004DA30,    /* dahdi/user.h: _IOW(0xDA, 48, int) */
	NOTHING = -2,
};

static struct {
	int timer, card;                /* card -1: none */
	atomic_int next;                /* descriptor to follow from now on, -1: none, or NOTHING new */
	bool by_card;
	int64_t due_us, ticked_us;      /* ticked: the card, the last time */
	int64_t since_us, ticks;        /* of the card, since its rate was looked at */
	_Atomic int64_t is_by_card, lost;
} pace = { .timer = -1, .card = -1, .next = NOTHING };

static void arm(bool on)
{
	struct itimerspec every = { .it_interval = { 0, on ? HALF_US * 1000L : 0 } };
	int64_t first = pace.due_us + HALF_US;

	if (on)
		every.it_value = (struct timespec){ first / 1000000, first % 1000000 * 1000 };
	timerfd_settime(pace.timer, TFD_TIMER_ABSTIME, &every, NULL);
}

static void go_by(bool card)
{
	if (pace.by_card && !card)
		pace.lost++;
	pace.by_card = pace.is_by_card = card;
	pace.due_us = now_us();
	arm(!card);
}

static void probation(void)
{
	pace.ticks = 0;
	if (pace.by_card)
		go_by(false);
}

static void drop_card(void)
{
	if (pace.card >= 0)
		close(pace.card);
	pace.card = -1;
	probation();
}

static void adopt(void)
{
	int next = atomic_exchange(&pace.next, NOTHING);

	if (next == NOTHING)
		return;
	drop_card();
	pace.card = next;
}

static int64_t expirations(int timer)
{
	uint64_t count;

	return read(timer, &count, sizeof count) == sizeof count ? count : 0;
}

/* DAHDI counts what it told and was not acknowledged, but does not say how much. */
static int64_t acknowledge(int card)
{
	struct pollfd again = { .fd = card, .events = POLLPRI };
	int64_t count = 0;
	int one = 1;

	do
		count++;
	while (!ioctl(card, DAHDI_TIMERACK, &one) && count < STEADY && poll(&again, 1, 0) == 1 && again.revents & POLLPRI);
	return count;
}

/* True while the card's ticks come at the rate that they should. */
static bool plausible(int64_t now)
{
	int64_t expected = (pace.ticks - 1) * HALF_US, took = now - pace.since_us;

	return llabs(took - expected) * 100 <= expected * TOLERANCE;
}

static void judge(int64_t ticks)
{
	int64_t now = now_us();

	if (now - pace.ticked_us > SILENT_MS * 1000 && !pace.by_card)
		pace.ticks = 0;
	pace.ticked_us = now;
	if (!pace.ticks)
		pace.since_us = now;
	pace.ticks += ticks;
	if (pace.ticks < (pace.by_card ? WINDOW : STEADY))
		return;
	if (!plausible(now))
		probation();
	else if (!pace.by_card)
		go_by(true);
	pace.ticks = 0;
}

static int64_t ask_card(short told)
{
	int64_t ticks = 0;

	if (told & (POLLERR | POLLHUP | POLLNVAL))
		drop_card();
	else if (told & POLLPRI)
		ticks = acknowledge(pace.card);
	else if (told & POLLIN)
		ticks = expirations(pace.card);
	if (ticks)
		judge(ticks);
	else if (pace.by_card && now_us() - pace.ticked_us > SILENT_MS * 1000)
		probation();
	return ticks;
}

int64_t pace_wait(void)
{
	struct pollfd wait[2] = { { .events = POLLIN }, { .events = POLLIN | POLLPRI } };
	bool by_card;
	int64_t ticks, timer;

	adopt();
	by_card = pace.by_card;
	wait[0].fd = by_card ? -1 : pace.timer;
	wait[1].fd = pace.card;
	if (poll(wait, 2, SILENT_MS) < 0)
		return 0;
	timer = wait[0].fd >= 0 && wait[0].revents ? expirations(pace.timer) : 0;
	ticks = ask_card(wait[1].revents);
	return by_card ? ticks : timer;
}

int64_t pace_due_us(void)
{
	int64_t now = now_us();

	pace.due_us += HALF_US;
	if (pace.by_card && now < pace.due_us)
		pace.due_us = now;      /* the earliest tick is the punctual one */
	else if (pace.by_card)
		pace.due_us += (now - pace.due_us) / SLEW;
	return pace.due_us;
}

void pace_skip(int64_t halves) { pace.due_us += halves * HALF_US; }

void pace_stats(int64_t *by_card, int64_t *card_lost)
{
	*by_card = pace.is_by_card;
	*card_lost = pace.lost;
}

int la_clock_follow(int fd)
{
	int own = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0), before;

	if (fd >= 0 && (own < 0 || fcntl(own, F_SETFL, fcntl(own, F_GETFL) | O_NONBLOCK) < 0))
		return -1;
	before = atomic_exchange(&pace.next, own);
	if (before >= 0)
		close(before);          /* never taken by the clock */
	return 0;
}

int pace_open(void)
{
	pace.timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (pace.timer < 0)
		return -1;
	go_by(false);
	return 0;
}

void pace_close(void)
{
	adopt();
	drop_card();
	close(pace.timer);
	pace.timer = -1;
}
