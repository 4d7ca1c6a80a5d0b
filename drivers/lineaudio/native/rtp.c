/* SPDX-License-Identifier: GPL-2.0-or-later
 * An RTP transport that the clock reads, and a direct path from leg to leg.
 *
 * pjmedia's own UDP transport wakes a thread for each packet and spends about five system calls on it.
 * The bridge takes one frame a tick anyway, so here the clock reads every socket right before it mixes.
 * Two G.711 legs with nothing between them need no bridge at all: the forwarder sends their packets
 * on with a rewritten header, so that each far end sees one unbroken stream whoever feeds it.
 * SRTP calls keep pjmedia's path.
 *
 * Locks: a leg's `lock` guards its callbacks and its place in the table, the route's `direct_lock` guards
 * who is whose peer. Python takes them; the threads of sound only try them and come back later. A leg's
 * `out_lock` orders what is sent to its far end and is never taken by Python.
 */
#include "lineaudio.h"
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum {
	LEGS = PJSUA_MAX_CALLS,
	BURST = 8,                              /* packets in one system call */
	MTU = 1500,
	RTCP_EVERY = 25,                        /* ticks: twice a second */
	GATHER_US = 3000,                       /* the forwarder lets packets gather this long */
	READY = 256,
	PRIORITY = 21,
	OWN = 1,                                /* origin of a packet: this leg's own pjmedia stream */
};

struct leg {
	pjmedia_transport base;
	pjmedia_transport *under;               /* owns the sockets and does the SDP */
	bool close_under, started;
	int call, fd, rtcp_fd;
	void *user;
	void (*rtp_cb)(void *, void *, pj_ssize_t);
	void (*rtp_cb2)(pjmedia_tp_cb_param *);
	void (*rtcp_cb)(void *, void *, pj_ssize_t);
	pj_sockaddr remote, remote_rtcp;
	unsigned addr_len;
	pjmedia_stream *stream;

	_Atomic(struct leg *) peer;             /* the direct path */
	struct la_recorder *recorder;
	int channel;
	uint8_t pt, event_pt, peer_pt, peer_event_pt;

	pthread_mutex_t out_lock;               /* what this leg's far end sees: one unbroken stream */
	uint32_t out_ssrc, out_from, out_ts, ts_shift;
	uint16_t out_seq, seq_shift;
	int64_t out_us;
};

static struct place { pthread_mutex_t lock; struct leg *leg; } table[LEGS];     /* by pjsua call */
static pthread_mutex_t direct_lock;
static atomic_int highest;                      /* places in use lie below */
static int epoll_fd = -1, wake_fd[2];
static pthread_t forwarder;
static atomic_bool stop;
static struct la_rtp_stats stats;

struct inbox {
	char packets[BURST][MTU];
	pj_sockaddr sources[BURST];
	struct mmsghdr messages[BURST];
	struct iovec vectors[BURST];
};
static struct inbox clock_in, direct_in;

/* ---- reading -------------------------------------------------------------------------------- */

static int receive(struct leg *leg, struct inbox *in)
{
	int n;

	for (int k = 0; k < BURST; k++)
		in->messages[k].msg_hdr.msg_namelen = sizeof in->sources[k];
	n = recvmmsg(leg->fd, in->messages, BURST, MSG_DONTWAIT, NULL);
	stats.reads++;
	stats.packets += n > 0 ? n : 0;
	return n;
}

static void deliver(struct leg *leg, struct inbox *in, int i)
{
	pjmedia_tp_cb_param p = { .user_data = leg->user, .pkt = in->packets[i],
	                          .size = in->messages[i].msg_len, .src_addr = &in->sources[i] };

	if (leg->rtp_cb2) {
		leg->rtp_cb2(&p);
		if (p.rem_switch)
			pj_sockaddr_cp(&leg->remote, &in->sources[i]);
	} else if (leg->rtp_cb) {
		leg->rtp_cb(leg->user, p.pkt, p.size);
	}
}

