/* SPDX-License-Identifier: GPL-2.0-or-later
 * Decoding for the recorder only: G.711 by table; of G.722 the lower band (ITU-T G.722, the upper one is not recorded at
 * 8 kHz), which needs no resampler; Opus at the 8 kHz that its decoder offers (RFC 6716, section 4.3).
 */
#include "tap.h"
#include <opus/opus.h>
#include <spandsp.h>

enum {
	G722_RATE = 64000,                      /* bit/s */
	LONGEST = 960,                          /* samples at 8 kHz in an Opus packet: 120 ms (RFC 6716, section 3.2.5) */
	OPUS_CLOCK = 6,                         /* RTP clock of Opus to 8 kHz (RFC 7587, section 4.1) */
};

struct tap {
	struct la_recorder *recorder;
	int channel, g711;                      /* payload type of G.711, -1: another codec */
	g722_decode_state_t *g722;
	OpusDecoder *opus;
};

struct tap *tap_open(struct la_recorder *recorder, int channel, const pjmedia_stream_info *info)
{
	struct tap *tap = calloc(1, sizeof *tap);
	int error;

	if (!tap)
		return NULL;
	tap->recorder = recorder;
	tap->channel = channel;
	tap->g711 = info->fmt.pt == PJMEDIA_RTP_PT_PCMU || info->fmt.pt == PJMEDIA_RTP_PT_PCMA ? (int)info->fmt.pt : -1;
	if (tap->g711 >= 0)
		return tap;
	if (pj_stricmp2(&info->fmt.encoding_name, "G722") == 0)
		tap->g722 = g722_decode_init(NULL, G722_RATE, G722_SAMPLE_RATE_8000);
	else if (pj_stricmp2(&info->fmt.encoding_name, "opus") == 0)
		tap->opus = opus_decoder_create(RATE, 1, &error);
	if (tap->g722 || tap->opus)
		return tap;
	free(tap);
	return NULL;
}

static void plain(struct tap *tap, const uint8_t *payload, size_t size, uint32_t timestamp)
{
	int16_t pcm[BLOCK];

	for (size_t n; size; size -= n, payload += n, timestamp += n) {
		n = PJ_MIN(size, (size_t)BLOCK);
		for (size_t k = 0; k < n; k++)
			pcm[k] = tap->g711 == PJMEDIA_RTP_PT_PCMA ? pjmedia_alaw2linear(payload[k])
			                                          : pjmedia_ulaw2linear(payload[k]);
		recorder_tap(tap->recorder, tap->channel, pcm, n, timestamp);
	}
}

void tap_hear(struct tap *tap, const uint8_t *payload, size_t size, uint32_t timestamp)
{
	int16_t pcm[2 * LONGEST];
	int count;

	if (tap->g711 >= 0) {
		plain(tap, payload, size, timestamp);
	} else if (tap->g722) {
		count = size <= LONGEST ? g722_decode(tap->g722, pcm, payload, size) : 0;
		recorder_tap(tap->recorder, tap->channel, pcm, count, timestamp);
	} else {
		count = opus_decode(tap->opus, payload, size, pcm, LONGEST, 0);
		recorder_tap(tap->recorder, tap->channel, pcm, PJ_MAX(count, 0), timestamp / OPUS_CLOCK);
	}
}

void tap_close(struct tap *tap)
{
	if (!tap)
		return;
	if (tap->g722)
		g722_decode_free(tap->g722);
	if (tap->opus)
		opus_decoder_destroy(tap->opus);
	free(tap);
}
