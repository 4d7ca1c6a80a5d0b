# SPDX-License-Identifier: GPL-2.0-or-later
"""What is usual on a line, learnt from its calls, and what is new: the telephone company has changed something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from drivers.lineaudio import CallerId
from firmware.doctor.bursts import same
from firmware.doctor.caller_id import FoundCallerId
from firmware.doctor.hang_up import HangUpFound
from firmware.doctor.levels import Noise
from firmware.doctor.proposal import Findings
from firmware.doctor.tones import HeardTone, in_words, same_frequencies

ESTABLISHED = 3  # so often the same, and it is usual
CHANGED = 3  # so often in a row another, and it has changed
LEARNT = 2  # so often the same, and it may be proposed
SILENT_CALLS = 20  # without any sign of the far end's hang-up, on a line that used to give signs
TONE_TOLERANCE, CADENCE_TOLERANCE, CADENCE_MS = 0.02, 0.1, 20
BATTERY_TOLERANCE, BATTERY_MS = 0.35, 100
LEVEL_DB, NOISE_DB = 8.0, 10.0
SLOWLY = 0.2  # of a new level goes into the usual one

ToneSaid = dict[str, Any]  # frequencies, cadence_ms and maybe dbm0, as HeardTone.as_json has them


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one call showed. `hang_up` is HangUpFound.as_json of a call in which the far end went first, else None.

    `caller_id`: its kind, "" when none came, None when that is not known (a call that went out). Levels in dBm0.
    """

    hang_up: Mapping[str, Any] | None = None
    caller_id: str | None = None
    dial_tone: ToneSaid | None = None
    speech_dbm0: float | None = None
    noise_dbm0: float | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Change:
    """`kind` is stable (`hangup_tone`, `battery`, …); `text` says what changed."""

    kind: str
    text: str


@dataclass(slots=True)
class Usual:
    """A thing that is the same in every call, until it changes. None is a value too: it does not come."""

    value: Any = None
    seen: int = 0
    other: Any = None
    others: int = 0

    def take(self, value: Any, alike: Callable[[Any, Any], bool]) -> bool:
        """Learns a value. True when the usual one has just given way to another."""
        if self.seen and alike(self.value, value):
            self.seen, self.others = self.seen + 1, 0
            return False
        if not self.others or not alike(self.other, value):
            self.other, self.others = value, 0
        self.others += 1
        established = self.seen >= ESTABLISHED
        if established and self.others < CHANGED:
            return False
        self.value, self.seen, self.others = value, self.others, 0
        return established


@dataclass(slots=True)
class Level:
    """A level in dBm0 that moves slowly, and in how many calls in a row it was far off."""

    value: float | None = None
    seen: int = 0
    off: int = 0

    def take(self, value: float, tolerance_db: float) -> float | None:
        """Learns a level; the one that was usual when it has just changed for good."""
        if self.value is None or abs(value - self.value) <= tolerance_db or self.seen < ESTABLISHED:
            self.value = value if self.value is None else self.value + SLOWLY * (value - self.value)
            self.seen, self.off = self.seen + 1, 0
            return None
        self.off += 1
        if self.off < CHANGED:
            return None
        before, self.value, self.seen, self.off = self.value, value, CHANGED, 0
        return before


@dataclass(slots=True)
class Baseline:
    """What is usual on one line. `lessons`: calls that taught; `silent`: how many in a row ended without a sign."""

    lessons: int = 0
    signalled: int = 0
    silent: int = 0
    battery: Usual = field(default_factory=Usual)
    polarity: Usual = field(default_factory=Usual)
    tone: Usual = field(default_factory=Usual)
    caller_id: Usual = field(default_factory=Usual)
    dial_tone: Usual = field(default_factory=Usual)
    dial_tone_dbm0: Level = field(default_factory=Level)
    speech_dbm0: Level = field(default_factory=Level)
    noise_dbm0: Level = field(default_factory=Level)
    answers_by_reversal: bool = False  # a called party that answers is told of by reversed polarity

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Baseline:
        """What `as_json` gave; what it does not know is new."""
        made = Baseline()
        for name in made.__slots__:
            now, kept = getattr(made, name), data.get(name)
            if isinstance(now, (Usual, Level)) and isinstance(kept, dict):
                setattr(made, name, type(now)(**kept))
            elif isinstance(kept, int):
                setattr(made, name, kept)
        return made


def learn(baseline: Baseline, lesson: Lesson) -> list[Change]:
    """Takes a lesson into the baseline; what has changed for good, in words."""
    baseline.lessons += 1
    found = [*_hang_up(baseline, lesson), _caller_id(baseline, lesson), *_dial_tone(baseline, lesson)]
    found += [_speech(baseline, lesson), _noise(baseline, lesson)]
    return [change for change in found if change]


def _hang_up(baseline: Baseline, lesson: Lesson) -> list[Change | None]:
    said = lesson.hang_up
    if said is None or not said["means"]:
        return [_silence(baseline)]
    baseline.signalled, baseline.silent = baseline.signalled + 1, 0
    return [
        _battery(baseline.battery, said["battery_ms"]),
        _polarity(baseline.polarity, bool(said["polarity"])),
        _tone(baseline.tone, said["tone"]),
    ]


def _silence(baseline: Baseline) -> Change | None:
    baseline.silent += 1
    often = baseline.signalled >= ESTABLISHED and 3 * baseline.signalled > baseline.lessons - baseline.silent
    if baseline.silent != SILENT_CALLS or not often:
        return None
    return Change("silent", f"gave no sign of a hang-up in the last {SILENT_CALLS} calls, as it used to")