static void poll_leg(struct leg *leg, bool rtcp)
{
	int n;

	while (!atomic_load(&leg->peer) && (n = receive(leg, &clock_in)) > 0) {
		for (int k = 0; k < n; k++)
			deliver(leg, &clock_in, k);
		if (n < BURST)
			break;
	}
	if (rtcp && leg->rtcp_cb)
		while ((n = recv(leg->rtcp_fd, clock_in.packets[0], MTU, MSG_DONTWAIT)) > 0)
			leg->rtcp_cb(leg->user, clock_in.packets[0], n);
}

void rtp_poll(void)
{
	static unsigned polls;
	int count = atomic_load(&highest);

	polls++;
	for (int i = 0; i < count; i++) {
		struct place *place = &table[i];

		if (!__atomic_load_n(&place->leg, __ATOMIC_RELAXED) || pthread_mutex_trylock(&place->lock))
			continue;
		if (place->leg)
			poll_leg(place->leg, (polls + i) % RTCP_EVERY == 0);
		pthread_mutex_unlock(&place->lock);
	}
}

/* ---- sending -------------------------------------------------------------------------------- */

static void put(struct leg *leg, const void *packet, size_t size)
{
	stats.sent++;
	if (sendto(leg->fd, packet, size, MSG_DONTWAIT, (struct sockaddr *)&leg->remote, leg->addr_len) < 0)
		stats.send_errors++;
}

/* Sends a packet of the stream `from` to the leg's far end as a part of its one stream (RFC 3550: one SSRC,
 * sequence without holes of our making, timestamps that go on at 8 kHz across a change of source). */
static void emit(struct leg *leg, uint32_t from, pjmedia_rtp_hdr *h, size_t size)
{
	uint16_t seq = ntohs(h->seq);
	uint32_t ts = ntohl(h->ts);
	int64_t now = now_us();

	pthread_mutex_lock(&leg->out_lock);
	if (from != leg->out_from) {
		uint32_t elapsed = leg->out_us ? (now - leg->out_us + TICK_US / 2) / TICK_US * BLOCK : 0;

		leg->ts_shift = leg->out_us ? leg->out_ts + PJ_MAX(elapsed, BLOCK) - ts : 0;
		leg->seq_shift = leg->out_us ? leg->out_seq + 1 - seq : 0;
		leg->out_from = from;
		h->m = 1;
	}
	leg->out_seq = seq + leg->seq_shift;
	leg->out_ts = ts + leg->ts_shift;
	leg->out_us = now;
	h->seq = htons(leg->out_seq);
	h->ts = htonl(leg->out_ts);
	h->ssrc = htonl(leg->out_ssrc);
	put(leg, h, size);
	pthread_mutex_unlock(&leg->out_lock);
}

/* ---- the direct path -------------------------------------------------------------------------- */

static size_t header_length(const pjmedia_rtp_hdr *h, size_t size)
{
	size_t head = sizeof *h + 4 * h->cc;

	if (h->x && head + 4 <= size)
		head += 4 + 4 * ntohs(((const uint16_t *)((const char *)h + head))[1]);
	return head;
}

static void forward(struct leg *leg, struct leg *peer, int i)
{
	pjmedia_rtp_hdr *h = (pjmedia_rtp_hdr *)direct_in.packets[i];
	size_t size = direct_in.messages[i].msg_len, head;

	if (size <= sizeof *h || h->v != 2 || (head = header_length(h, size)) >= size)
		return;
	deliver(leg, &direct_in, i);            /* to the stream, for digits and RTCP; it is paused and plays nothing */
	if (leg->recorder && h->pt == leg->pt)
		recorder_tap(leg->recorder, leg->channel, (uint8_t *)h + head, size - head, h->pt, ntohl(h->ts));
	if (h->pt == leg->pt)
		h->pt = leg->peer_pt;
	else if (leg->event_pt && h->pt == leg->event_pt)
		h->pt = leg->peer_event_pt;
	else
		return;
	stats.forwarded++;
	emit(peer, ntohl(h->ssrc), h, size);
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
		int n = peer ? receive(leg, &direct_in) : 0;

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
		stats.wakeups++;
	}
	return unused;
}

