# SPDX-License-Identifier: GPL-2.0-or-later
"""Where calls tell what happens to them: history.db through its writer thread, and whoever listens live."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from firmware import times
from firmware.alarms import flapping
from firmware.calls.backlog import Backlog
from firmware.calls.call import Call
from firmware.calls.leg import Leg
from firmware.calls.quality import Quality
from firmware.config import Config
from firmware.ids import uuid7
from firmware.records import Alarm, Cdr, LegRecord, Recording, Severity, TrailEvent
from firmware.store import history
from firmware.store.writer import HistoryWriter

log = logging.getLogger(__name__)

Publish = Callable[[str, dict[str, Any]], None]
HISTORY, RECORDING, CARD = "history", "recording", "card"  # kinds of alarms
VOICEMAIL_PIN = "voicemail_pin:"  # before the number of a box
AGENT_PIN = "agent_pin:"  # before the id of an agent
TRUNK, OFF_HOOK, PORT = "trunk:", "off_hook:", "port:"  # these go before the name of a trunk or a port
EMERGENCY, TOLL, DISA = "emergency:", "toll:", "disa:"  # before a call, a kind of call, a name
EDGE = "edge"  # the SIP edge is away
CERTIFICATE = "certificate"  # the one that SIP phones see
LINE = "line:"  # before a line's port and what changed on it
CONFIG = "configuration"  # its file is damaged
BOARD = "board:"  # before a part of the board
CELLULAR = "cellular:"  # before the name of a cellular modem
BATTERY, QUALITY = "battery:", "quality:"  # before a port; "line:PORT" or "trunk:NAME"
BANS, UPLINK, TRIAL = "bans", "service:uplink", "trial_returned"
PAST, READ_ONLY, UPDATE = "clock:past", "read_only", "update"

OWN = (
    TRUNK, OFF_HOOK, PORT, LINE, BATTERY, QUALITY, BOARD, CELLULAR, EMERGENCY, TOLL, DISA, VOICEMAIL_PIN, AGENT_PIN,
)  # fmt: skip
OWN_WORDS = (
    HISTORY, RECORDING, CARD, EDGE, CERTIFICATE, CONFIG, BANS, UPLINK, TRIAL, PAST, READ_ONLY, UPDATE,
)  # fmt: skip


def own(kind: str) -> bool:
    """Whether it is the core that raises and clears alarms of this kind."""
    return kind in OWN_WORDS or kind.startswith(OWN)


class Journal:
    """Nothing here waits for the disk. What cannot be written is an alarm, and is written later."""

    def __init__(self, writer: HistoryWriter, publish: Publish, config: Callable[[], Config]) -> None:
        self._publish, self._config = publish, config
        self._backlog = Backlog(writer, self._written)
        self.calls: dict[str, Call] = {}
        self.alarms: dict[str, Alarm] = {}  # the core's own that stand, by kind
        self._over: dict[str, tuple[Alarm, datetime]] = {}  # by kind, with when they were cleared
        self.on_quality: Callable[[Cdr, Leg, Quality], None] = lambda cdr, leg, quality: None
        self._others: dict[str, Alarm] = {}  # those of other services, by id

    @property
    def _cloud(self) -> bool:
        return self._config().cloud is not None

    # ---- calls ---------------------------------------------------------------------------------

    def began(self, call: Call) -> None:
        """A new call."""
        self.calls[call.id] = call
        self._backlog.put(history.call_began, call.cdr)
        self._publish("call", call.as_json())

    def changed(self, call: Call) -> None:
        """Something to be seen live."""
        if call.id in self.calls:
            self._publish("call", call.as_json())

    def save(self, call: Call) -> None:
        """The CDR is another one."""
        self._backlog.put(history.call_changed, call.cdr)
        self.changed(call)

    def ended(self, call: Call) -> None:
        """The last word on a call."""
        self.calls.pop(call.id, None)
        self._backlog.put(history.call_ended, call.cdr, self._cloud, essential=True)
        self._publish("call_ended", call.cdr.as_json())

    def note(self, event: TrailEvent) -> None:
        """A line of a call's trail."""
        self._backlog.put(history.trail, [event])
        call = self.calls.get(event.call)
        self._publish("trail", {**event.as_json(), "queue": call.cdr.queue if call else None})

    def leg_began(self, leg: LegRecord) -> None:
        """A party joined."""
        self._backlog.put(history.leg_began, leg)

    def leg_ended(self, leg: LegRecord) -> None:
        """A party left."""
        self._backlog.put(history.leg_ended, leg)

    # ---- recordings ----------------------------------------------------------------------------

    def recording_began(self, recording: Recording) -> None:
        """A file that will have to be finished, even by the next core."""
        self._backlog.put(history.recording_began, recording, essential=True)
        self._publish("recording", recording.as_json())

    def recording_masked(self, recording: Recording) -> None:
        """Another span of it is silence."""
        self._backlog.put(history.recording_masked, recording)

    def recording_whole(self, recording: Recording) -> None:
        """Finished and hashed; the archive makes of it what is kept, and tells the cloud."""
        self._backlog.put(history.recording_whole, recording, essential=True)
        self._publish("recording", {**recording.as_json(), "state": "ready"})

    def recording_failed(self, recording: Recording) -> None:
        """There is nothing in it."""
        self._backlog.put(history.recording_failed, recording, essential=True)
        self._publish("recording", {**recording.as_json(), "state": "failed"})

    # ---- alarms --------------------------------------------------------------------------------

    def raise_alarm(self, kind: str, severity: Severity, text: str) -> None:
        """Raises the alarm of this kind; while one stands that is as grave, nothing more is said."""
        alarm, standing = Alarm(str(uuid7()), kind, severity, text, times.now()), self.alarms.get(kind)
        if standing and standing.severity.weight >= severity.weight:
            return
        if standing:
            alarm = flapping.again(standing, alarm)
        elif (before := self._over.pop(kind, None)) and alarm.raised_at - before[1] < flapping.SOON:
            alarm = flapping.again(before[0], alarm)
        self.alarms[kind] = alarm
        log.error("alarm %s: %s", kind, text)
        self._backlog.put(history.alarm_raised, alarm, self._cloud, essential=True)
        self._publish("alarm", alarm.as_json())

    def clear_alarm(self, kind: str) -> None:
        """The cause is gone."""
        alarm = self.alarms.pop(kind, None)
        if alarm:
            at = times.now()
            self._over = {k: known for k, known in self._over.items() if at - known[1] < flapping.SOON}
            self._over[kind] = (alarm, at)
            self._backlog.put(history.alarm_cleared, alarm.id, at, self._cloud, essential=True)
            self._publish("alarm", {**alarm.as_json(), "cleared_at": times.iso(at)})

    def acknowledge(self, ids: Collection[str] | None = None, by: str = "") -> list[Alarm]:
        """Somebody knows of these (None: of all that stand); those that this is news for."""
        at = times.now()
        news = [a for a in self.standing() if not a.acknowledged_at and (ids is None or a.id in ids)]
        known = {alarm.id: replace(alarm, acknowledged_at=at, acknowledged_by=by) for alarm in news}
        self.alarms |= {kind: known[alarm.id] for kind, alarm in self.alarms.items() if alarm.id in known}
        self._others |= {id: known[id] for id in self._others if id in known}
        if known:
            self._backlog.put(history.alarms_acknowledged, list(known), at, by, essential=True)
        for alarm in known.values():
            self._publish("alarm", alarm.as_json())
        return list(known.values())

    def take_over(self, standing: list[Alarm], over: list[Alarm]) -> None:
        """At the start: the core's own alarms in the history that stand since before, and those just over."""
        self.alarms |= {alarm.kind: alarm for alarm in standing if own(alarm.kind)}
        self._over |= {alarm.kind: (alarm, alarm.cleared_at) for alarm in over if alarm.cleared_at and own(alarm.kind)}

    def others_stand(self, standing: list[Alarm]) -> None:
        """What other services raised in the history is shown with the core's own."""
        others = {alarm.id: alarm for alarm in standing if not own(alarm.kind)}
        for id, alarm in self._others.items():
            if id not in others:
                self._publish("alarm", {**alarm.as_json(), "cleared_at": times.iso(times.now())})
        for id, alarm in others.items():
            if id not in self._others:
                self._publish("alarm", alarm.as_json())
        self._others = others

    def standing(self) -> list[Alarm]:
        """Every alarm of the box that stands."""
        return [*self.alarms.values(), *self._others.values()]

    def announce(self, event: str, data: dict[str, Any]) -> None:
        """Anything else for whoever listens."""
        self._publish(event, data)

    # ---- writing -------------------------------------------------------------------------------

    def write(self, fn: Callable[..., Any], *args: Any, essential: bool = True) -> None:
        """Anything else for the history, in its order. What is not `essential` is dropped first if the disk is away."""
        self._backlog.put(fn, *args, essential=essential)

    async def flush(self, timeout_s: float) -> None:
        """Waits until all is written, but not longer."""
        await self._backlog.flush(timeout_s)

    def _written(self, error: Exception | None) -> None:
        if error:
            text = f"The call history cannot be written: {error} Calls go on and are kept in memory until it can."
            self.raise_alarm(HISTORY, Severity.CRITICAL, text)
        elif HISTORY in self.alarms:
            self.clear_alarm(HISTORY)
