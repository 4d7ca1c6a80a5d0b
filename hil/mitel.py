# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of a DTMF receiver with made sounds, in the manner of Mitel's test tape CM7291, by the figures of ITU-T Q.24.

`Receive` is the receiver: samples in, digits out. Needs numpy; each test makes the same sound each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hil.g711 import RATE, Law
from hil.levels import peak
from hil.signals import DTMF
from hil.talk_off import Samples, companded

Receive = Callable[[Samples], str]
Sound = NDArray[Any]  # of floats

KEYS = "".join(DTMF)
LAWS: tuple[Law, Law] = ("ulaw", "alaw")


@dataclass(frozen=True, slots=True)
class Burst:
    """How keys are pressed. Offsets are fractions of the nominal frequency, levels are of each tone."""

    on_ms: float = 50
    off_ms: float = 50
    low_dbm0: float = -10
    high_dbm0: float = -10
    low_off: float = 0
    high_off: float = 0


@dataclass(slots=True)
class Tape:
    """Sounds with phases, beginnings and noise that differ each time, and are the same in each run."""

    receive: Receive
    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(24))

    def _tone(self, hz: float, ms: float, dbm0: float) -> Sound:
        turned = 2 * np.pi * hz / RATE * np.arange(round(ms * RATE / 1000)) + self.random.uniform(0, 2 * np.pi)
        wave: Sound = np.sin(turned) * peak(dbm0)
        return wave

    def pressed(self, keys: str, burst: Burst = Burst()) -> Sound:
        """Keys one after the other, between pieces of silence."""
        pieces = [np.zeros(400 + self.random.integers(160))]
        for key in keys:
            low, high = DTMF[key]
            pieces.append(self._tone(low * (1 + burst.low_off), burst.on_ms, burst.low_dbm0))
            pieces[-1] = pieces[-1] + self._tone(high * (1 + burst.high_off), burst.on_ms, burst.high_dbm0)
            pieces.append(np.zeros(round(burst.off_ms * RATE / 1000)))
        return np.concatenate([*pieces, np.zeros(800)])

    def noise(self, count: int, dbm0: float) -> Sound:
        """White, over the whole band."""
        wave: Sound = self.random.standard_normal(count) * peak(dbm0) / np.sqrt(2)
        return wave

    def heard(self, sound: Sound, law: Law = "ulaw") -> str:
        """The digits in it."""
        return self.receive(companded(sound, law))

    def score(self, keys: Iterable[str], burst: Burst, times: int = 10, noise_dbm0: float | None = None) -> float:
        """The share of presses that gave one digit. Another digit, or one too many, counts as ten that are missing."""
        right = pressed = 0
        for number, key in enumerate(keys):
            sound = self.pressed(key * times, burst)
            if noise_dbm0 is not None:
                sound = sound + self.noise(len(sound), noise_dbm0)
            heard = self.heard(sound, LAWS[number % 2])
            wrong = max(0, len(heard) - times) + sum(digit != key for digit in heard)
            right += min(times, heard.count(key)) - 10 * wrong
            pressed += times
        return right / pressed

    # ---- the tests ---------------------------------------------------------------------------

    def bandwidth(self, key: str, group: str, sign: int, times: int = 4) -> tuple[float, float]:
        """In percent of the frequency: up to where it is always heard, and from where it never is."""
        always, never = 0.0, 0.0
        for percent in np.arange(0.25, 6, 0.25):
            off = sign * percent / 100
            heard = self.heard(self.pressed(key * times, Burst(**{f"{group}_off": off}))).count(key)
            if heard == times and always == percent - 0.25:
                always = float(percent)
            if heard:
                never = float(percent) + 0.25
        return always, never

    def twist(self, keys: str, sign: int) -> float:
        """Up to how many dB the low tone (+1) or the high tone (-1) may be the stronger, in steps of half a dB."""
        for twist in np.arange(0, 20, 0.5):
            soft = -8 - float(twist)
            burst = Burst(low_dbm0=-8, high_dbm0=soft) if sign > 0 else Burst(low_dbm0=soft, high_dbm0=-8)
            if self.score(keys, burst, 4) < 1:
                return float(twist) - 0.5
        return 20.0

    def levels(self, keys: str) -> tuple[int, int]:
        """The loudest and the faintest level in dBm0 between which every key is heard."""
        good = [dbm0 for dbm0 in range(3, -51, -1) if self.score(keys, Burst(low_dbm0=dbm0, high_dbm0=dbm0), 4) == 1]
        return max(good, default=-99), min(good, default=0)

    def guard_time(self, keys: str) -> tuple[int, int]:
        """Up to how many ms a burst is never a digit, and from how many it always is."""
        scores = {ms: self.score(keys, Burst(on_ms=ms)) for ms in range(15, 51)}
        never = [ms for ms in scores if all(scores[shorter] == 0 for shorter in scores if shorter <= ms)]
        always = [ms for ms in scores if all(scores[longer] == 1 for longer in scores if longer >= ms)]
        return max(never, default=0), min(always, default=99)

    def pause(self, keys: str) -> int:
        """From how many ms on a pause always divides two digits that are the same."""
        scores = {ms: self.score(keys, Burst(off_ms=ms)) for ms in range(10, 51)}
        return min((ms for ms in scores if all(scores[longer] == 1 for longer in scores if longer >= ms)), default=99)

    def interrupted(self, keys: str, gap_ms: int) -> float:
        """The share of digits of 60 ms that are one digit, with a gap anywhere in them."""
        right = 0
        places = range(0, 60, 3)
        for key in keys:
            for place in places:
                sound = self.pressed(key, Burst(on_ms=60 + gap_ms))
                begin = int(np.flatnonzero(sound)[0]) + place * RATE // 1000
                sound[begin : begin + gap_ms * RATE // 1000] = 0
                right += self.heard(sound) == key
        return right / len(keys) / len(places)

    def echoed(self, keys: str, delay_ms: int, loss_db: float) -> float:
        """The share of keys heard right beside their own echo."""
        right = 0
        for key in keys:
            sound = self.pressed(key * 5)
            later = np.concatenate([np.zeros(delay_ms * RATE // 1000), sound])[: len(sound)]
            right += self.heard(sound + later * 10 ** (-loss_db / 20)) == key * 5
        return right / len(keys)

    def over(self, below: Sound, keys: str, burst: Burst, after_s: float) -> float:
        """The share of keys heard while something else sounds, beginning after so long."""
        begin = round(after_s * RATE)
        sound = np.concatenate([np.zeros(begin), self.pressed(keys, burst)])
        heard = self.heard(sound + np.resize(below, len(sound)))
        right = sum(min(heard.count(key), keys.count(key)) for key in set(keys))
        return max(0.0, (right - max(0, len(heard) - len(keys))) / len(keys))
