# SPDX-License-Identifier: GPL-2.0-or-later
"""One examination of a line, as it would be told: dial tone, a call from outside, the caller hangs up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from drivers.lineaudio import Hear, HeardKind, SoundStep, hear_memory
from drivers.port import Battery, PortError, PortEvent, no_battery
from firmware.calls.line import Line
from firmware.core.line_doctor.ear import Ear
from firmware.doctor import caller_id, hang_up, levels
from firmware.doctor.caller_id import FoundCallerId
from firmware.doctor.hang_up import HangUpFound
from firmware.doctor.proposal import Findings
from firmware.doctor.signs import ASKED_WITHIN_MS, asks_for_an_answer, ring_cadence_ms, times_of
from firmware.doctor.tones import HeardTone, tones
from firmware.errors import Unavailable

LOOK_S = 0.25
DIAL_TONE_S = 7.0  # the slowest special dial tones take 6 s to be known
DIAL_TONE_CLIP_MS = 3000
QUIET_DIGIT = (
    "4"  # a first digit silences the exchange, so that the line's own noise is heard; no service begins with it
)
QUIET_AFTER_MS, QUIET_MS = 500, 700
REST_S = 2.0  # on hook, until the exchange is ready for another call (DAHDI tells of no ring for 2 s)
BEFORE_RING_MS = 6000  # of sound before the first ring in which caller ID may come
SILENT_MS = 600  # after a burst that is the last of its ring
STEADY_RING_MS = 15_000
DATA_WITHIN_S = 4.0
GIVEN_UP_MS = 7500
SETTLED_MS = 3000  # after the last new sign of a hang-up: no other comes
SIGNS_MS = 20_000  # from the first sign on
HEARD_MS = 10_000  # of sound that is searched for tones
TONE_SURE = 4  # repetitions
BEEP = (SoundStep(((1000.0, -20.0),), 150), SoundStep((), 100), SoundStep(((1000.0, -20.0),), 150))

Tell = Callable[[str, Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a person may take: to call, and to hang up after the answer."""

    call_s: float = 180
    hang_up_s: float = 150


@dataclass(slots=True)
class Examined:
    """What was found, and the sound that shows it (16-bit samples at 8 kHz, by the names of `clips.NAMES`)."""

    findings: Findings = field(default_factory=Findings)
    clips: dict[str, bytes] = field(default_factory=dict)


