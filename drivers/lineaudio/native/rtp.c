/* SPDX-License-Identifier: GPL-2.0-or-later
 * An RTP transport that the clock reads.
 *
 * pjmedia's own UDP transport wakes a thread for each packet and spends about five system calls on it.
 * The bridge takes one frame a tick anyway, so here the clock reads every socket right before it mixes.
 * SRTP calls keep pjmedia's path.
 *
 * A leg's place in the table has a lock for its callbacks: Python takes it, the clock only tries it and comes
 * back at the next tick. A leg's `out_lock` orders what is sent to its far end and is never taken by Python.
 */
#include "rtp.h"

enum {
	LEGS = PJSUA_MAX_CALLS,
	RTCP_EVERY = 25,                        /* ticks: twice a second */
	OWN = 1,                                /* origin of a packet: this leg's own pjmedia stream */
};

struct la_rtp_stats rtp_stats;

static struct place { pthread_mutex_t lock; struct leg *leg; } table[LEGS];     /* by pjsua call */
static atomic_int highest;                      /* places in use lie below */
static struct inbox clock_in;

struct leg *rtp_leg(int call) { return call >= 0 && call < LEGS ? table[call].leg : NULL; }
void la_rtp_stats(struct la_rtp_stats *out) { *out = rtp_stats; }

/* ---- reading -------------------------------------------------------------------------------- */

int rtp_receive(struct leg *leg, struct inbox *in)
{
	int n;

	for (int k = 0; k < BURST; k++)
		in->messages[k].msg_hdr.msg_namelen = sizeof in->sources[k];
	n = recvmmsg(leg->fd, in->messages, BURST, MSG_DONTWAIT, NULL);
	rtp_stats.reads++;
	rtp_stats.packets += n > 0 ? n : 0;
	if (n > 0)
		atomic_fetch_add_explicit(&leg->heard, n, memory_order_relaxed);
	for (int k = 0; k < n; k++)
		quality_hear(&leg->quality, in->packets[k], in->messages[k].msg_len, now_us());
	return n;
}

void rtp_deliver(struct leg *leg, struct inbox *in, int i)
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

	while (!atomic_load(&leg->peer) && (n = rtp_receive(leg, &clock_in)) > 0) {
		for (int k = 0; k < n; k++)
			rtp_deliver(leg, &clock_in, k);
		if (n < BURST)
			break;
	}
	if (rtcp && leg->rtcp_cb)
		while ((n = recv(leg->rtcp_fd, clock_in.packets[0], MTU, MSG_DONTWAIT)) > 0) {
			atomic_fetch_add_explicit(&leg->heard, 1, memory_order_relaxed);
			leg->rtcp_cb(leg->user, clock_in.packets[0], n);
		}
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
	rtp_stats.sent++;
	if (sendto(leg->fd, packet, size, MSG_DONTWAIT, (struct sockaddr *)&leg->remote, leg->addr_len) < 0)
		rtp_stats.send_errors++;
}

/* Sends a packet of the stream `from` to the leg's far end as a part of its one stream (RFC 3550: one SSRC,
 * sequence without holes of our making, timestamps that go on across a change of source). */
void rtp_emit(struct leg *leg, uint32_t from, pjmedia_rtp_hdr *h, size_t size)
{
	uint16_t seq = ntohs(h->seq);
	uint32_t ts = ntohl(h->ts);
	int64_t now = now_us();

	pthread_mutex_lock(&leg->out_lock);
	if (from != leg->out_from) {
		uint32_t step = leg->out_step ? leg->out_step : BLOCK;
		uint32_t elapsed = leg->out_us ? (now - leg->out_us + TICK_US / 2) / TICK_US * step : 0;

		leg->ts_shift = leg->out_us ? leg->out_ts + PJ_MAX(elapsed, step) - ts : 0;
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
	direct_leave(leg);
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
	rtp_emit(leg, OWN, h, size);
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

/* pjsua asks for it at each re-INVITE, without looking whether it is there. */
static pj_status_t simulate_lost(pjmedia_transport *tp, pjmedia_dir dir, unsigned percent)
{
	return pjmedia_transport_simulate_lost(((struct leg *)tp)->under, dir, percent);
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
	.media_start = media_start, .media_stop = media_stop, .simulate_lost = simulate_lost, .destroy = destroy, .attach2 = attach2,
};

void rtp_init_mutex(pthread_mutex_t *mutex)
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
	rtp_init_mutex(&leg->out_lock);
	pj_grp_lock_add_ref(leg->base.grp_lock);
	pj_grp_lock_add_handler(leg->base.grp_lock, NULL, leg, leg_free);
	return &leg->base;
}

void rtp_init_inbox(struct inbox *in)
{
	for (int k = 0; k < BURST; k++) {
		in->vectors[k] = (struct iovec){ in->packets[k], MTU };
		in->messages[k].msg_hdr = (struct msghdr){ .msg_name = &in->sources[k], .msg_iov = &in->vectors[k],
		                                           .msg_iovlen = 1 };
	}
}

/* From the far end of a call, on whichever path; SRTP calls are pjmedia's. */
long la_rtp_heard(int call)
{
	struct leg *leg = rtp_leg(call);
	pjsua_stream_stat stat;

	if (leg)
		return atomic_load_explicit(&leg->heard, memory_order_relaxed);
	if (call < 0 || !pjsua_call_has_media(call) ||
	    pjsua_call_get_stream_stat(call, pjsua_var.calls[call].audio_idx, &stat) != PJ_SUCCESS)
		return -1;
	return stat.rtcp.rx.pkt;
}

const char *la_rtp_codec(int call)
{
	static char name[32];
	pjsua_stream_info info;

	if (call < 0 || !pjsua_call_has_media(call) ||
	    pjsua_call_get_stream_info(call, pjsua_var.calls[call].audio_idx, &info) != PJ_SUCCESS)
		return "";
	pj_ansi_snprintf(name, sizeof name, "%.*s", (int)info.info.aud.fmt.encoding_name.slen,
	                 info.info.aud.fmt.encoding_name.ptr);
	return name;
}

/* pjsua2 has this hook as a Python virtual; here it never leaves C. */
int la_rtp_install(void)
{
	for (int i = 0; i < LEGS; i++)
		rtp_init_mutex(&table[i].lock);
	rtp_init_inbox(&clock_in);
	pjsua_var.ua_cfg.cb.on_create_media_transport = create;
	return direct_start();
}
