/* SPDX-License-Identifier: GPL-2.0-or-later
 * One channel of a codec: the line port at the other end of its socket sees a wire like any other. */
#include "codec.h"
#include <errno.h>
#include <sys/socket.h>

enum { SEND_BUFFER = 4096, QUALITY = 4 };       /* a few blocks, when nobody reads; speexdsp: 64 taps, flat to 3.4 kHz */

static int resample(SpeexResamplerState **state, int from, int to)
{
	int error;

	*state = speex_resampler_init(1, from, to, QUALITY, &error);
	return *state ? 0 : -ENOMEM;
}

int wire_open(struct wire *wire, int rate, bool direct)
{
	int ends[2], few = SEND_BUFFER;

	wire->ours = wire->theirs = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends))
		return -errno;
	wire->ours = ends[0];
	wire->theirs = ends[1];
	setsockopt(wire->ours, SOL_SOCKET, SO_SNDBUF, &few, sizeof few);
	if (direct)
		return 0;
	return resample(&wire->up, rate, RATE) || resample(&wire->down, RATE, rate) ? -ENOMEM : 0;
}

void wire_close(struct wire *wire)
{
	if (wire->up)
		speex_resampler_destroy(wire->up);
	if (wire->down)
		speex_resampler_destroy(wire->down);
	if (wire->ours >= 0) {
		close(wire->ours);
		close(wire->theirs);
	}
}

static void send_block(struct wire *wire, int law)
{
	uint8_t block[BLOCK];

	for (int i = 0; i < BLOCK; i++)
		block[i] = law == LA_ALAW ? pjmedia_linear2alaw(wire->block[i]) : pjmedia_linear2ulaw(wire->block[i]);
	if (send(wire->ours, block, BLOCK, MSG_NOSIGNAL) != BLOCK)
		wire->slips++;                          /* not fetched: a wire does not wait */
	wire->filled = 0;
}

static void collect(struct wire *wire, const int16_t *pcm, int count, int law)
{
	for (int i = 0; i < count; i++) {
		wire->block[wire->filled++] = pcm[i];
		if (wire->filled == BLOCK)
			send_block(wire, law);
	}
}

void wire_up(struct wire *wire, const int16_t *pcm, int count, int law)
{
	int16_t made[QUEUE];

	for (int at = 0; at < count && wire->up;) {
		spx_uint32_t taken = count - at, out = QUEUE;

		speex_resampler_process_int(wire->up, 0, pcm + at, &taken, made, &out);
		collect(wire, made, out, law);
		at += taken;
		if (!taken && !out)
			break;
	}
	if (!wire->up)
		collect(wire, pcm, count, law);
}

static void forget(struct wire *wire, int count)
{
	wire->depth -= count;
	memmove(wire->queue, wire->queue + count, sizeof wire->queue[0] * wire->depth);
}

static void enqueue(struct wire *wire, const uint8_t *block, int law)
{
	if (wire->depth + BLOCK > QUEUE) {
		forget(wire, BLOCK);
		wire->slips++;
	}
	for (int i = 0; i < BLOCK; i++)
		wire->queue[wire->depth++] = law == LA_ALAW ? pjmedia_alaw2linear(block[i]) : pjmedia_ulaw2linear(block[i]);
}

void wire_fetch(struct wire *wire, int law)
{
	uint8_t block[BLOCK];

	while (recv(wire->ours, block, BLOCK, 0) == BLOCK)
		enqueue(wire, block, law);
	if (!wire->flowing && wire->depth >= START)
		wire->flowing = true;
}

static int make(struct wire *wire, int16_t *pcm, int count, int rate)
{
	spx_uint32_t taken = PJ_MIN(wire->depth, (int64_t)count * RATE / rate + BLOCK), out = count;

	if (wire->down) {
		speex_resampler_process_int(wire->down, 0, wire->queue, &taken, pcm, &out);
	} else {
		taken = out = PJ_MIN(wire->depth, count);
		memcpy(pcm, wire->queue, sizeof pcm[0] * out);
	}
	forget(wire, taken);
	return out;
}

void wire_down(struct wire *wire, int16_t *pcm, int count, int rate)
{
	int made = wire->flowing ? make(wire, pcm, count, rate) : 0;

	memset(pcm + made, 0, sizeof pcm[0] * (count - made));
	if (wire->flowing && made < count) {
		wire->flowing = false;
		wire->slips++;
	}
}
