/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a recorder hears of packets that go straight across: decoders to the bridge's 8 kHz.
 */
#pragma once
#include "lineaudio.h"

struct tap;
struct tap *tap_open(struct la_recorder *recorder, int channel, const pjmedia_stream_info *info);  /* NULL: not this codec */
void tap_hear(struct tap *tap, const uint8_t *payload, size_t size, uint32_t timestamp);
void tap_close(struct tap *tap);                /* NULL is harmless */
