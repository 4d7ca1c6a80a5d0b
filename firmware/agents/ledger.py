# SPDX-License-Identifier: GPL-2.0-or-later
"""What one agent did, as the records that are kept: changes, and calls that were offered.

It is told what people chose (`choose`) and what the agent is then (`observe`). Each change ends what was before, with
its length, so that adding up the records gives every second once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from firmware.acd import AgentState
from firmware.agents.moment import Moment
from firmware.ids import uuid7
from firmware.records import AgentCall, AgentChange, Change, OfferOutcome

BRIEF_S = 5.0  # away for less is nothing worth a record: a handset that is put down after a call
AWAY = (AgentState.PAUSED, AgentState.LOGGED_OUT, AgentState.UNAVAILABLE)

Record = AgentChange | AgentCall


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose for the agent, and who did."""

    change: Change
    reason: str = ""
    queue: str | None = None
    extension: str | None = None
    by: str = "system"
    via: str = "system"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the agent is now. `call` and `queue` are of the call that is offered or talked with."""

    state: AgentState
    reason: str = ""
    call: str | None = None
    queue: str | None = None


@dataclass(slots=True)
class _Running:
    """A call of the agent's, from the offer to the end of wrap-up. `phase` began at `since`."""

    record: AgentCall
    phase: AgentState
    since: Moment
    held: Moment | None = None
    missed: bool = False


