# SPDX-License-Identifier: GPL-2.0-or-later
"""What a country profile says. All times are milliseconds, all levels dBm0, all frequencies Hz."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from drivers.port import HookTiming

# A break of the slowest rotary dial: 8 pulses/s, 67 % of it break. Where flashes may be as short, the digit 1 wins.
LONGEST_PULSE_MS = 84


class Law(enum.StrEnum):
    """Companding law of G.711 in the country's network."""

    ULAW = "ulaw"
    ALAW = "alaw"


class CallerIdKind(enum.StrEnum):
    """How the caller's number reaches a phone that is on hook.

    Clauses are of ETSI EN 300 659-1 where nothing else is said. What precedes the first ring begins with an alert: the
    polarity of the battery reversed until the ring, a short ring (RP-AS, 200 to 300 ms), or the tone DT-AS.
    """

    BELL202 = "bell202"  # MDMF in Bell 202 FSK between the first and the second ring (GR-30-CORE)
    V23 = "v23"  # the same framing in V.23 FSK, between the first and the second ring (6.1.1)
    V23_POLARITY = "v23_polarity"  # before the first ring, after polarity reversal and DT-AS (6.1.2)
    V23_RING_PULSE = "v23_ring_pulse"  # before the first ring, after RP-AS (6.1.2)
    V23_ALERTING = "v23_alerting"  # before the first ring, after DT-AS alone (6.1.2)
    DTMF = "dtmf"  # DTMF digits before the first ring, without any alert (annex B)
    DTMF_POLARITY = "dtmf_polarity"  # after polarity reversal
    DTMF_RING_PULSE = "dtmf_ring_pulse"  # after RP-AS
    DTMF_ALERTING = "dtmf_alerting"  # after DT-AS
    DTMF_AFTER_RING = "dtmf_after_ring"  # between the first and the second ring
    NTT = "ntt"  # Japan: polarity reversal, short rings, an answer; then V.23 in its own frame, and the real ring
    NONE = "none"  # none is sent

    @property
    def after_ring(self) -> bool:
        """True when it comes between the first and the second ring."""
        return self in (CallerIdKind.BELL202, CallerIdKind.V23, CallerIdKind.DTMF_AFTER_RING)

    @property
    def before_ring(self) -> bool:
        """True when it comes before the first ring, to a phone on hook."""
        return not self.after_ring and self not in (CallerIdKind.NTT, CallerIdKind.NONE)

    @property
    def dtmf(self) -> bool:
        """True when it is digits, not data."""
        return self.startswith("dtmf")

    @property
    def reverses(self) -> bool:
        """True when the polarity is reversed as an alert."""
        return self.endswith("_polarity") or self is CallerIdKind.NTT

    @property
    def ring_pulse(self) -> bool:
        """True when a short ring is the alert."""
        return self.endswith("_ring_pulse")

    @property
    def alerting_tone(self) -> bool:
        """True when DT-AS precedes the data."""
        return self.endswith("_alerting") or self is CallerIdKind.V23_POLARITY


@dataclass(frozen=True, slots=True)
class DtmfCodes:
    """Caller ID in DTMF: the digits around the number, and those in its place (EN 300 659-1, annex B)."""

    start: str = "A"
    end: str = "C"
    withheld: str = "B10C"
    unknown: str = "B00C"


class RingName(enum.StrEnum):
    """What a ring tells before anybody answers."""

    OUTSIDE = "outside"  # the country's normal ring
    INSIDE = "inside"  # another extension calls
    GROUP = "group"  # a queue offers a call
    RECALL = "recall"  # the call that this phone asked for: click to dial


class ToneName(enum.StrEnum):
    DIAL = "dial"
    STUTTER = "stutter"  # special dial tone: messages wait, or a service is on
    BUSY = "busy"
    CONGESTION = "congestion"  # reorder: the network cannot
    RINGBACK = "ringback"
    CALL_WAITING = "call_waiting"
    UNOBTAINABLE = "unobtainable"  # special information tone, or the country's number-unobtainable tone


@dataclass(frozen=True, slots=True)
class Step:
    """A piece of a tone: up to three frequencies summed (none is silence), for `ms`, or for ever when 0.

    With `modulated_by` the carrier is amplitude-modulated by that frequency (to 90 %). A step that stands `once`
    is an opening; the others repeat after it.
    """

    frequencies: tuple[float, ...]
    ms: int
    modulated_by: int = 0
    once: bool = False


