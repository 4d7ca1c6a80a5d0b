# SPDX-License-Identifier: GPL-2.0-or-later
"""A call: the legs that belong together, from first ring to last hang-up, under one id."""

from __future__ import annotations

import enum
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from firmware import times
from firmware.calls.causes import Cause
from firmware.calls.leg import Caller, Leg
from firmware.calls.quality import Quality, worst
from firmware.ids import uuid7
from firmware.records import Cdr, Direction, Disposition, LegRecord, TrailEvent

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from firmware.calls.conversation import Conversation
    from firmware.calls.journal import Journal

log = logging.getLogger(__name__)


class CallState(enum.StrEnum):
    RINGING = "ringing"
    GREETING = "greeting"
    WAITING = "waiting"
    OFFERED = "offered"
    TALKING = "talking"
    SURVEY = "survey"
    DIALLING = "dialling"
    ENDING = "ending"


class Call:
    """What is known of a call while it goes on. The journal keeps it, whatever happens to this process."""

    def __init__(
        self, journal: Journal, direction: Direction, caller: Caller, to_number: str, state: CallState, **known: Any
    ) -> None:
        self._journal = journal
        self.state = state
        self.cdr = Cdr(
            id=known.pop("id", None) or str(uuid7()),
            direction=direction,
            from_number=caller.number,
            from_name=caller.name,
            to_number=to_number,
            started_at=times.now(),
            **known,
        )
        self.legs: dict[Leg, LegRecord] = {}
        self.recording = False
        self.recording_silent = ""  # why nothing of it is kept now
        self.on_hold = False
        self.on_held: Callable[[bool], None] = lambda on: None  # told when it changes
        self.private = caller.private
        self.overflowed = False
        self.emergency = False
        self.withheld: bool | None = None  # whether it shows outside who calls; None: as configured
        self.shown: Caller | None = None  # to the outside, when it is not who calls
        self.hops = 0  # from target to target, since somebody answered
        self.served = False  # the box itself has answered it: whoever waits then hears music instead of ringing
        self.outcome: Disposition | None = None  # what it comes to, when it is neither a conversation nor none
        self.conversation: Conversation | None = None  # while people talk
        self.priority = 0  # in queues, beside theirs
        self.required: Mapping[str, int] = {}  # skills of agents, beside those that queues require
        self.recording_refused = False  # by the caller
        self.surveyed = False
        self.quality: Quality | None = None  # the worst of the parties that left
        self.on_answered: Callable[[], None] = lambda: None
        self.on_sent: Callable[[], None] = lambda: None  # to another queue
        self.queued_at = self.cdr.started_at
        self._talked_until: datetime | None = None
        journal.began(self)

    @property
    def id(self) -> str:
        """UUIDv7."""
        return self.cdr.id

    @property
    def caller(self) -> Caller:
        """Who calls."""
        return Caller(self.cdr.from_number, self.cdr.from_name, self.private)

    def identified(self, caller: Caller) -> None:
        """Who calls became known, or stays unknown."""
        self.private = caller.private
        self.learnt(from_number=caller.number, from_name=caller.name)
        self.note("caller_id", number=caller.number, name=caller.name, private=caller.private)

    def became(self, state: CallState, event: str, **data: Any) -> None:
        """The one place where the state changes."""
        log.info("%s: %s -[%s]> %s", self.id, self.state, event, state)
        self.state = state
        self.note(event, **data)

    def note(self, event: str, /, **data: Any) -> None:
        """Something for the trail."""
        self.note_at(times.now(), event, **data)

    def changed(self) -> None:
        """Something else of it is to be seen."""
        self._journal.changed(self)

    def note_at(self, at: datetime, event: str, /, **data: Any) -> None:
        """The same, of something that was known before it could be told."""
        self._journal.note(TrailEvent(self.id, at, event, data))
        self._journal.changed(self)

    def learnt(self, **known: Any) -> None:
        """Something for the CDR: caller, queue, agent, trunk, line."""
        self.cdr = replace(self.cdr, **known)
        self._journal.save(self)

    def queued(self, queue: str) -> None:
        """The caller waits in a queue from now on."""
        self.queued_at = times.now()
        self.learnt(queue=queue)

    def sent_to(self, queue: str, *, keep_wait: bool) -> None:
        """The caller waits in another queue from now on."""
        if not keep_wait:
            self.queued_at = times.now()
        self.learnt(queue=queue)
        self.on_sent()

    def joined(self, leg: Leg) -> None:
        """A party became part of the call."""
        self.legs[leg] = LegRecord(str(uuid7()), self.id, leg.kind, leg.name, times.now())
        self._journal.leg_began(self.legs[leg])
        leg.on_note = self.note
        leg.on_digit = lambda digit: self.note("digit", leg=leg.name, digit=digit)

    def release(self, leg: Leg, cause: Cause = Cause.NORMAL) -> None:
        """Lets go of a party, unless it is part of another call by now."""
        if leg in self.legs:
            self.parted(leg)
            leg.hang_up(cause)

    def parted(self, leg: Leg) -> None:
        """A party is no longer part of it."""
        record = self.legs.pop(leg, None)
        if record:
            self._sounded(leg)
            cause = leg.gone.result() if leg.gone.done() else Cause.NORMAL
            self._journal.leg_ended(replace(record, ended_at=times.now(), cause=int(cause)))
            self._journal.changed(self)

    def _sounded(self, leg: Leg) -> None:
        """How a party sounded: for the CDR, for the trail when it was poor, for whoever looks after lines."""
        quality = leg.quality() if self.cdr.answered_at else None
        if quality is None:
            return
        self.quality = worst(self.quality, quality)
        self.cdr = replace(self.cdr, **self.quality.as_json())
        if quality.poor:
            self.note("poor_quality", leg=leg.name, **quality.as_json())
        self._journal.on_quality(self.cdr, leg, quality)

    def holds(self, on: bool) -> None:
        """Somebody waits for another party, or nobody any more."""
        if on != self.on_hold:
            self.on_hold = on
            self.on_held(on)
            self._journal.changed(self)

    def answered(self, **known: Any) -> None:
        """A person took the call."""
        self.hops = 0
        at = times.now()
        self.learnt(answered_at=at, wait_s=round(self.waited_s(), 3), disposition=None, **known)
        self.became(CallState.TALKING, "answered", **known)
        self.on_answered()

    def waited_s(self) -> float:
        """Since the caller is in the queue."""
        return max(0.0, (times.now() - self.queued_at).total_seconds())

    def talk_over(self) -> None:
        """What follows in this call is no talk."""
        self._talked_until = self._talked_until or times.now()

    def ended(self, disposition: Disposition, cause: Cause, by: str) -> None:
        """It is over. `by` is "caller", "callee" or "system". Only the first word counts."""
        if self.cdr.ended_at:
            return
        for leg in list(self.legs):
            self.parted(leg)
        at = times.now()
        answered = self.cdr.answered_at
        self.cdr = replace(
            self.cdr,
            ended_at=at,
            talk_s=round(((self._talked_until or at) - answered).total_seconds(), 3) if answered else 0.0,
            wait_s=self.cdr.wait_s if answered else round((at - self.queued_at).total_seconds(), 3),
            disposition=disposition,
            hangup_cause=int(cause),
            hangup_by=by,
        )
        self.became(CallState.ENDING, "ended", disposition=disposition, cause=int(cause), by=by)
        self._journal.ended(self)

    def as_json(self) -> dict[str, Any]:
        """ActiveCall of the control socket."""
        cdr = self.cdr.as_json()
        names = ("id", "direction", "from_number", "from_name", "to_number", "line", "trunk", "queue", "agent")
        return {
            **{name: cdr[name] for name in names},
            "state": self.state.value,
            "emergency": self.emergency,
            "started_at": cdr["started_at"],
            "answered_at": cdr["answered_at"],
            "connected_at": cdr["answered_at"],
            "wait_s": cdr["wait_s"] if cdr["answered_at"] else None,
            "recording": self.recording,
            "recording_silent": self.recording_silent,
            "on_hold": self.on_hold,
            "legs": [{"kind": leg.kind, "name": leg.name, "extension": leg.number} for leg in self.legs],
            "consultation": self.conversation.consultation_json() if self.conversation else None,
        }
