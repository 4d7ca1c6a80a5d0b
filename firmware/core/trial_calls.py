# SPDX-License-Identifier: GPL-2.0-or-later
"""Follows the test calls of the acceptance: somebody says that one comes now, and it is recorded and measured."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from array import array
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firmware import times
from firmware.acceptance.check import Result, Seen
from firmware.acceptance.examine import CALL_IN
from firmware.acceptance.trial_call import DIRECTIONS, TrialCall
from firmware.archive.library import Library, key_of
from firmware.calls import orders
from firmware.doctor import levels
from firmware.errors import NotFound, TipringError, Unavailable
from firmware.records import Recording, RecordingState
from firmware.store.history import recordings_of
from firmware.store.writer import HistoryWriter

if TYPE_CHECKING:
    from firmware.core.config_office import ConfigOffice
    from firmware.core.pbx import Pbx

log = logging.getLogger(__name__)

ARMED_S = 600.0
STORED_S, LOOK_S = 90.0, 0.5  # until a recording is in the library
LONGEST_SAMPLES = 120 * 8000

Json = dict[str, Any]


@dataclass(slots=True)
class Awaited:
    """A test call that somebody said would come, until `until` (monotonic seconds) if none has begun by then."""

    by: str
    until: float
    call: TrialCall | None = None


class TrialCalls:
    """Lives in the asyncio thread. `seen` is told what a call proved, `changed` that there is more to show."""

    def __init__(
        self, pbx: Pbx, writer: HistoryWriter, state: Path, configuration: ConfigOffice,
        seen: Callable[[Seen], Awaitable[None]], changed: Callable[[], None],
    ) -> None:  # fmt: skip
        self._pbx, self._writer, self._state, self._configuration = pbx, writer, state, configuration
        self._seen, self._changed = seen, changed
        self._awaited: dict[str, Awaited] = {}

    def expect(self, check: str, by: str) -> None:
        """From now on the next call in or out is the test call."""
        self._awaited[check] = Awaited(by, time.monotonic() + ARMED_S)
        self._changed()

    def forget(self, check: str) -> None:
        """It is not waited for any more."""
        self._awaited.pop(check, None)
        self._changed()

    def as_json(self) -> dict[str, Any]:
        """By check: {"call": what is known, or null while it is waited for}."""
        for check in [
            check for check, item in self._awaited.items() if not item.call and time.monotonic() > item.until
        ]:
            del self._awaited[check]
        return {check: {"call": item.call.as_json() if item.call else None} for check, item in self._awaited.items()}

    def heard(self, event: str, data: Json) -> None:
        """An event of the core."""
        if event == "call" and (check := DIRECTIONS.get(data["direction"])) in self._awaited:
            self._goes_on(check, data)
        elif event == "call_ended" and (check := self._of(data["id"])):
            self._pbx.spawn(self._ended(check, data))

    def _of(self, call: str) -> str | None:
        return next((check for check, item in self._awaited.items() if item.call and item.call.call == call), None)

    def _goes_on(self, check: str, data: Json) -> None:
        item = self._awaited[check]
        if item.call is None:
            item.call = TrialCall(data["id"])
        if item.call.call != data["id"]:
            return
        before = item.call.as_json()
        item.call.goes_on(data)
        if data["state"] == "talking" and not data["recording"]:
            asyncio.get_running_loop().call_soon(self._record, data["id"], item.by)
        if item.call.as_json() != before:
            self._changed()

    def _record(self, call: str, by: str) -> None:
        with contextlib.suppress(TipringError):  # it ended meanwhile, or the caller does not want it: the step says so
            orders.recording(self._pbx, call, "start", by)

    async def _ended(self, check: str, cdr: Json) -> None:
        item = self._awaited[check]
        assert item.call
        if item.call.ended:
            return
        item.call.ended = True
        self._changed()
        if item.call.recorded:
            await self._measure(item.call, inbound=check == CALL_IN)
        verdict = item.call.verdict(check, times.now(), item.by)
        await self._seen(verdict)
        if verdict.result is Result.PASS:
            await self._confirmed(cdr, item.by)
        if self._awaited.get(check) is item:
            self.forget(check)

    async def _confirmed(self, cdr: Json, by: str) -> None:
        """What was on trial when the call began has shown that calls get through: it stays."""
        with contextlib.suppress(NotFound):
            await self._pbx.keep_trial(by, times.parse(cdr["started_at"]))

    async def _measure(self, trial: TrialCall, *, inbound: bool) -> None:
        try:
            async with asyncio.timeout(STORED_S):
                recording = await self._stored(trial.call)
            first, second = await asyncio.to_thread(self._levels, recording)
        except (OSError, TimeoutError, TipringError) as error:
            log.warning("the test call %s cannot be measured: %s", trial.call, error)
            trial.recorded = False
            return
        trial.measured(*((first, second) if inbound else (second, first)))

    async def _stored(self, call: str) -> Recording:
        while True:
            found = await self._writer.run(recordings_of, call)
            if found and found[0].state is RecordingState.READY:
                return found[0]
            if found and found[0].state is RecordingState.FAILED:
                raise Unavailable("There is nothing in the recording.")
            await asyncio.sleep(LOOK_S)

    def _levels(self, recording: Recording) -> tuple[float | None, float | None]:
        """Of caller and called party, in a thread."""
        document = self._configuration.revision.document
        library = Library(self._state / "recordings", lambda: key_of(self._state, document))
        sound = array("h", b"".join(library.pcm(recording))[: 4 * LONGEST_SAMPLES])
        return levels.speech_dbm0(sound[0::2].tobytes()), levels.speech_dbm0(sound[1::2].tobytes())