static void part(struct leg *leg)                       /* with direct_lock held */
{
	struct leg *peer = atomic_load(&leg->peer), *both[2] = { leg, peer };

	for (int i = 0; peer && i < 2; i++) {
		epoll_ctl(epoll_fd, EPOLL_CTL_DEL, both[i]->fd, NULL);
		atomic_store(&both[i]->peer, NULL);
		both[i]->recorder = NULL;
		if (both[i]->stream)
			pjmedia_stream_resume(both[i]->stream, PJMEDIA_DIR_ENCODING_DECODING);
	}
}

static void aim(struct leg *leg, struct leg *peer, const pjmedia_stream_info *here, const pjmedia_stream_info *there,
                struct la_recorder *recorder, int channel)
{
	struct epoll_event in = { .events = EPOLLIN, .data.ptr = leg };

	leg->out_ssrc = here->ssrc;
	leg->pt = here->rx_pt;
	leg->event_pt = here->rx_event_pt > 0 ? here->rx_event_pt : 0;
	leg->peer_pt = there->tx_pt;
	leg->peer_event_pt = there->tx_event_pt > 0 ? there->tx_event_pt : 0;
	leg->recorder = recorder;
	leg->channel = channel;
	atomic_store(&leg->peer, peer);
	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, leg->fd, &in);
}

static bool plain_g711(const pjmedia_stream_info *info)
{
	return info->fmt.pt == PJMEDIA_RTP_PT_PCMU || info->fmt.pt == PJMEDIA_RTP_PT_PCMA;
}

static struct leg *leg_of(int call) { return call >= 0 && call < LEGS ? table[call].leg : NULL; }

int la_rtp_direct(int call_a, int call_b, struct la_recorder *recorder)
{
	struct leg *leg[2] = { leg_of(call_a), leg_of(call_b) };
	pjmedia_stream_info info[2];

	for (int i = 0; i < 2; i++)
		if (!leg[i] || !leg[i]->stream || pjmedia_stream_get_info(leg[i]->stream, &info[i]) != PJ_SUCCESS ||
		    !plain_g711(&info[i]) || info[i].dir != PJMEDIA_DIR_ENCODING_DECODING)
			return -1;
	if (leg[0] == leg[1] || info[0].fmt.pt != info[1].fmt.pt)
		return -1;
	pthread_mutex_lock(&direct_lock);
	for (int i = 0; i < 2; i++)
		part(leg[i]);
	for (int i = 0; i < 2; i++)
		pjmedia_stream_pause(leg[i]->stream, PJMEDIA_DIR_ENCODING_DECODING);
	for (int i = 0; i < 2; i++)
		aim(leg[i], leg[!i], &info[i], &info[!i], recorder, i);
	pthread_mutex_unlock(&direct_lock);
	return 0;
}

void la_rtp_part(int call)
{
	pthread_mutex_lock(&direct_lock);
	if (leg_of(call))
		part(leg_of(call));
	pthread_mutex_unlock(&direct_lock);
}

void la_rtp_stats(struct la_rtp_stats *out) { *out = stats; }

/* ---- pjmedia's transport interface -------------------------------------------------------------- */

static pj_status_t get_info(pjmedia_transport *tp, pjmedia_transport_info *info)
{
	return pjmedia_transport_get_info(((struct leg *)tp)->under, info);
}

static void set_remote(struct leg *leg, const pjmedia_transport_attach_param *p)
{
	leg->addr_len = p->addr_len;
	pj_sockaddr_cp(&leg->remote, &p->rem_addr);
	if (pj_sockaddr_has_addr(&p->rem_rtcp)) {
		pj_sockaddr_cp(&leg->remote_rtcp, &p->rem_rtcp);
	} else {
		pj_sockaddr_cp(&leg->remote_rtcp, &p->rem_addr);
		pj_sockaddr_set_port(&leg->remote_rtcp, pj_sockaddr_get_port(&p->rem_addr) + 1);
	}
}