@dataclass(slots=True)
class Ledger:
    """`state` is one of `firmware.records.AgentChange.was`, since `since`; `queues`: where he is logged in."""

    agent: str
    since: Moment
    state: AgentState = AgentState.LOGGED_OUT
    reason: str = ""
    queues: tuple[str, ...] = ()
    _gone: tuple[Moment, str] | None = field(default=None)  # unreachable since, and why; not written yet
    _running: _Running | None = field(default=None)
    _fresh: bool = field(default=False)  # somebody has just chosen, so that the next state is what was chosen
    last: AgentCall | None = field(default=None)  # the newest call that was answered

    # ---- changes ---------------------------------------------------------------------------------

    def choose(self, choice: Choice, queues: Sequence[str], now: Moment) -> list[Record]:
        """Somebody chose; `queues` are those of the agent from now on."""
        records = self._back(now)
        change = self._change(choice.change, now)
        self.queues, self._fresh = tuple(queues), True
        return [*records, replace(change, reason=choice.reason, queue=choice.queue, extension=choice.extension,
                                  by=choice.by, via=choice.via)]  # fmt: skip

    def observe(self, seen: Seen, now: Moment) -> list[Record]:
        """What the agent is now; nothing new is no record."""
        return [*self._call(seen, now), *self._state(seen, now)]

    def _state(self, seen: Seen, now: Moment) -> list[Record]:
        fresh, self._fresh = self._fresh, False
        if seen.state == AgentState.UNAVAILABLE:  # available, but for the phone
            records = [] if self._gone else self._turn(AgentState.AVAILABLE, "", fresh, now)
            self._gone = self._gone or (now, seen.reason)
            return records
        records = self._back(now)
        if seen.state in AWAY:
            return records + self._turn(seen.state, seen.reason, fresh and not records, now)
        return records + self._turn(AgentState.AVAILABLE, "", fresh and not records, now)

    def _turn(self, state: AgentState, reason: str, fresh: bool, now: Moment) -> list[Record]:
        """`fresh`: what was before has its record already."""
        if (state, reason) == (self.state, self.reason):
            return []
        records: list[Record] = [] if fresh else [self._change(Change.TOOK_EFFECT, now)]
        self.state, self.reason = state, reason
        return records

    def _back(self, now: Moment) -> list[Record]:
        """Reachable again, or something else takes its place."""
        if not self._gone:
            return []
        (gone, why), self._gone = self._gone, None
        if now.since(gone) < BRIEF_S:
            return []
        left = self._change(Change.UNREACHABLE, gone, why)
        self.state, self.reason = AgentState.UNAVAILABLE, why
        back = self._change(Change.REACHABLE, now)
        self.state, self.reason = AgentState.AVAILABLE, ""
        return [left, back]

    def _change(self, change: Change, now: Moment, reason: str = "") -> AgentChange:
        record = AgentChange(
            str(uuid7()), self.agent, now.at, change, reason, was=self.state.value, was_reason=self.reason,
            queues=self.queues, lasted_s=now.since(self.since),
        )  # fmt: skip
        self.since = now
        return record

    # ---- calls -----------------------------------------------------------------------------------

    def missed(self) -> None:
        """The call that is being offered is not taken."""
        if self._running:
            self._running.missed = True

    def hold(self, on: bool, now: Moment) -> None:
        """The caller waits for the agent, or no longer."""
        running = self._running
        if not running or running.phase != AgentState.ON_CALL:
            return
        if on:
            running.held = running.held or now
        elif running.held:
            held_s = running.record.hold_s + now.since(running.held)
            running.record, running.held = replace(running.record, hold_s=round(held_s, 3)), None

    def coded(self, code: str) -> bool:
        """The agent gave the last call its disposition code; True while it is not concluded."""
        assert self.last
        self.last = replace(self.last, code=code)
        goes_on = self._running is not None and self._running.record.call == self.last.call
        if self._running and goes_on:
            self._running.record = replace(self._running.record, code=code)
        return goes_on

    def _call(self, seen: Seen, now: Moment) -> list[Record]:
        records: list[Record] = []
        running = self._running
        if running and not _same(running, seen):
            records.append(self._ended(running, now))
            self._running = running = None
        if running or (seen.call and seen.state in (AgentState.OFFERED, AgentState.ON_CALL)):
            records += self._went_on(running, seen, now)
        return records

    def _went_on(self, running: _Running | None, seen: Seen, now: Moment) -> list[Record]:
        if running and running.phase == seen.state:
            return []
        if not running:
            new = AgentCall(self.agent, now.at, seen.call or "", seen.queue or "", OfferOutcome.WITHDRAWN)
            running = self._running = _Running(new, AgentState.OFFERED, now)
            if seen.state == AgentState.OFFERED:
                return []
        if running.phase == AgentState.OFFERED:
            ring_s = now.since(running.since)
            running.record = replace(running.record, outcome=OfferOutcome.ANSWERED, ring_s=ring_s, talk_s=None)
        if seen.state == AgentState.WRAP_UP:
            running.record = replace(self._talked(running, now), wrap_s=None)
        running.phase, running.since, self.last = seen.state, now, running.record
        return [running.record]

    def _ended(self, running: _Running, now: Moment) -> AgentCall:
        """The last word on this call as far as this agent goes."""
        record, lasted_s = running.record, now.since(running.since)
        match running.phase:
            case AgentState.OFFERED:
                outcome = OfferOutcome.MISSED if running.missed else OfferOutcome.WITHDRAWN
                return replace(record, outcome=outcome, ring_s=lasted_s)
            case AgentState.ON_CALL:
                return self._talked(running, now)
        return replace(record, wrap_s=lasted_s)

    def _talked(self, running: _Running, now: Moment) -> AgentCall:
        self.hold(False, now)
        lasted_s = now.since(running.since) if running.phase == AgentState.ON_CALL else 0.0
        return replace(running.record, talk_s=round(max(0.0, lasted_s - running.record.hold_s), 3))

    # ---- as it is now ----------------------------------------------------------------------------

    def open(self, now: Moment) -> list[Record]:
        """What goes on, as if it ended now. Nothing changes by it."""
        asked = replace(self, _running=replace(self._running) if self._running else None)
        records = [*asked._back(now), asked._change(Change.TOOK_EFFECT, now)]
        return [*records, asked._ended(asked._running, now)] if asked._running else records


def _same(running: _Running, seen: Seen) -> bool:
    """Whether it is still this call that the agent is busy with."""
    of_call = seen.state == AgentState.WRAP_UP or seen.call == running.record.call
    return of_call and seen.state in _AFTER[running.phase]


_AFTER = {
    AgentState.OFFERED: (AgentState.OFFERED, AgentState.ON_CALL),
    AgentState.ON_CALL: (AgentState.ON_CALL, AgentState.WRAP_UP),
    AgentState.WRAP_UP: (AgentState.WRAP_UP,),
}
