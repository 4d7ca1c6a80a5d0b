# SPDX-License-Identifier: GPL-2.0-or-later
"""The tones that the box makes, heard by the exchange's own receiver."""

from __future__ import annotations

import pytest

from drivers.lineaudio import tone_memory
from firmware import countries
from firmware.countries import ToneName
from firmware.media.tone_table import sound
from hil.g711 import BLOCK, pcm
from hil.tone_receiver import ToneReceiver


@pytest.mark.parametrize("code", countries.codes())
def test_tones_of_every_country_are_made_as_they_are(code: str) -> None:
    country = countries.load(code)
    for name in (ToneName.DIAL, ToneName.BUSY, ToneName.CONGESTION):
        receiver, ever = ToneReceiver(country), set()
        heard = pcm(memoryview(tone_memory(sound(country.tones[name]), 3.6)).cast("h"))
        for begin in range(0, len(heard), BLOCK):  # India's unobtainable sounds like its dial tone for 2.8 s
            receiver.feed(heard[begin : begin + BLOCK])
            ever |= receiver.names
        assert name in ever, receiver.described()
