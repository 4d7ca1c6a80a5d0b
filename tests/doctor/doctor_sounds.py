# SPDX-License-Identifier: GPL-2.0-or-later
"""Sound of an exchange as it reaches the box: through G.711, softer, with noise."""

from __future__ import annotations

import random
from array import array

from firmware.countries import Country, ToneName
from hil.g711 import Pcm, decode
from hil.levels import PEAK_0_DBM0
from hil.signals import tone_audio


def played(country: Country, name: ToneName, seconds: float) -> Pcm:
    """A tone of the country as its exchanges play it."""
    law = country.law.value
    tone = tone_audio(country.tones[name], law)
    audio = tone.opening
    while tone.repeated and len(audio) < seconds * 8000:
        audio += tone.repeated
    return decode(audio[: int(seconds * 8000)], law)


def on_the_line(audio: Pcm, noise_dbm0: float = -65, gain_db: float = 0, seed: int = 1) -> bytes:
    """After the line: its loss, and its noise."""
    rng = random.Random(seed)
    sigma = PEAK_0_DBM0 * 10 ** (noise_dbm0 / 20) / 2**0.5
    gain = 10 ** (gain_db / 20)
    return array("h", (max(-32768, min(32767, round(gain * x + rng.gauss(0, sigma)))) for x in audio)).tobytes()
