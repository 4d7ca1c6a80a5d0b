# SPDX-License-Identifier: GPL-2.0-or-later
"""Where calls tell what happens to them: history.db through its writer thread, and whoever listens live."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from firmware import times
from firmware.calls.call import Call
from firmware.config import Config
from firmware.errors import TipringError
from firmware.ids import uuid7
from firmware.records import Alarm, Cdr, LegRecord, Recording, Severity, TrailEvent
from firmware.store import history
from firmware.store.writer import HistoryWriter

log = logging.getLogger(__name__)

Publish = Callable[[str, dict[str, Any]], None]


class Journal:
    """Nothing here waits for the disk. What cannot be written is an alarm, never the end of a call."""

    def __init__(self, writer: HistoryWriter, publish: Publish, config: Callable[[], Config]) -> None:
        self._writer, self._publish, self._config = writer, publish, config
        self._loop = asyncio.get_running_loop()
        self.calls: dict[str, Call] = {}
        self.alarms: dict[str, Alarm] = {}  # standing, by kind

    @property
    def _cloud(self) -> bool:
        return self._config().cloud is not None

    # ---- calls ---------------------------------------------------------------------------------

    def began(self, call: Call) -> None:
        """A new call."""
        self.calls[call.id] = call
        self._write(history.call_began, call.cdr)
        self._publish("call", call.as_json())

    def changed(self, call: Call) -> None:
        """Something to be seen live."""
        if call.id in self.calls:
            self._publish("call", call.as_json())

    def save(self, call: Call) -> None:
        """The CDR is another one."""
        self._write(history.call_changed, call.cdr)
        self.changed(call)

    def ended(self, call: Call) -> None:
        """The last word on a call."""
        self.calls.pop(call.id, None)
        self._write(history.call_ended, call.cdr, self._cloud)
        self._publish("call_ended", call.cdr.as_json())

    def note(self, event: TrailEvent) -> None:
        """A line of a call's trail."""
        self._write(history.trail, [event])

    def leg_began(self, leg: LegRecord) -> None:
        """A party joined."""
        self._write(history.leg_began, leg)

    def leg_ended(self, leg: LegRecord) -> None:
        """A party left."""
        self._write(history.leg_ended, leg)

    # ---- recordings ----------------------------------------------------------------------------

    def recording_began(self, recording: Recording) -> None:
        """A file that will have to be finished, even by the next core."""
        self._write(history.recording_began, recording)
        self._publish("recording", recording.as_json())

    def recording_ready(self, recording: Recording) -> None:
        """Finished and hashed."""
        cloud = self._config().cloud
        self._write(history.recording_ready, recording, cloud is not None, bool(cloud and cloud.recordings))
        self._publish("recording", {**recording.as_json(), "state": "ready"})

    def recording_failed(self, recording: Recording) -> None:
        """There is nothing in it."""
        self._write(history.recording_failed, recording)
        self._publish("recording", {**recording.as_json(), "state": "failed"})

    # ---- alarms --------------------------------------------------------------------------------

    def raise_alarm(self, kind: str, severity: Severity, text: str) -> None:
        """Raises the alarm of this kind; while one stands, nothing more is said."""
        if kind in self.alarms:
            return
        alarm = self.alarms[kind] = Alarm(str(uuid7()), kind, severity, text, times.now())
        log.error("alarm %s: %s", kind, text)
        self._write(history.alarm_raised, alarm, self._cloud, quietly=True)
        self._publish("alarm", alarm.as_json())

    def clear_alarm(self, kind: str) -> None:
        """The cause is gone."""
        alarm = self.alarms.pop(kind, None)
        if alarm:
            at = times.now()
            self._write(history.alarm_cleared, alarm.id, at, self._cloud, quietly=True)
            self._publish("alarm", {**alarm.as_json(), "cleared_at": times.iso(at)})

    # ---- writing -------------------------------------------------------------------------------

    def _write(self, fn: Callable[..., Any], *args: Any, quietly: bool = False) -> None:
        try:
            future = self._writer.submit(fn, *args)
        except TipringError as error:
            log.error("not written: %s", error)
            return
        if not quietly:
            future.add_done_callback(self._written)

    def _written(self, future: Future[Any]) -> None:
        """In the writer's thread."""
        self._loop.call_soon_threadsafe(self._look, future.exception())

    def _look(self, error: BaseException | None) -> None:
        if error:
            text = f"The call history cannot be written: {error} Calls go on; make room on the disk."
            self.raise_alarm("history", Severity.CRITICAL, text)
        elif "history" in self.alarms:
            self.clear_alarm("history")


def lost_calls(cdrs: list[Cdr]) -> str:
    """A sentence about the calls that the last core took with it."""
    return f"{len(cdrs)} calls were cut when the core stopped; their records are marked as failed."