static pj_status_t attach2(pjmedia_transport *tp, pjmedia_transport_attach_param *p)
{
	struct leg *leg = (struct leg *)tp;
	struct place *place = &table[leg->call];

	pthread_mutex_lock(&place->lock);
	leg->user = p->user_data;
	leg->stream = p->stream;
	leg->rtp_cb = p->rtp_cb;
	leg->rtp_cb2 = p->rtp_cb2;
	leg->rtcp_cb = p->rtcp_cb;
	set_remote(leg, p);
	place->leg = leg;
	if (leg->call >= atomic_load(&highest))
		atomic_store(&highest, leg->call + 1);
	pthread_mutex_unlock(&place->lock);
	return PJ_SUCCESS;
}

static void detach(pjmedia_transport *tp, void *user)
{
	struct leg *leg = (struct leg *)tp;
	struct place *place = &table[leg->call];

	PJ_UNUSED_ARG(user);
	pthread_mutex_lock(&direct_lock);
	part(leg);
	pthread_mutex_unlock(&direct_lock);
	pthread_mutex_lock(&place->lock);
	if (place->leg == leg)
		place->leg = NULL;
	leg->stream = NULL;
	leg->rtp_cb = NULL;
	leg->rtp_cb2 = NULL;
	leg->rtcp_cb = NULL;
	leg->user = NULL;
	pthread_mutex_unlock(&place->lock);
}

static pj_status_t send_rtp(pjmedia_transport *tp, const void *packet, pj_size_t size)
{
	struct leg *leg = (struct leg *)tp;
	pjmedia_rtp_hdr *h = (pjmedia_rtp_hdr *)packet;         /* the stream's own buffer, made anew for each packet */

	if (!leg->started || size < sizeof *h)
		return PJ_SUCCESS;
	if (!leg->out_ssrc)
		leg->out_ssrc = ntohl(h->ssrc);
	emit(leg, OWN, h, size);
	return PJ_SUCCESS;                                      /* a full queue or an ICMP error is one lost packet */
}

static pj_status_t send_rtcp2(pjmedia_transport *tp, const pj_sockaddr_t *to, unsigned length,
                              const void *packet, pj_size_t size)
{
	struct leg *leg = (struct leg *)tp;

	if (leg->started && leg->addr_len)
		sendto(leg->rtcp_fd, packet, size, MSG_DONTWAIT,
		       (struct sockaddr *)(to ? to : &leg->remote_rtcp), to ? length : leg->addr_len);
	return PJ_SUCCESS;
}

static pj_status_t send_rtcp(pjmedia_transport *tp, const void *packet, pj_size_t size)
{
	return send_rtcp2(tp, NULL, 0, packet, size);
}

static pj_status_t media_create(pjmedia_transport *tp, pj_pool_t *pool, unsigned options,
                                const pjmedia_sdp_session *remote, unsigned index)
{
	return pjmedia_transport_media_create(((struct leg *)tp)->under, pool, options & ~PJMEDIA_TPMED_RTCP_MUX,
	                                      remote, index);
}

static pj_status_t encode_sdp(pjmedia_transport *tp, pj_pool_t *pool, pjmedia_sdp_session *local,
                              const pjmedia_sdp_session *remote, unsigned index)
{
	return pjmedia_transport_encode_sdp(((struct leg *)tp)->under, pool, local, remote, index);
}

/* The transport below is never started: it would read the sockets through the ioqueue. */
static pj_status_t media_start(pjmedia_transport *tp, pj_pool_t *pool, const pjmedia_sdp_session *local,
                               const pjmedia_sdp_session *remote, unsigned index)
{
	PJ_UNUSED_ARG(pool); PJ_UNUSED_ARG(local); PJ_UNUSED_ARG(remote); PJ_UNUSED_ARG(index);
	((struct leg *)tp)->started = true;
	return PJ_SUCCESS;
}