class Examination:
    """Of an idle line. `tell` is called with each step and what was found in it."""

    def __init__(self, line: Line, tell: Tell, patience: Patience) -> None:
        self._line, self._tell, self._patience = line, tell, patience
        self._result = Examined()
        self._interrupted = False

    async def run(self) -> Examined:
        """The whole of it, within some minutes. Unavailable (`line_dead`, `nobody_called`) says what to do."""
        async with self._holding() as ear:
            self._battery()
            await self._dial_tone(ear)
            rang_at = await self._called(ear)
            answered_at = await self._answer(ear, rang_at)
            await self._caller_id(ear, rang_at, answered_at)
            await self._hang_up(ear, answered_at)
        return self._result

    @contextlib.asynccontextmanager
    async def _holding(self) -> AsyncIterator[Ear]:
        line, task = self._line, asyncio.current_task()
        assert task
        line.reserved = True
        line.let_go = lambda: self._interrupt(task)
        line.set_gains(0.0, 0.0)  # what is measured is what comes
        line.host.port_changed(line.id)
        ear = Ear(line)
        try:
            yield ear
        except asyncio.CancelledError:
            if self._interrupted and not task.uncancel():
                why = f"{line.id} was needed for an emergency call. Examine it again later."
                raise Unavailable(why, code="line_taken") from None
            raise
        finally:
            ear.close()
            line.reserved, line.let_go = False, lambda: None
            line.set_gains(line.settings.rx_gain_db, line.settings.tx_gain_db)
            line.go_on_hook()

    def _interrupt(self, task: asyncio.Task[Any]) -> None:
        self._interrupted = True
        task.cancel()

    def _found(self, step: str, said: Mapping[str, Any] | None = None, **findings: Any) -> None:
        self._result.findings = replace(self._result.findings, **findings)
        self._tell(step, said or {})

    def _battery(self) -> None:
        battery = self._line.port.battery
        if battery == Battery.NONE:
            raise Unavailable(no_battery(self._line.id), code="line_dead")
        self._found("battery", {"battery": str(battery)}, battery=str(battery))

    def _seize(self) -> None:
        try:
            self._line.port.seize()
        except PortError as error:
            raise Unavailable(str(error), code="line_dead") from error
        self._line.host.port_changed(self._line.id)

    # ---- dial tone -----------------------------------------------------------------------------

    async def _dial_tone(self, ear: Ear) -> None:
        self._tell("dial_tone_wait", {})
        self._seize()
        begin = ear.now_ms
        tone = await self._first_tone(ear, begin)
        self._result.clips["dial_tone"] = ear.sound(begin, begin + DIAL_TONE_CLIP_MS)
        self._found("dial_tone", {"tone": tone.as_json() if tone else None}, dial_tone=tone)
        if tone:
            await self._noise(ear)
        self._line.port.release()
        self._line.host.port_changed(self._line.id)
        await asyncio.sleep(REST_S)

    async def _first_tone(self, ear: Ear, begin: float) -> HeardTone | None:
        while ear.now_ms < begin + 1000 * DIAL_TONE_S:
            await asyncio.sleep(2 * LOOK_S)
            self._must_be_alive()
            ear.listen()
            heard = await asyncio.to_thread(tones, ear.sound(begin))
            if sure := [tone for tone in heard if tone.lasts or hang_up.clear(tone)]:
                return sure[0]
        return None

    async def _noise(self, ear: Ear) -> None:
        await self._line.audio.dial(QUIET_DIGIT)
        await asyncio.sleep((QUIET_AFTER_MS + QUIET_MS) / 1000)
        heard = ear.listen()
        sound = ear.sound(heard - QUIET_MS)
        found = levels.noise(sound)
        self._result.clips["noise"] = sound
        said = {"dbm0": found.dbm0, "hum_hz": found.hum_hz} if found else {}
        self._found("noise", said, noise=found)

    # ---- a call comes in -------------------------------------------------------------------------

    async def _called(self, ear: Ear) -> float:
        """Waits until the line has rung twice; when the first ring began."""
        self._tell("call_now", {})
        deadline = ear.now_ms + 1000 * self._patience.call_s
        begin = ear.now_ms - 1000 * REST_S
        while ear.now_ms < deadline:
            await asyncio.sleep(LOOK_S)
            ear.listen()
            rings = [at for at in times_of(ear.signs, PortEvent.RING_BEGAN) if at > begin]
            if not rings:
                self._must_be_alive()
                continue
            if await self._rings_twice(ear, rings[0]):
                return rings[0]
            begin = ear.now_ms
            self._tell("stopped_ringing", {})
        why = f"Nobody called {self._line.id} within {self._patience.call_s:.0f} s. Is the number right? Try again."
        raise Unavailable(why, code="nobody_called")

    def _must_be_alive(self) -> None:
        if not self._line.port.plugged:
            raise Unavailable(f"{self._line.id} was unplugged. Check the cable, and begin again.", code="line_dead")

    async def _rings_twice(self, ear: Ear, first: float) -> bool:
        """False when the ringing stops before. A line that rings without pauses is answered after a while."""
        self._tell("ringing", {})
        since, begin = first, first
        while ear.now_ms < begin + STEADY_RING_MS:
            await asyncio.sleep(LOOK_S)
            ear.listen()
            if since == first and asks_for_an_answer(ear.signs_since(first - ASKED_WITHIN_MS)):
                await self._answer_for_data(ear)
                since = begin = ear.now_ms
            signs = ear.signs_since(since)
            edges = [sign for sign in signs if sign.event in (PortEvent.RING_BEGAN, PortEvent.RING_ENDED)]
            silent_ms = ear.now_ms - since - (edges[-1].at_ms if edges else 0)
            silent = silent_ms > SILENT_MS and not self._line.ringing
            if silent and (cadence := ring_cadence_ms(signs)):
                self._found("rung", {"cadence_ms": list(cadence)}, ring_cadence_ms=cadence)
                return True
            if silent_ms > GIVEN_UP_MS and not self._line.ringing:
                return False
        return True

    async def _answer_for_data(self, ear: Ear) -> None:
        """In Japan: off hook until the data have come, and on hook again; then it rings as usual."""
        self._tell("answered_for_data", {})
        begin = ear.listen()
        self._seize()
        while ear.now_ms < begin + 1000 * DATA_WITHIN_S:
            await asyncio.sleep(LOOK_S)
            ear.listen()
            if any(heard.kind == HeardKind.FSK_MESSAGE for _, heard in hear_memory(Hear.V23, ear.sound(begin))):
                break
        self._line.port.release()

    async def _answer(self, ear: Ear, rang_at: float) -> float:
        self._seize()
        at = ear.now_ms
        ear.listen()
        self._result.clips["ringing"] = ear.sound(rang_at - BEFORE_RING_MS, at)
        self._line.audio.tone(BEEP, repeat=False)
        self._tell("answered", {})
        return at

    async def _caller_id(self, ear: Ear, rang_at: float, answered_at: float) -> None:
        begin = max(0.0, rang_at - BEFORE_RING_MS)
        signs = [sign for sign in ear.signs_since(begin) if sign.at_ms < answered_at - begin]
        sound = self._result.clips["ringing"]
        found: FoundCallerId | None = await asyncio.to_thread(caller_id.find, sound, signs)
        said = {"kind": found.kind, "number": found.caller.number, "name": found.caller.name} if found else {}
        self._found("caller_id", said, caller_id=found)

    # ---- the caller hangs up -----------------------------------------------------------------------

    async def _hang_up(self, ear: Ear, answered_at: float) -> None:
        self._tell("hang_up_now", {})
        found, first_at, changed_at = HangUpFound(), 0.0, 0.0
        while ear.now_ms < answered_at + 1000 * self._patience.hang_up_s and not _over(
            found, first_at, changed_at, ear.now_ms
        ):
            await asyncio.sleep(2 * LOOK_S)
            self._must_be_alive()
            seen = await self._signs_of_hang_up(ear, answered_at)
            if seen.means != found.means:
                first_at, changed_at = first_at or ear.now_ms, ear.now_ms
                self._tell("hang_up_sign", seen.as_json())
            found = seen
        self._keep_call(ear, answered_at, found)
        self._found("hang_up", found.as_json(), hang_up=found)

    async def _signs_of_hang_up(self, ear: Ear, answered_at: float) -> HangUpFound:
        begin = max(answered_at, ear.listen() - HEARD_MS)
        heard = await asyncio.to_thread(tones, ear.sound(begin))
        placed = [replace(t, begin_ms=t.begin_ms + begin, end_ms=t.end_ms + begin) for t in heard]
        return hang_up.find(ear.signs, placed, answered_at, self._result.findings.dial_tone)

    def _keep_call(self, ear: Ear, answered_at: float, found: HangUpFound) -> None:
        began = min(
            (at for at in (found.battery_at, found.polarity_at, *_begins(found)) if at is not None),
            default=ear.heard_ms,
        )
        call = ear.sound(answered_at + 500, began)  # without the beep, which comes back a little
        self._result.clips["call"] = call
        self._result.clips["hang_up"] = ear.sound(max(answered_at, ear.heard_ms - HEARD_MS))
        self._result.findings = replace(self._result.findings, speech_dbm0=levels.speech_dbm0(call))


def _begins(found: HangUpFound) -> list[float]:
    return [tone.begin_ms for tone in (found.tone, found.dial_tone) if tone]


def _over(found: HangUpFound, first_at: float, changed_at: float, now: float) -> bool:
    """Whether all is known: every sign has settled, and what can be measured was measured."""
    if not found.means:
        return False
    if now - first_at > SIGNS_MS:
        return True
    measuring = (found.battery_at is not None and found.battery_ms is None) or (
        found.tone is not None and found.tone.repetitions < TONE_SURE
    )
    return now - changed_at > SETTLED_MS and not measuring
