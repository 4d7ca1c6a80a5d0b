/* SPDX-License-Identifier: GPL-2.0-or-later
 * What came of a far end's packets: how many are missing, how unevenly the others came (RFC 3550, A.3 and A.8).
 *
 * Whoever reads a leg's socket feeds it, packet by packet; Python reads what was published last.
 */
#include "rtp.h"

enum { RATE_HZ = 8000, DROPOUT = 3000 };                /* DROPOUT: a jump of numbers that is another stream */

static void begin(struct quality *q, const pjmedia_rtp_hdr *h, uint16_t seq)
{
	q->before += q->begun ? (int32_t)(q->highest - q->first + 1) : 0;
	q->ssrc = h->ssrc;
	q->pt = h->pt;
	q->first = q->highest = seq;
	q->begun = true;
	q->transit_known = false;
}

/* Digits are packets of one timestamp that stands still, so only those of the sound are timed. */
static void time_packet(struct quality *q, const pjmedia_rtp_hdr *h, int64_t now)
{
	unsigned rate = atomic_load_explicit(&q->rate, memory_order_relaxed);
	uint32_t arrival = now * (rate ? rate : RATE_HZ) / 1000000, transit = arrival - ntohl(h->ts);
	int32_t change = transit - q->transit;

	if (h->pt != q->pt)
		return;
	if (q->transit_known && !h->m)                  /* a marker: silence or music before it, timestamps may jump */
		q->jitter += (abs(change) - q->jitter) / 16;
	q->transit = transit;
	q->transit_known = true;
}

void quality_hear(struct quality *q, const void *packet, size_t size, int64_t now)
{
	const pjmedia_rtp_hdr *h = packet;
	uint16_t seq;
	int16_t step;

	if (size < sizeof *h || h->v != 2)
		return;
	seq = ntohs(h->seq);
	step = seq - (uint16_t)q->highest;
	if (!q->begun || h->ssrc != q->ssrc || abs(step) > DROPOUT)
		begin(q, h, seq);
	else if (step > 0)
		q->highest += step;
	q->received++;
	time_packet(q, h, now);
	atomic_store_explicit(&q->told_expected, q->before + (int32_t)(q->highest - q->first + 1), memory_order_relaxed);
	atomic_store_explicit(&q->told_received, q->received, memory_order_relaxed);
	atomic_store_explicit(&q->told_jitter, q->jitter, memory_order_relaxed);
}

void la_rtp_rate(int call, int hz)
{
	struct leg *leg = rtp_leg(call);

	if (leg)
		atomic_store_explicit(&leg->quality.rate, hz, memory_order_relaxed);
}

/* SRTP calls are pjmedia's, which counts by itself. */
static int of_pjmedia(int call, struct la_quality *out)
{
	pjsua_stream_stat stat;

	if (call < 0 || !pjsua_call_has_media(call) ||
	    pjsua_call_get_stream_stat(call, pjsua_var.calls[call].audio_idx, &stat) != PJ_SUCCESS)
		return -1;
	out->received = stat.rtcp.rx.pkt;
	out->expected = stat.rtcp.rx.pkt + stat.rtcp.rx.loss;
	out->jitter_ms = stat.rtcp.rx.jitter.mean / 1000.0;
	return 0;
}

int la_rtp_quality(int call, struct la_quality *out)
{
	struct leg *leg = rtp_leg(call);
	unsigned rate;

	if (!leg)
		return of_pjmedia(call, out);
	rate = atomic_load_explicit(&leg->quality.rate, memory_order_relaxed);
	out->expected = atomic_load_explicit(&leg->quality.told_expected, memory_order_relaxed);
	out->received = atomic_load_explicit(&leg->quality.told_received, memory_order_relaxed);
	out->jitter_ms = atomic_load_explicit(&leg->quality.told_jitter, memory_order_relaxed) * 1000.0 / (rate ? rate : RATE_HZ);
	return 0;
}
