# SPDX-License-Identifier: GPL-2.0-or-later
"""Every call on a line teaches what the line does: without a second line, and without a technician."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

from drivers.port import PortEvent, PortEventRecord
from firmware.calls.line import Line
from firmware.calls.line_leg import LineLeg
from firmware.core.line_doctor.ear import BYTES_A_MS, FORGOTTEN_AFTER_BLOCKS
from firmware.doctor import caller_id, hang_up, levels
from firmware.doctor.baseline import Lesson
from firmware.doctor.bursts import bursts
from firmware.doctor.signs import Sign, times_of
from firmware.doctor.tones import HeardTone, tones

RECORDS = 64  # events of the wire that are kept
DIAL_TONE_AFTER_S = 1.7  # of a call that goes out: before its digits, or among them
BATTERY_BACK_S = 2.5  # a drop may last longer than the box waits for it
AT_THE_END_MS = 2500  # a tone that ended earlier ended no call
DIAL_TONE_LEAST_MS = 300

Learn = Callable[[Line, Lesson], None]
Spawn = Callable[[Coroutine[Any, Any, None]], Any]


@dataclass(frozen=True, slots=True)
class _Heard:
    """The last seconds of a line: `sound` ends at `until` (time.monotonic); `signs` are in ms since its beginning."""

    sound: bytes
    until: float

    @property
    def ms(self) -> float:
        return len(self.sound) / BYTES_A_MS

    def place(self, at: float) -> float:
        """A moment in ms since the beginning of the sound."""
        return self.ms - 1000 * (self.until - at)


class Learner:
    """Of one line. Nothing here waits in the thread of calls: sound is judged in another one."""

    def __init__(self, line: Line, learn: Learn, spawn: Spawn) -> None:
        self._line, self._learn, self._spawn = line, learn, spawn
        self._records: deque[PortEventRecord] = deque(maxlen=RECORDS)
        self._seized_at = 0.0
        self._call = Lesson()
        line.audio.remember()
        line.watchers.append(self._records.append)
        line.on_seized, line.on_released = self._seized, self._released

    def _heard(self, since: float | None = None) -> _Heard:
        _, sound = self._line.audio.recall(0, FORGOTTEN_AFTER_BLOCKS)
        now = time.monotonic()
        if since is not None:
            sound = sound[max(0, len(sound) - 2 * int(8000 * (now - since))) :]
        return _Heard(sound, now)

    def _signs(self, heard: _Heard, until: float) -> list[Sign]:
        """Up to a moment; battery may come back later."""
        late = (PortEvent.BATTERY_RESTORED,)
        return [
            Sign(record.event, heard.place(record.at))
            for record in self._records
            if record.at <= until or record.event in late
        ]

    def _seized(self, leg: LineLeg) -> None:
        self._seized_at = time.monotonic()
        self._call = Lesson()
        if leg.direction == "inbound":
            self._spawn(self._hear_caller_id(self._heard(), self._seized_at))
        else:
            self._spawn(self._hear_dial_tone(self._seized_at))

    async def _hear_caller_id(self, heard: _Heard, answered_at: float) -> None:
        signs = self._signs(heard, answered_at)
        if not any(at > 0 for at in times_of(signs, PortEvent.RING_BEGAN)):
            return  # it rang for longer than the line remembers
        found = await asyncio.to_thread(caller_id.find, heard.sound, signs)
        self._call = replace(self._call, caller_id=found.kind if found else "")

    async def _hear_dial_tone(self, seized_at: float) -> None:
        await asyncio.sleep(DIAL_TONE_AFTER_S)
        heard = await asyncio.to_thread(_dial_tone, self._heard(seized_at).sound)
        self._call = replace(self._call, dial_tone=heard.as_json() if heard else None)

    def _released(self, leg: LineLeg) -> None:
        self._spawn(self._hear_end(self._heard(self._seized_at), self._call, self._seized_at, leg.direction))

    async def _hear_end(self, heard: _Heard, call: Lesson, seized_at: float, direction: str) -> None:
        await asyncio.sleep(BATTERY_BACK_S)
        signs = self._signs(heard, heard.until)
        found = await asyncio.to_thread(_ended, heard.sound, signs, heard.place(seized_at), direction == "outbound")
        self._learn(self._line, replace(found, caller_id=call.caller_id, dial_tone=call.dial_tone))


def _dial_tone(sound: bytes) -> HeardTone | None:
    """What stood first and for long enough, even when digits cut it short."""
    first = next((burst for burst in bursts(sound) if burst.ms >= DIAL_TONE_LEAST_MS), None)
    if not first:
        return None
    return HeardTone(first.frequencies, (0,), first.dbm0, first.begin_ms, first.end_ms, 1, 0.0, first.modulated_by)


def _ended(sound: bytes, signs: list[Sign], seized_ms: float, outbound: bool) -> Lesson:
    """Only an inbound call's end teaches about hang-ups: to one that went out, busy tone may be the answer."""
    ms = len(sound) / BYTES_A_MS
    last = [tone for tone in tones(sound) if tone.end_ms > ms - AT_THE_END_MS]
    found = hang_up.find(signs, last, seized_ms)
    said = None if outbound or not found.means else found.as_json()
    return Lesson(said, speech_dbm0=levels.speech_dbm0(sound), noise_dbm0=levels.quietest_dbm0(sound))