def _battery(usual: Usual, ms: float | None) -> Change | None:
    before = usual.value
    if not usual.take(ms, _same_battery):
        return None
    if ms is None:
        return Change("battery", f"no longer takes battery away at a hang-up (it did, for {before:.0f} ms)")
    if before is None:
        return Change("battery", f"now takes battery away for {ms:.0f} ms at a hang-up")
    return Change("battery", f"takes battery away for {ms:.0f} ms at a hang-up, no longer for {before:.0f} ms")


def _same_battery(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= max(BATTERY_MS, BATTERY_TOLERANCE * max(a, b))


def _polarity(usual: Usual, reversed_: bool) -> Change | None:
    if not usual.take(reversed_, lambda a, b: a is b):
        return None
    return Change("polarity", f"{'now' if reversed_ else 'no longer'} reverses the polarity at a hang-up")


def _tone(usual: Usual, tone: ToneSaid | None) -> Change | None:
    before = usual.value
    if not usual.take(_essence(tone), same_tones):
        return None
    if tone is None:
        return Change("hangup_tone", f"no longer plays a tone at a hang-up (it was {_said(before)})")
    instead = f" instead of {_said(before)}" if before else ""
    return Change("hangup_tone", f"plays {_said(tone)} at a hang-up{instead}")


def _essence(tone: ToneSaid | None) -> ToneSaid | None:
    return tone and {"frequencies": tone["frequencies"], "cadence_ms": tone["cadence_ms"]}


def same_tones(a: ToneSaid | None, b: ToneSaid | None) -> bool:
    """Whether two tones are one: frequencies within 2 %, times within 10 %."""
    if not a or not b:
        return not a and not b
    return (
        same_frequencies(a["frequencies"], b["frequencies"], TONE_TOLERANCE)
        and len(a["cadence_ms"]) == len(b["cadence_ms"])
        and all(
            same(x, y, CADENCE_TOLERANCE) or abs(x - y) <= CADENCE_MS
            for x, y in zip(a["cadence_ms"], b["cadence_ms"], strict=True)
        )
    )


def _said(tone: ToneSaid) -> str:
    return in_words(tone["frequencies"], tone["cadence_ms"])


def _caller_id(baseline: Baseline, lesson: Lesson) -> Change | None:
    before, kind = baseline.caller_id.value, lesson.caller_id
    if kind is None or not baseline.caller_id.take(kind, lambda a, b: a == b):
        return None
    if not kind:
        return Change("caller_id", f"no longer sends caller ID (it was {before})")
    return Change("caller_id", f"sends caller ID as {kind}" + (f" instead of {before}" if before else ""))


def _dial_tone(baseline: Baseline, lesson: Lesson) -> list[Change | None]:
    tone, before = lesson.dial_tone, baseline.dial_tone.value
    if not tone:
        return []
    changes: list[Change | None] = []
    if baseline.dial_tone.take(_essence(tone), same_tones):
        changes.append(Change("dial_tone", f"has {_said(tone)} as dial tone instead of {_said(before)}"))
    return [*changes, _level(baseline.dial_tone_dbm0, tone.get("dbm0"), LEVEL_DB, "level", "its dial tone")]


def _speech(baseline: Baseline, lesson: Lesson) -> Change | None:
    return _level(baseline.speech_dbm0, lesson.speech_dbm0, LEVEL_DB, "level", "speech")


def _noise(baseline: Baseline, lesson: Lesson) -> Change | None:
    change = _level(baseline.noise_dbm0, lesson.noise_dbm0, NOISE_DB, "noise", "its noise")
    return change if change and "louder" in change.text else None


def _level(level: Level, value: float | None, tolerance_db: float, kind: str, what: str) -> Change | None:
    before = None if value is None else level.take(value, tolerance_db)
    if before is None or value is None:
        return None
    how = "louder" if value > before else "softer"
    return Change(kind, f"is {how}: {what} is at {value:.0f} dBm0, it used to be at {before:.0f} dBm0")


def lesson_of(findings: Findings) -> Lesson:
    """An examination teaches too. Its levels are measured in another way than those of calls, and stay out."""
    hang_up, found = findings.hang_up, findings.caller_id
    return Lesson(
        hang_up.as_json() if hang_up and hang_up.means else None,
        found.kind if found else "",
        findings.dial_tone.as_json() if findings.dial_tone else None,
    )


def as_findings(baseline: Baseline) -> Findings:
    """What calls have taught, as an examination would have found it: for a line that nobody examined."""
    battery, polarity, tone = (usual.value if usual.seen >= LEARNT else None for usual in _hang_up_signs(baseline))
    heard = _heard(tone, baseline.tone.seen) if tone else None
    known = battery is not None or polarity or heard
    hang_up = HangUpFound(0 if battery is not None else None, battery, 0 if polarity else None, heard)
    kind = baseline.caller_id.value if baseline.caller_id.seen >= LEARNT else None
    why = f"in {baseline.caller_id.seen} calls"
    dial_tone = baseline.dial_tone.value
    return Findings(
        noise=Noise(round(baseline.noise_dbm0.value, 1)) if baseline.noise_dbm0.value is not None else None,
        dial_tone=_heard(dial_tone, baseline.dial_tone.seen) if dial_tone else None,
        caller_id=FoundCallerId(kind, CallerId(), sure(baseline.caller_id.seen), why) if kind else None,
        hang_up=hang_up if known else None,
    )


def _hang_up_signs(baseline: Baseline) -> tuple[Usual, Usual, Usual]:
    return baseline.battery, baseline.polarity, baseline.tone


def _heard(tone: ToneSaid, times: int) -> HeardTone:
    return HeardTone(tuple(tone["frequencies"]), tuple(tone["cadence_ms"]), 0.0, 0.0, 0.0, times)


def sure(times: int) -> float:
    """How sure something is that so many calls have shown."""
    return round(1 - 0.5 ** min(times, 6), 2)
