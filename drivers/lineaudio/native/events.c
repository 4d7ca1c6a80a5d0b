/* SPDX-License-Identifier: GPL-2.0-or-later
 * One ring for each producing thread, one eventfd for all: a push is a copy and one system call.
 */
#include "lineaudio.h"
#include <sys/eventfd.h>

enum { RING = 1024 };

static struct ring {
	atomic_uint head, tail;                 /* head: the consumer's, tail: the producer's */
	struct la_event cells[RING];
} rings[PRODUCERS];
static atomic_ulong lost;
static int fd = -1;

int la_event_fd(void)
{
	if (fd < 0)
		fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return fd;
}

void event_push(enum producer from, enum la_event_kind kind, int source, int value, const void *data, size_t length)
{
	struct ring *ring = &rings[from];
	unsigned tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
	struct la_event *cell = &ring->cells[tail % RING];
	uint64_t one = 1;

	if (tail - atomic_load_explicit(&ring->head, memory_order_acquire) >= RING) {
		atomic_fetch_add(&lost, 1);
		return;
	}
	cell->kind = kind;
	cell->source = source;
	cell->value = value;
	cell->length = length < sizeof cell->data ? length : sizeof cell->data;
	if (cell->length)
		memcpy(cell->data, data, cell->length);
	atomic_store_explicit(&ring->tail, tail + 1, memory_order_release);
	if (fd >= 0 && write(fd, &one, sizeof one) < 0)
		atomic_fetch_add(&lost, 0);     /* the counter is full: it is readable, which is all we need */
}

int event_pop(enum producer from, struct la_event *event)
{
	struct ring *ring = &rings[from];
	unsigned head = atomic_load_explicit(&ring->head, memory_order_relaxed);

	if (head == atomic_load_explicit(&ring->tail, memory_order_acquire))
		return 0;
	*event = ring->cells[head % RING];
	atomic_store_explicit(&ring->head, head + 1, memory_order_release);
	return 1;
}

int la_event_next(struct la_event *event) { return event_pop(FROM_CLOCK, event) || event_pop(FROM_WRITER, event); }

unsigned long la_events_lost(void) { return atomic_load(&lost); }
