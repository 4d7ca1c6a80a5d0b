# SPDX-License-Identifier: GPL-2.0-or-later
"""From findings to settings of a line, each with how sure it is, why, and the sound that shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from firmware.countries import Country, ToneName
from firmware.doctor.caller_id import FoundCallerId
from firmware.doctor.country import Guess
from firmware.doctor.hang_up import HangUpFound
from firmware.doctor.levels import Noise
from firmware.doctor.tones import HeardTone, matches

BATTERY_PART = 0.6  # of the drop that was seen: sure to be reached, far above what a line does by itself
BATTERY_MS = (50, 250)
SILENCE_S = 120  # for a line that says nothing at all
SPEECH_DBM0 = (-32.0, -9.0)  # softer or louder than this asks for a gain; ITU-T P.56 puts speech around -20
SPEECH_AIM_DBM0 = -20.0
GAIN_MOST_DB = 9.0
REPETITIONS_SURE = 4.0


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found on a line; None and () were not heard."""

    battery: str = ""
    noise: Noise | None = None
    dial_tone: HeardTone | None = None
    ring_cadence_ms: tuple[int, ...] = ()
    caller_id: FoundCallerId | None = None
    speech_dbm0: float | None = None
    hang_up: HangUpFound | None = None
    countries: tuple[Guess, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For those who show it."""
        return {
            "battery": self.battery,
            "noise": {"dbm0": self.noise.dbm0, "hum_hz": self.noise.hum_hz} if self.noise else None,
            "dial_tone": self.dial_tone.as_json() if self.dial_tone else None,
            "ring_cadence_ms": list(self.ring_cadence_ms),
            "caller_id": _caller_id_json(self.caller_id) if self.caller_id else None,
            "speech_dbm0": self.speech_dbm0,
            "hang_up": self.hang_up.as_json() if self.hang_up else None,
            "countries": [{"code": g.code, "name": g.name, "score": g.score} for g in self.countries],
        }


def _caller_id_json(found: FoundCallerId) -> dict[str, Any]:
    caller = found.caller
    return {
        "kind": found.kind, "number": caller.number, "name": caller.name, "private": caller.private, "why": found.why,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposed:
    """A setting of `[[line]]`. `clip` names the sound that shows it; `confidence` is from 0 to 1."""

    key: str
    value: Any
    confidence: float
    why: str
    clip: str = ""

    def as_json(self) -> dict[str, Any]:
        """For those who show it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class _HangUp:
    value: dict[str, Any] = field(default_factory=dict)
    whys: list[str] = field(default_factory=list)
    confidence: float = 1.0

    def add(self, key: str, value: Any, confidence: float, why: str) -> None:
        self.value[key] = value
        self.whys.append(why)
        self.confidence = min(self.confidence, confidence)


def propose(findings: Findings, country: Country) -> list[Proposed]:
    """Settings for a line of a box whose site is in `country`; only what was heard is proposed."""
    items = [_caller_id(findings), _hang_up(findings), _busy_tone(findings, country), _gain(findings)]
    return [item for item in items if item]


def _caller_id(findings: Findings) -> Proposed | None:
    found = findings.caller_id
    return Proposed("caller_id", found.kind, found.confidence, found.why, "ringing") if found and found.kind else None


def _hang_up(findings: Findings) -> Proposed | None:
    found, item = findings.hang_up, _HangUp()
    if not found:
        return None
    if found.battery_ms is not None:
        least, most = BATTERY_MS
        ms = int(min(most, max(least, round(BATTERY_PART * found.battery_ms, -1))))
        item.add("battery_ms", ms, 0.95, f"battery went away for {found.battery_ms:.0f} ms")
    if found.polarity_at is not None:
        item.add("polarity", True, 0.9, "the polarity was reversed")
    if found.tone:
        item.add("tones", True, sure_of(found.tone), f"a tone came: {found.tone}")
    if found.dial_tone:
        item.add("dial_tone", True, 0.85, f"dial tone came back: {found.dial_tone}")
    if not item.value:
        item.add("silence_s", SILENCE_S, 0.4, "nothing came from the exchange: only silence can end such a call")
    return Proposed("hangup", item.value, round(item.confidence, 2), "; ".join(item.whys), "hang_up")


def sure_of(tone: HeardTone) -> float:
    """How sure a tone is: the more repetitions and the more exact, the surer."""
    return round(min(0.99, 0.6 + 0.38 * min(1.0, tone.repetitions / REPETITIONS_SURE) - tone.spread), 2)


def _busy_tone(findings: Findings, country: Country) -> Proposed | None:
    tone = findings.hang_up.tone if findings.hang_up else None
    if not tone or known_to(country, tone):
        return None
    value = {"frequencies": [round(hz, 1) for hz in tone.frequencies], "cadence_ms": list(tone.cadence_ms)}
    why = f"{tone} is no busy or congestion tone of {country.name}, for which the box is set"
    return Proposed("busy_tone", value, sure_of(tone), why, "hang_up")


def known_to(country: Country, tone: HeardTone) -> bool:
    """Whether a line of the country hears it as busy or congestion anyway."""
    return any(matches(tone, country.tones[name], 0.015, 0.1) for name in (ToneName.BUSY, ToneName.CONGESTION))


def _gain(findings: Findings) -> Proposed | None:
    level, (softest, loudest) = findings.speech_dbm0, SPEECH_DBM0
    if level is None or softest <= level <= loudest:
        return None
    gain = float(round(max(-GAIN_MOST_DB, min(GAIN_MOST_DB, SPEECH_AIM_DBM0 - level))))
    return Proposed("rx_gain_db", gain, 0.5, f"speech came at {level:.0f} dBm0, around -20 is usual", "call")
