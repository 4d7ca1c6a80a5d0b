/* SPDX-License-Identifier: GPL-2.0-or-later
 * A sound device, both ways at once: 16-bit samples, interleaved. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { PCM_PERIOD_MS = 10, PCM_WAIT_MS = 100 };

struct pcm {
	int rate, period;                       /* frames a second; most frames that `capture` gives at once */
	int channels_in, channels_out;
	int restarts;                           /* how often it had to begin anew, because nobody came in time */
	int (*capture)(struct pcm *pcm, int16_t *frames);               /* how many came, 0 after PCM_WAIT_MS; -errno */
	int (*play)(struct pcm *pcm, const int16_t *frames, int count); /* 0, or -errno */
	void (*close)(struct pcm *pcm);
};

struct pcm *pcm_alsa_open(const char *device, int channels, char *why, size_t room);    /* NULL, and why */
