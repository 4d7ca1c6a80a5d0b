# SPDX-License-Identifier: GPL-2.0-or-later
"""Which kind of caller ID came: every detector is tried on what was heard on hook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from drivers.lineaudio import CallerId, Hear, HeardKind, hear_memory, parse_message
from drivers.lineaudio.data_link import JAPANESE_CALL
from drivers.port import PortEvent
from firmware.countries import CallerIdKind
from firmware.doctor.bursts import Burst, bursts
from firmware.doctor.signs import Sign, asks_for_an_answer, ring_pulse, times_of
from firmware.doctor.tones import same_frequencies

MARKS = {"bell202": 1200.0, "v23": 1300.0}  # Hz of the mark signal before the data: GR-30-CORE 2.2, EN 300 659-1 5.1
NEAR_HZ = 40.0
ALERTING_HZ = (2130.0, 2750.0)  # DT-AS: EN 300 659-1, 6.1.2
MARK_MS = 45.0  # EN 300 659-1: 180 bits of 1200 a second without seizure 80; less may be clear
DIGITS_LEAST = 4  # of a DTMF caller ID with its start and end codes


@dataclass(frozen=True, slots=True)
class FoundCallerId:
    """`kind` is what the line's setting is; "" when something came that could not be read. `confidence` 0 to 1."""

    kind: str
    caller: CallerId
    confidence: float
    why: str


def find(sound: bytes, signs: Sequence[Sign]) -> FoundCallerId | None:
    """What came in the sound from before the first ring until the answer. None: nothing that a detector knows."""
    place = _Place(bursts(sound), signs)
    return _fsk(sound, place) or _dtmf(sound, place) or _unread(place)


class _Place:
    """Where in the sound the data were: what announced them, and whether the line had rung."""

    def __init__(self, found: Sequence[Burst], signs: Sequence[Sign]) -> None:
        self.bursts = found
        self._pulse = ring_pulse(signs)
        rung = [at for at in times_of(signs, PortEvent.RING_BEGAN) if self._pulse is None or at > self._pulse]
        self.first_ring = rung[0] if rung else float("inf")
        self._reversals = times_of(signs, PortEvent.POLARITY_REVERSED)
        self.asked = asks_for_an_answer(signs)

    def alert(self, before_ms: float) -> str:
        """What announced data that came at this time: the end of the kind's name, "" when nothing did."""
        if any(at < before_ms for at in self._reversals):
            return "_polarity"
        if self._pulse is not None and self._pulse < before_ms:
            return "_ring_pulse"
        return "_alerting" if any(_alerting(burst) and burst.begin_ms < before_ms for burst in self.bursts) else ""


WORDS = {
    "_polarity": " after a polarity reversal",
    "_ring_pulse": " after a ring pulse",
    "_alerting": " after a tone",
    "": "",
}


def _alerting(burst: Burst) -> bool:
    """DT-AS."""
    return same_frequencies(burst.frequencies, ALERTING_HZ, 0.01)


def _fsk(sound: bytes, place: _Place) -> FoundCallerId | None:
    """Both detectors hear both kinds of FSK: the frequency of the mark signal tells which it is."""
    for detector in (Hear.BELL202, Hear.V23):
        for at, heard in hear_memory(detector, sound):
            message = heard.value if isinstance(heard.value, bytes) else b""
            caller = parse_message(message) if heard.kind == HeardKind.FSK_MESSAGE else None
            if isinstance(caller, CallerId):
                return _named(caller, message, 1000 * at, place)
    return None


def _named(caller: CallerId, message: bytes, at_ms: float, place: _Place) -> FoundCallerId:
    if message[0] == JAPANESE_CALL:
        return FoundCallerId(
            str(CallerIdKind.NTT), caller, 0.98, "data in Japan's frame, once the line was answered for it"
        )
    mark = _mark(place.bursts, at_ms)
    modulation = min(MARKS, key=lambda name: abs(MARKS[name] - mark)) if mark else "bell202"
    heard = f"mark signal at {mark:.0f} Hz" if mark else "no clear mark signal"
    if at_ms >= place.first_ring:
        why = f"FSK between the rings, {heard}, checksum right"
        return FoundCallerId(modulation, caller, 0.98 if mark else 0.6, why)
    alert = place.alert(at_ms)
    why = f"FSK before the first ring{WORDS[alert]}, {heard}, checksum right"
    sure = 0.98 if mark and alert and modulation == "v23" else 0.6
    return FoundCallerId(f"v23{alert or '_alerting'}", caller, sure, why)


def _mark(found: Iterable[Burst], until_ms: float) -> float:
    """Hz of the steadiest mark before the end of the message; 0 when there is none."""
    marks = [
        burst
        for burst in found
        if len(burst.frequencies) == 1
        and burst.begin_ms < until_ms
        and burst.ms >= MARK_MS
        and any(abs(burst.frequencies[0] - hz) < NEAR_HZ for hz in MARKS.values())
    ]
    return fmean(burst.frequencies[0] for burst in marks) if marks else 0.0


def _dtmf(sound: bytes, place: _Place) -> FoundCallerId | None:
    heard = [(1000 * at, str(h.value)) for at, h in hear_memory(Hear.DTMF, sound) if h.kind == HeardKind.DIGIT]
    if len(heard) < DIGITS_LEAST:
        return None
    digits = "".join(digit for _, digit in heard)
    number = "".join(digit for digit in digits if digit.isdigit())
    if heard[0][0] >= place.first_ring:
        kind, why = CallerIdKind.DTMF_AFTER_RING, f"DTMF between the rings: {digits}"
    else:
        alert = place.alert(heard[0][0])
        kind, why = CallerIdKind(f"dtmf{alert}"), f"DTMF before the first ring{WORDS[alert]}: {digits}"
    return FoundCallerId(str(kind), CallerId(number), 0.95, why)


def _unread(place: _Place) -> FoundCallerId | None:
    if place.asked:
        why = "the polarity was reversed, and short rings asked for an answer, but no data came"
        return FoundCallerId(str(CallerIdKind.NTT), CallerId(), 0.7, why)
    mark = _mark(place.bursts, float("inf"))
    if not mark:
        return None
    return FoundCallerId("", CallerId(), 0.3, f"data at {mark:.0f} Hz that no detector could read")
