# SPDX-License-Identifier: GPL-2.0-or-later
"""Which kind of caller ID came: every detector is tried on what was heard on hook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from drivers.lineaudio import CallerId, Hear, HeardKind, hear_memory, parse_message
from drivers.port import PortEvent
from firmware.calls.dtmf_caller_id import DtmfCallerId
from firmware.countries import CallerIdKind
from firmware.doctor.bursts import Burst, bursts
from firmware.doctor.signs import Sign, times_of

MARKS = {"bell202": 1200.0, "v23": 1300.0}  # Hz of the mark signal before the data: GR-30-CORE 2.2, EN 300 659-1 5.1
NEAR_HZ = 40.0
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
    rings = times_of(signs, PortEvent.RING_BEGAN)
    first_ring = rings[0] if rings else float("inf")
    return _fsk(sound, signs, first_ring) or _dtmf(sound, signs, first_ring) or _unreadable(sound)


def _fsk(sound: bytes, signs: Sequence[Sign], first_ring: float) -> FoundCallerId | None:
    """Both detectors hear both kinds of FSK: the frequency of the mark signal tells which it is."""
    for detector in (Hear.BELL202, Hear.V23):
        for at, heard in hear_memory(detector, sound):
            caller = parse_message(heard.value) if isinstance(heard.value, bytes) else None
            if heard.kind == HeardKind.FSK_MESSAGE and isinstance(caller, CallerId):
                return _named(caller, bursts(sound), 1000 * at, signs, first_ring)
    return None


def _named(
    caller: CallerId, found: Iterable[Burst], at_ms: float, signs: Sequence[Sign], first_ring: float
) -> FoundCallerId:
    mark = _mark(found, at_ms)
    modulation = min(MARKS, key=lambda name: abs(MARKS[name] - mark)) if mark else "bell202"
    before = at_ms < first_ring
    reversed_before = any(at < at_ms for at in times_of(signs, PortEvent.POLARITY_REVERSED))
    kind = modulation
    if modulation == "v23" and before:
        kind = str(CallerIdKind.V23_POLARITY)
    when = "before the first ring" if before else "between the rings"
    after = " after a polarity reversal" if before and reversed_before else ""
    sure = 0.98 if mark and not (before and not reversed_before) else 0.6
    heard = f"mark signal at {mark:.0f} Hz" if mark else "no clear mark signal"
    return FoundCallerId(kind, caller, sure, f"FSK {when}{after}, {heard}, checksum right")


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


def _dtmf(sound: bytes, signs: Sequence[Sign], first_ring: float) -> FoundCallerId | None:
    heard = [(at, str(h.value)) for at, h in hear_memory(Hear.DTMF, sound) if h.kind == HeardKind.DIGIT]
    if len(heard) < DIGITS_LEAST:
        return None
    digits = "".join(digit for _, digit in heard)
    reversed_before = any(at < 1000 * heard[0][0] for at in times_of(signs, PortEvent.POLARITY_REVERSED))
    kind = CallerIdKind.DTMF_POLARITY if reversed_before else CallerIdKind.DTMF
    reader = DtmfCallerId(bare=True)
    callers = [caller for digit in digits if (caller := reader.feed(digit))]
    when = "before the first ring" if 1000 * heard[0][0] < first_ring else "between the rings"
    after = " after a polarity reversal" if reversed_before else ""
    return FoundCallerId(str(kind), callers[0] if callers else CallerId(), 0.95, f"DTMF {when}{after}: {digits}")


def _unreadable(sound: bytes) -> FoundCallerId | None:
    mark = _mark(bursts(sound), float("inf"))
    if not mark:
        return None
    return FoundCallerId("", CallerId(), 0.3, f"data at {mark:.0f} Hz that no detector could read")
