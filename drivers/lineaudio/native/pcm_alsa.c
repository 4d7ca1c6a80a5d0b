/* SPDX-License-Identifier: GPL-2.0-or-later
 * A codec that the kernel knows as a sound card (ALSA). */
#include "lineaudio.h"
#include "pcm.h"
#include <alsa/asoundlib.h>
#include <errno.h>

enum { AHEAD = 3, PERIODS = 8 };                /* periods of silence played first; in the device's buffer */

struct alsa {
	struct pcm base;
	snd_pcm_t *in, *out;
	int16_t *silence;
};

static int begin(struct alsa *a)
{
	int error;

	snd_pcm_drop(a->in);
	snd_pcm_drop(a->out);
	if ((error = snd_pcm_prepare(a->in)) < 0 || (error = snd_pcm_prepare(a->out)) < 0)
		return error;
	for (int i = 0; i < AHEAD; i++)
		if ((error = snd_pcm_writei(a->out, a->silence, a->base.period)) < 0)
			return error;
	if ((error = snd_pcm_start(a->out)) < 0 || (error = snd_pcm_start(a->in)) < 0)
		return error;
	return 0;
}

/* A buffer that ran over or dry is no fault of the device: it begins anew. */
static int mend(struct alsa *a, int error)
{
	if (error != -EPIPE && error != -ESTRPIPE)
		return error;
	a->base.restarts++;
	return begin(a);
}

static int capture(struct pcm *pcm, int16_t *frames)
{
	struct alsa *a = (struct alsa *)pcm;
	int ready = snd_pcm_wait(a->in, PCM_WAIT_MS);
	snd_pcm_sframes_t count = ready > 0 ? snd_pcm_readi(a->in, frames, pcm->period) : ready;

	return count == -EAGAIN ? 0 : count < 0 ? mend(a, count) : (int)count;
}

static int play(struct pcm *pcm, const int16_t *frames, int count)
{
	struct alsa *a = (struct alsa *)pcm;
	snd_pcm_sframes_t written = snd_pcm_writei(a->out, frames, count);

	return written < 0 && written != -EAGAIN ? mend(a, written) : 0;
}

static void close_alsa(struct pcm *pcm)
{
	struct alsa *a = (struct alsa *)pcm;

	if (a->in)
		snd_pcm_close(a->in);
	if (a->out)
		snd_pcm_close(a->out);
	free(a->silence);
	free(a);
}

struct wanted { unsigned rate, channels; snd_pcm_uframes_t period; };

static int configure(snd_pcm_t *pcm, struct wanted *wanted)
{
	snd_pcm_uframes_t buffer;
	snd_pcm_hw_params_t *hw;
	snd_pcm_sw_params_t *sw;
	int error;

	snd_pcm_hw_params_alloca(&hw);
	snd_pcm_sw_params_alloca(&sw);
	if ((error = snd_pcm_hw_params_any(pcm, hw)) < 0 ||
	    (error = snd_pcm_hw_params_set_access(pcm, hw, SND_PCM_ACCESS_RW_INTERLEAVED)) < 0 ||
	    (error = snd_pcm_hw_params_set_format(pcm, hw, SND_PCM_FORMAT_S16)) < 0 ||
	    (error = snd_pcm_hw_params_set_channels_near(pcm, hw, &wanted->channels)) < 0 ||
	    (error = snd_pcm_hw_params_set_rate_near(pcm, hw, &wanted->rate, NULL)) < 0)
		return error;
	wanted->period = wanted->rate * PCM_PERIOD_MS / 1000;
	if ((error = snd_pcm_hw_params_set_period_size_near(pcm, hw, &wanted->period, NULL)) < 0)
		return error;
	buffer = wanted->period * PERIODS;
	if ((error = snd_pcm_hw_params_set_buffer_size_near(pcm, hw, &buffer)) < 0 || (error = snd_pcm_hw_params(pcm, hw)) < 0)
		return error;
	if ((error = snd_pcm_sw_params_current(pcm, sw)) < 0 ||
	    (error = snd_pcm_sw_params_set_avail_min(pcm, sw, wanted->period)) < 0 ||
	    (error = snd_pcm_sw_params_set_start_threshold(pcm, sw, buffer * 2)) < 0)
		return error;
	return snd_pcm_sw_params(pcm, sw);
}

static int open_one(snd_pcm_t **pcm, const char *device, snd_pcm_stream_t way, struct wanted *wanted)
{
	int error = snd_pcm_open(pcm, device, way, SND_PCM_NONBLOCK);

	return error < 0 ? error : configure(*pcm, wanted);
}

static const char *unfit(const struct wanted *in, const struct wanted *out, int channels)
{
	if (in->rate != out->rate)
		return "it records and plays at different rates";
	if ((int)in->channels < channels || (int)out->channels < channels)
		return "it has too few channels";
	if (in->rate < RATE || in->rate > 192000)
		return "it does not work at 8 to 192 kHz";
	return NULL;
}

struct pcm *pcm_alsa_open(const char *device, int channels, char *why, size_t room)
{
	struct wanted in = { RATE, channels, 0 }, out = in;
	struct alsa *a = calloc(1, sizeof *a);
	const char *told = NULL;
	int error;

	if ((error = open_one(&a->in, device, SND_PCM_STREAM_CAPTURE, &in)) < 0 ||
	    (error = open_one(&a->out, device, SND_PCM_STREAM_PLAYBACK, &out)) < 0)
		told = snd_strerror(error);
	else
		told = unfit(&in, &out, channels);
	if (!told) {
		a->base = (struct pcm){ in.rate, in.period, in.channels, out.channels, 0, capture, play, close_alsa };
		a->silence = calloc(in.period * out.channels, sizeof *a->silence);
		if ((error = begin(a)) < 0)
			told = snd_strerror(error);
	}
	if (!told)
		return &a->base;
	snprintf(why, room, "%s", told);
	close_alsa(&a->base);
	return NULL;
}
