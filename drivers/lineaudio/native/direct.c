/* SPDX-License-Identifier: GPL-2.0-or-later
 * The direct path: two legs of the same codec with nothing between them need no bridge. The forwarder sends their packets
 * on with a rewritten header, so that each far end sees one unbroken stream whoever feeds it.
 *
 * `direct_lock` guards who is whose peer. Python takes it; the forwarder only tries it, and comes back later.
 */
#include "rtp.h"
#include "tap.h"
#include <sys/epoll.h>

enum {
	GATHER_US = 3000,                       /* the forwarder lets packets gather this long */
	READY = 256,
	PRIORITY = 21,
	OPUS_RATE = 48000,                      /* clock of its RTP timestamps (RFC 7587); that of G.722 is 8000 (RFC 3551) */
};

static pthread_mutex_t direct_lock;
static int epoll_fd = -1, wake_fd[2];
static pthread_t forwarder;
static atomic_bool stop;
static struct inbox direct_in;

static size_t header_length(const pjmedia_rtp_hdr *h, size_t size)
{
	size_t head = sizeof *h + 4 * h->cc;

	if (h->x && head + 4 <= size)
		head += 4 + 4 * ntohs(((const uint16_t *)((const char *)h + head))[1]);
	return head;
}

/* A paused stream drops what it is given, and with it the digits that the call's owner waits for. */
static void hear_digit(struct leg *leg, int i)
{
	pjmedia_stream_resume(leg->stream, PJMEDIA_DIR_DECODING);
	rtp_deliver(leg, &direct_in, i);
	pjmedia_stream_pause(leg->stream, PJMEDIA_DIR_DECODING);
}

static void forward(struct leg *leg, struct leg *peer, int i)
{
	pjmedia_rtp_hdr *h = (pjmedia_rtp_hdr *)direct_in.packets[i];
	size_t size = direct_in.messages[i].msg_len, head;

	if (size <= sizeof *h || h->v != 2 || (head = header_length(h, size)) >= size)
		return;
	if (leg->event_pt && h->pt == leg->event_pt)
		hear_digit(leg, i);
	if (leg->tap && h->pt == leg->pt)
		tap_hear(leg->tap, (uint8_t *)h + head, size - head, ntohl(h->ts));
	if (h->pt == leg->pt)
		h->pt = leg->peer_pt;
	else if (leg->event_pt && h->pt == leg->event_pt)
		h->pt = leg->peer_event_pt;
	else
		return;
	rtp_stats.forwarded++;
	rtp_emit(peer, ntohl(h->ssrc), h, size);
}

/* With direct_lock held throughout: a leg that has left is neither in the epoll set nor in `ready`.
 * False when there was nothing to do. */
static bool forward_ready(void)
{
	static struct epoll_event ready[READY];
	int count;

	if (pthread_mutex_trylock(&direct_lock))
		return true;                    /* epoll is level-triggered: what is ready is still ready */
	count = epoll_wait(epoll_fd, ready, READY, 0);
	for (int e = 0; e < count; e++) {
		struct leg *leg = ready[e].data.ptr, *peer = leg ? atomic_load(&leg->peer) : NULL;
		int n = peer ? rtp_receive(leg, &direct_in) : 0;

		for (int k = 0; k < n; k++)
			forward(leg, peer, k);
	}
	pthread_mutex_unlock(&direct_lock);
	return count > 0;
}

static void *forwarder_main(void *unused)
{
	static pj_thread_desc desc;
	struct sched_param fifo = { .sched_priority = PRIORITY };
	struct epoll_event one;
	pj_thread_t *self;

	pj_thread_register("forwarder", desc, &self);
	pthread_setname_np(pthread_self(), "forwarder");
	pthread_setschedparam(pthread_self(), SCHED_FIFO, &fifo);
	while (!atomic_load(&stop)) {
		if (!forward_ready())
			epoll_wait(epoll_fd, &one, 1, -1);
		usleep(GATHER_US);
		rtp_stats.wakeups++;
	}
	return unused;
}

