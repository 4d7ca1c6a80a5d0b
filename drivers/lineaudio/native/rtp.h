/* SPDX-License-Identifier: GPL-2.0-or-later
 * What rtp.c (a transport that the clock reads) and direct.c (from leg to leg) share.
 */
#pragma once
#include "lineaudio.h"
#include <sys/socket.h>

enum {
	BURST = 8,                              /* packets in one system call */
	MTU = 1500,
};

struct quality {                                /* of what is heard; `told_*` is what Python reads */
	bool begun, transit_known;
	uint8_t pt;
	uint32_t ssrc, first, highest, transit;
	int64_t before, received;               /* expected of streams before this one; of all of them */
	double jitter;                          /* in units of the timestamps */
	atomic_uint rate;                       /* of the timestamps, Hz; 0: 8000 */
	_Atomic int64_t told_expected, told_received;
	_Atomic double told_jitter;
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
	struct quality quality;
	atomic_uint heard;                      /* packets from the far end, also reports about them */

	_Atomic(struct leg *) peer;             /* the direct path */
	struct tap *tap;
	uint8_t pt, event_pt, peer_pt, peer_event_pt;

	pthread_mutex_t out_lock;               /* what this leg's far end sees: one unbroken stream */
	uint32_t out_ssrc, out_from, out_ts, ts_shift, out_step;        /* of timestamps in a tick */
	uint16_t out_seq, seq_shift;
	int64_t out_us;
};

struct inbox {
	char packets[BURST][MTU];
	pj_sockaddr sources[BURST];
	struct mmsghdr messages[BURST];
	struct iovec vectors[BURST];
};
extern struct la_rtp_stats rtp_stats;

/* rtp.c */
struct leg *rtp_leg(int call);                  /* NULL: no such call, or its media are not ours */
void rtp_init_mutex(pthread_mutex_t *mutex);    /* with priority inheritance */
void rtp_init_inbox(struct inbox *in);
int rtp_receive(struct leg *leg, struct inbox *in);
void rtp_deliver(struct leg *leg, struct inbox *in, int i);
void rtp_emit(struct leg *leg, uint32_t from, pjmedia_rtp_hdr *h, size_t size);

/* quality.c */
void quality_hear(struct quality *q, const void *packet, size_t size, int64_t now);

/* direct.c */
int direct_start(void);
void direct_leave(struct leg *leg);             /* back to the bridge; harmless otherwise */