@dataclass(frozen=True, slots=True)
class Tone:
    """A call-progress tone; each of its frequencies has `level_dbm0`."""

    name: ToneName
    steps: tuple[Step, ...]
    level_dbm0: float

    @property
    def frequencies(self) -> frozenset[float]:
        """Every frequency in it; modulation is left out."""
        return frozenset(frequency for step in self.steps for frequency in step.frequencies)

    @property
    def opening(self) -> tuple[Step, ...]:
        """The steps played once, at the beginning."""
        return tuple(step for step in self.steps if step.once)

    @property
    def repeated(self) -> tuple[Step, ...]:
        """The steps that repeat until the tone is stopped; empty when it ends by itself."""
        return tuple(step for step in self.steps if not step.once)

    @property
    def cadence_ms(self) -> tuple[int, ...]:
        """On and off times of the repeated part; (0,) when it is continuous."""
        times: list[int] = []
        sounding = False
        for step in self.repeated:
            if bool(step.frequencies) is sounding and times:
                times[-1] += step.ms
            else:
                times.append(step.ms)
            sounding = bool(step.frequencies)
        return tuple(times) if len(times) > 1 else (0,) * len(times)


@dataclass(frozen=True, slots=True)
class Howler:
    """The tone for a phone that was left off the hook: `steps`, repeated, louder each `rise_s`.

    `levels_dbm0` are those of each frequency; the last one stays.
    """

    name: str
    steps: tuple[Step, ...]
    levels_dbm0: tuple[float, ...]
    rise_s: float


@dataclass(frozen=True, slots=True)
class Flash:
    """Register recall: a break from `min_ms` to `max_ms` is one; `generate_ms` is what a phone of the country does."""

    min_ms: int
    max_ms: int
    generate_ms: int


@dataclass(frozen=True, slots=True)
class Pulse:
    """Loop-disconnect dialling: `gap_ms` is between digits."""

    break_ms: int
    make_ms: int
    gap_ms: int


@dataclass(frozen=True, slots=True)
class Country:
    """A country profile."""

    code: str
    name: str
    law: Law
    tones: Mapping[ToneName, Tone]
    ring_cadence_ms: tuple[int, ...]
    rings: Mapping[RingName, tuple[int, ...]]
    caller_id: CallerIdKind
    flash: Flash
    pulse: Pulse
    disconnect_ms: int  # battery gone for so long means that the far end hung up
    disconnect_generate_ms: int  # for how long the box takes battery from a station to say so
    busy_tolerance_ms: int  # of each step of busy and congestion tone
    howler: Howler
    emergency: tuple[str, ...]
    international_prefix: str
    trunk_prefix: str
    premium: tuple[str, ...] = ()  # dial patterns of numbers that cost extra
    caller_id_dtmf: DtmfCodes = DtmfCodes()
    caller_id_charset: Literal["ascii", "latin1"] = "ascii"  # of names on the displays of phones

    @property
    def dial(self) -> Tone:
        """Dial tone."""
        return self.tones[ToneName.DIAL]

    @property
    def stutter(self) -> Tone:
        """Special dial tone."""
        return self.tones[ToneName.STUTTER]

    @property
    def busy(self) -> Tone:
        """Busy tone."""
        return self.tones[ToneName.BUSY]

    @property
    def congestion(self) -> Tone:
        """Congestion tone."""
        return self.tones[ToneName.CONGESTION]

    @property
    def ringback(self) -> Tone:
        """Ringing tone, as the caller hears it."""
        return self.tones[ToneName.RINGBACK]

    @property
    def call_waiting(self) -> Tone:
        """Call-waiting tone."""
        return self.tones[ToneName.CALL_WAITING]

    @property
    def unobtainable(self) -> Tone:
        """Special information tone, or number unobtainable."""
        return self.tones[ToneName.UNOBTAINABLE]

    @property
    def hook_timing(self) -> HookTiming:
        """How the hooks of this country's phones are read."""
        pulse_max_ms = max(LONGEST_PULSE_MS, min(100, self.flash.min_ms - 1))
        return HookTiming(
            flash_min_ms=max(self.flash.min_ms, pulse_max_ms + 1),
            flash_max_ms=self.flash.max_ms,
            pulse_max_ms=pulse_max_ms,
        )