static void part(struct leg *leg)                       /* with direct_lock held */
{
	struct leg *peer = atomic_load(&leg->peer), *both[2] = { leg, peer };

	for (int i = 0; peer && i < 2; i++) {
		epoll_ctl(epoll_fd, EPOLL_CTL_DEL, both[i]->fd, NULL);
		atomic_store(&both[i]->peer, NULL);
		tap_close(both[i]->tap);
		both[i]->tap = NULL;
		if (both[i]->stream)
			pjmedia_stream_resume(both[i]->stream, PJMEDIA_DIR_ENCODING_DECODING);
	}
}

static void aim(struct leg *leg, struct leg *peer, const pjmedia_stream_info *here, const pjmedia_stream_info *there,
                struct tap *tap)
{
	struct epoll_event in = { .events = EPOLLIN, .data.ptr = leg };

	leg->out_ssrc = here->ssrc;
	leg->pt = here->rx_pt;
	leg->event_pt = here->rx_event_pt > 0 ? here->rx_event_pt : 0;
	leg->peer_pt = there->tx_pt;
	leg->peer_event_pt = there->tx_event_pt > 0 ? there->tx_event_pt : 0;
	leg->out_step = here->fmt.clock_rate == OPUS_RATE ? BLOCK * OPUS_RATE / RATE : BLOCK;
	leg->tap = tap;
	atomic_store(&leg->peer, peer);
	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, leg->fd, &in);
}

static bool same_codec(const pjmedia_stream_info *a, const pjmedia_stream_info *b)
{
	return pj_stricmp(&a->fmt.encoding_name, &b->fmt.encoding_name) == 0 && a->fmt.clock_rate == b->fmt.clock_rate &&
	       a->dir == PJMEDIA_DIR_ENCODING_DECODING && b->dir == PJMEDIA_DIR_ENCODING_DECODING;
}

static bool tapped(struct tap **taps, struct la_recorder *recorder, const pjmedia_stream_info *info)
{
	for (int i = 0; recorder && i < 2; i++) {
		if ((taps[i] = tap_open(recorder, i, &info[i])))
			continue;
		tap_close(taps[0]);
		return false;
	}
	return true;
}

int la_rtp_direct(int call_a, int call_b, struct la_recorder *recorder)
{
	struct leg *leg[2] = { rtp_leg(call_a), rtp_leg(call_b) };
	pjmedia_stream_info info[2];
	struct tap *taps[2] = { NULL, NULL };

	for (int i = 0; i < 2; i++)
		if (!leg[i] || !leg[i]->stream || pjmedia_stream_get_info(leg[i]->stream, &info[i]) != PJ_SUCCESS)
			return -1;
	if (leg[0] == leg[1] || !same_codec(&info[0], &info[1]) || !tapped(taps, recorder, info))
		return -1;
	pthread_mutex_lock(&direct_lock);
	for (int i = 0; i < 2; i++)
		part(leg[i]);
	for (int i = 0; i < 2; i++)
		pjmedia_stream_pause(leg[i]->stream, PJMEDIA_DIR_ENCODING_DECODING);
	for (int i = 0; i < 2; i++)
		aim(leg[i], leg[!i], &info[i], &info[!i], taps[i]);
	pthread_mutex_unlock(&direct_lock);
	return 0;
}

void direct_leave(struct leg *leg)
{
	pthread_mutex_lock(&direct_lock);
	part(leg);
	pthread_mutex_unlock(&direct_lock);
}

void la_rtp_part(int call)
{
	if (rtp_leg(call))
		direct_leave(rtp_leg(call));
}

int direct_start(void)
{
	struct epoll_event wake = { .events = EPOLLIN };

	rtp_init_mutex(&direct_lock);
	rtp_init_inbox(&direct_in);
	if ((epoll_fd = epoll_create1(EPOLL_CLOEXEC)) < 0 || pipe(wake_fd) < 0 ||
	    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, wake_fd[0], &wake) < 0)
		return -1;
	return pthread_create(&forwarder, NULL, forwarder_main, NULL) ? -1 : 0;
}

void la_rtp_stop(void)
{
	atomic_store(&stop, true);
	if (write(wake_fd[1], "", 1) == 1)
		pthread_join(forwarder, NULL);
}
