/* SPDX-License-Identifier: GPL-2.0-or-later
 * Codecs: sound devices whose channels are wires of analog ports. Each has a thread that goes by the device's own clock.
 *
 * One may lead the bridge (la_clock_follow): its sound then passes untouched at 8 kHz; any other is resampled
 * (codec_drift.c). A device that fails closes its wires: the line ports at their ends tell that.
 */
#include "codec.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

enum { CODEC_PRIORITY = 20, IDLE_MAX = 10 };    /* as the bridge's clock; waits of PCM_WAIT_MS until a device is dead */

static int64_t since_tick_us(void) { return now_us() - atomic_load_explicit(&clock_sent_us, memory_order_relaxed); }

struct la_codec *codec_create(struct pcm *pcm, int channels, int law, int clock)
{
	struct la_codec *codec = calloc(1, sizeof *codec);
	int error = 0;

	codec->pcm = pcm;
	codec->law = law;
	codec->since_tick_us = since_tick_us;
	codec->clock = clock < 0 ? -1 : fcntl(clock, F_DUPFD_CLOEXEC, 0);
	codec->in = calloc(pcm->period * pcm->channels_in, sizeof *codec->in);
	codec->out = calloc(pcm->period * pcm->channels_out, sizeof *codec->out);
	codec->one = calloc(pcm->period, sizeof *codec->one);
	for (; codec->channels < channels && !error; codec->channels++)
		error = wire_open(&codec->wires[codec->channels], pcm->rate, clock >= 0 && pcm->rate == RATE);
	if (!error)
		return codec;
	la_codec_close(codec);
	errno = -error;
	return NULL;
}

static void up(struct la_codec *codec, int count)
{
	for (int c = 0; c < codec->channels; c++) {
		for (int i = 0; i < count; i++)
			codec->one[i] = codec->in[i * codec->pcm->channels_in + c];
		wire_up(&codec->wires[c], codec->one, count, codec->law);
	}
}

static void down(struct la_codec *codec, int count)
{
	for (int c = 0; c < codec->channels; c++) {
		wire_down(&codec->wires[c], codec->one, count, codec->pcm->rate);
		for (int i = 0; i < count; i++)
			codec->out[i * codec->pcm->channels_out + c] = codec->one[i];
	}
}

/* Blocks come at once, samples one by one: what would have come of the next block is counted, too. */
static int fill(const struct la_codec *codec, const struct wire *wire)
{
	return wire->depth + PJ_MIN(codec->since_tick_us() * RATE / 1000000, BLOCK);
}

/* Every wire gets its blocks in the same tick, so any that flows tells of all. */
static void follow(struct la_codec *codec, int count)
{
	struct wire *flows = NULL;

	for (int c = 0; c < codec->channels; c++) {
		wire_fetch(&codec->wires[c], codec->law);
		if (!flows && codec->wires[c].flowing)
			flows = &codec->wires[c];
	}
	if (codec->clock >= 0 || !flows || !drift_look(&codec->drift, fill(codec, flows), count, codec->pcm->rate))
		return;
	for (int c = 0; c < codec->channels; c++)
		drift_apply(&codec->drift, &codec->wires[c], codec->pcm->rate);
}

static void tell_clock(struct la_codec *codec, int count)
{
	uint64_t due;

	codec->frames += count;
	due = codec->frames * 100 / codec->pcm->rate - codec->told;
	codec->told += due;
	if (due && codec->clock >= 0 && write(codec->clock, &due, sizeof due) < 0)
		return;                                 /* nobody goes by it, and it is full */
}

int codec_turn(struct la_codec *codec)
{
	int count = codec->pcm->capture(codec->pcm, codec->in);

	if (count < 0)
		return count;
	codec->idle = count ? 0 : codec->idle + 1;
	if (!count)
		return codec->idle >= IDLE_MAX ? -ETIMEDOUT : 0;
	up(codec, count);
	follow(codec, count);
	down(codec, count);
	tell_clock(codec, count);
	return codec->pcm->play(codec->pcm, codec->out, count);
}

static void *work(void *own)
{
	struct la_codec *codec = own;
	struct sched_param fifo = { .sched_priority = CODEC_PRIORITY };
	int error = 0;

	pthread_setschedparam(pthread_self(), SCHED_FIFO, &fifo);
	while (!error && !atomic_load(&codec->stop))
		error = codec_turn(codec);
	atomic_store(&codec->error, -error);
	for (int c = 0; c < codec->channels; c++)
		shutdown(codec->wires[c].ours, SHUT_RDWR);
	return NULL;
}

struct la_codec *la_codec_open(const char *device, int channels, int law, int clock, char *why, int room)
{
	struct pcm *pcm = channels > 0 && channels <= CODEC_CHANNELS ? pcm_alsa_open(device, channels, why, room) : NULL;
	struct la_codec *codec = pcm ? codec_create(pcm, channels, law, clock) : NULL;

	if (pcm && (!codec || pthread_create(&codec->thread, NULL, work, codec))) {
		snprintf(why, room, "%s", strerror(errno));
		if (codec)
			la_codec_close(codec);
		return NULL;
	}
	if (codec)
		codec->threaded = true;
	return codec;
}

int la_codec_fd(struct la_codec *codec, int channel) { return codec->wires[channel].theirs; }

void la_codec_law(struct la_codec *codec, int law) { atomic_store(&codec->law, law); }

void la_codec_stats(struct la_codec *codec, struct la_codec_stats *out)
{
	*out = (struct la_codec_stats){
		.rate = codec->pcm->rate, .frames = codec->frames, .restarts = codec->pcm->restarts,
		.drift_ppm = codec->drift.ppm, .error = atomic_load(&codec->error),
	};
	for (int c = 0; c < codec->channels; c++)
		out->slips += codec->wires[c].slips;
}

void la_codec_close(struct la_codec *codec)
{
	atomic_store(&codec->stop, true);
	if (codec->threaded)
		pthread_join(codec->thread, NULL);
	for (int c = 0; c < codec->channels; c++)
		wire_close(&codec->wires[c]);
	codec->pcm->close(codec->pcm);
	if (codec->clock >= 0)
		close(codec->clock);
	free(codec->in);
	free(codec->out);
	free(codec->one);
	free(codec);
}