static pj_status_t media_stop(pjmedia_transport *tp)
{
	((struct leg *)tp)->started = false;
	return PJ_SUCCESS;
}

static void leg_free(void *leg)
{
	pthread_mutex_destroy(&((struct leg *)leg)->out_lock);
	free(leg);
}

static pj_status_t destroy(pjmedia_transport *tp)
{
	struct leg *leg = (struct leg *)tp;

	detach(tp, NULL);
	if (leg->close_under)
		pjmedia_transport_close(leg->under);
	pj_grp_lock_dec_ref(leg->base.grp_lock);
	return PJ_SUCCESS;
}

static pjmedia_transport_op operations = {
	.get_info = get_info, .detach = detach, .send_rtp = send_rtp, .send_rtcp = send_rtcp,
	.send_rtcp2 = send_rtcp2, .media_create = media_create, .encode_sdp = encode_sdp,
	.media_start = media_start, .media_stop = media_stop, .destroy = destroy, .attach2 = attach2,
};

static void init_mutex(pthread_mutex_t *mutex)
{
	pthread_mutexattr_t inherit;

	pthread_mutexattr_init(&inherit);
	pthread_mutexattr_setprotocol(&inherit, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(mutex, &inherit);
	pthread_mutexattr_destroy(&inherit);
}

static pjmedia_transport *create(pjsua_call_id call, unsigned index, pjmedia_transport *under, unsigned flags)
{
	pjmedia_transport_info info;
	struct leg *leg;

	if (index || !under->grp_lock ||
	    pjsua_var.acc[pjsua_var.calls[call].acc_id].cfg.use_srtp != PJMEDIA_SRTP_DISABLED)
		return under;
	pjmedia_transport_info_init(&info);
	if (pjmedia_transport_get_info(under, &info) != PJ_SUCCESS || !(leg = calloc(1, sizeof *leg)))
		return under;
	pj_ansi_strxcpy(leg->base.name, "clocked", sizeof leg->base.name);
	leg->base.type = PJMEDIA_TRANSPORT_TYPE_USER;
	leg->base.op = &operations;
	leg->base.grp_lock = under->grp_lock;
	leg->under = under;
	leg->close_under = flags & PJSUA_MED_TP_CLOSE_MEMBER;
	leg->fd = info.sock_info.rtp_sock;
	leg->rtcp_fd = info.sock_info.rtcp_sock;
	leg->call = call;
	init_mutex(&leg->out_lock);
	pj_grp_lock_add_ref(leg->base.grp_lock);
	pj_grp_lock_add_handler(leg->base.grp_lock, NULL, leg, leg_free);
	return &leg->base;
}

static void init_inbox(struct inbox *in)
{
	for (int k = 0; k < BURST; k++) {
		in->vectors[k] = (struct iovec){ in->packets[k], MTU };
		in->messages[k].msg_hdr = (struct msghdr){ .msg_name = &in->sources[k], .msg_iov = &in->vectors[k],
		                                           .msg_iovlen = 1 };
	}
}

/* pjsua2 has this hook as a Python virtual; here it never leaves C. */
int la_rtp_install(void)
{
	struct epoll_event wake = { .events = EPOLLIN };

	init_mutex(&direct_lock);
	for (int i = 0; i < LEGS; i++)
		init_mutex(&table[i].lock);
	init_inbox(&clock_in);
	init_inbox(&direct_in);
	if ((epoll_fd = epoll_create1(EPOLL_CLOEXEC)) < 0 || pipe(wake_fd) < 0 ||
	    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, wake_fd[0], &wake) < 0)
		return -1;
	pjsua_var.ua_cfg.cb.on_create_media_transport = create;
	return pthread_create(&forwarder, NULL, forwarder_main, NULL) ? -1 : 0;
}

void la_rtp_stop(void)
{
	atomic_store(&stop, true);
	if (write(wake_fd[1], "", 1) == 1)
		pthread_join(forwarder, NULL);
}
