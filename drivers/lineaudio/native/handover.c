/* SPDX-License-Identifier: GPL-2.0-or-later
 * Objects cross from Python to the clock and back by atomic exchange, so neither ever waits:
 * Python makes one and gives it; the clock takes it at its next tick and retires the one before;
 * Python frees what was retired when it comes by again.
 */
#include "lineaudio.h"

static void destroy_chain(struct handed *object)
{
	for (struct handed *next; object; object = next) {
		next = object->chain;
		object->destroy(object);
	}
}

void handover_collect(struct handover *h) { destroy_chain(atomic_exchange(&h->retired, NULL)); }

void handover_give(struct handover *h, struct handed *object)
{
	handover_collect(h);
	object->chain = NULL;
	destroy_chain(atomic_exchange(&h->next, object));       /* given before, and never taken */
}

void handover_retire(struct handover *h)
{
	struct handed *old = h->now;

	h->now = NULL;
	if (!old)
		return;
	old->chain = atomic_load(&h->retired);
	while (!atomic_compare_exchange_weak(&h->retired, &old->chain, old))
		;
}

struct handed *handover_take(struct handover *h)
{
	struct handed *fresh;

	if (atomic_load_explicit(&h->next, memory_order_relaxed) && (fresh = atomic_exchange(&h->next, NULL))) {
		handover_retire(h);
		h->now = fresh;
	}
	return h->now;
}
