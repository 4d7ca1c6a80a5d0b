# SPDX-License-Identifier: GPL-2.0-or-later
"""Counts calls that fraud is made with, and stops their kind when a limit is passed, until a person lifts it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from firmware import times
from firmware.calls import outside
from firmware.calls.call import Call
from firmware.calls.causes import Cause
from firmware.calls.journal import TOLL, Journal
from firmware.calls.leg import Leg
from firmware.config import TollLimits, Tolls
from firmware.ids import uuid7
from firmware.records import Severity
from firmware.routing.outward import Outward, TollKind
from firmware.routing.tolls import DAY, HOUR, TollCall, passed, use
from firmware.store import tolls as store
from firmware.store.tolls import Stop

WHAT = ("calls", "minutes")


class TollMeter:
    """`look` now and then: minutes pass by themselves."""

    def __init__(self, journal: Journal, settings: Callable[[], Tolls]) -> None:
        self._journal, self._settings = journal, settings
        self._calls: dict[str, TollCall] = {}
        self._running: dict[str, tuple[Call, Leg]] = {}
        self._watching: set[asyncio.Task[None]] = set()
        self._stops = {kind: Stop(kind) for kind in TollKind}

    def take_over(self, calls: Iterable[TollCall], stops: Iterable[Stop]) -> None:
        """What the history knows."""
        self._calls |= {call.id: call for call in calls}
        self._stops |= {stop.kind: stop for stop in stops}

    # ---- calls ---------------------------------------------------------------------------------

    def refuses(self, kind: TollKind | None, more: int = 1) -> str:
        """Why one more call of this kind cannot be, "" when it can. The one that is too much stops its kind.

        `more`: text messages that one text takes.
        """
        if kind is None:
            return ""
        self._check(kind, more)
        return self.stopped(kind)

    def stopped(self, kind: TollKind | None) -> str:
        """Why no call of this kind can be now, "" when one can."""
        if kind is None or not self._stops[kind].since:
            return ""
        return f"calls to {kind} numbers are stopped ({self._stops[kind].why})"

    def began(self, call: Call, leg: Leg, way: Outward) -> None:
        """A call went out on `leg`."""
        if way.toll is None:
            return
        toll = TollCall(str(uuid7()), way.toll, way.number, times.now())
        self._running[toll.id] = (call, leg)
        self._save(toll)
        task = asyncio.create_task(self._follow(toll, leg))
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)

    def texted(self, kind: TollKind, number: str, messages: int = 1) -> None:
        """A text went to such a number: each message that it takes counts as a call without a minute."""
        at = times.now()
        for _ in range(messages):
            self._save(TollCall(str(uuid7()), kind, number, at, ended=at))

    async def _follow(self, toll: TollCall, leg: Leg) -> None:
        """Counts from the answer to the end, whatever becomes of the call."""
        answer = asyncio.create_task(outside.answered(leg))
        try:
            signs: set[asyncio.Future[Any]] = {answer, leg.gone}
            await asyncio.wait(signs, return_when=asyncio.FIRST_COMPLETED)
            if answer.done() and not answer.exception():
                toll = replace(toll, began=times.now())
                self._save(toll)
            await asyncio.wait({leg.gone})
        finally:
            answer.cancel()
            self._running.pop(toll.id, None)
            self._save(replace(toll, ended=times.now()))

    def _save(self, toll: TollCall) -> None:
        self._calls[toll.id] = toll
        self._journal.write(store.toll_saved, toll, times.now())

    # ---- limits --------------------------------------------------------------------------------

    def look(self) -> None:
        """Time has passed."""
        old = times.now() - store.KEPT
        self._calls = {
            id: call for id, call in self._calls.items() if (call.ended or call.at) > old or id in self._running
        }
        for id in self._running:
            if self._calls[id].began:
                self._save(self._calls[id])
        for kind in TollKind:
            self._check(kind)

    def _check(self, kind: TollKind, more: int = 0) -> None:
        stop = self._stops[kind]
        if stop.since:
            return
        found = passed(self._limits(kind), self._calls.values(), kind, times.now(), stop.lifted_at, more)
        if found:
            self._stop(kind, str(found))

    def _limits(self, kind: TollKind) -> TollLimits:
        settings = self._settings()
        return settings.premium if kind is TollKind.PREMIUM else settings.international

    def _stop(self, kind: TollKind, why: str) -> None:
        self._keep(replace(self._stops[kind], since=times.now(), why=why))
        text = f"Calls to {kind} numbers are stopped: {why}. If this is no fraud, lift it: tipring tolls lift {kind}"
        self._journal.raise_alarm(TOLL + kind, Severity.CRITICAL, text)
        if self._settings().cut_calls:
            for call, leg in [self._running[id] for id, toll in self._calls.items() if self._cuts(id, toll, kind)]:
                call.note("cut_by_limit", reason=why)
                leg.left(Cause.NOT_ALLOWED)

    def _cuts(self, id: str, toll: TollCall, kind: TollKind) -> bool:
        return toll.kind is kind and id in self._running

    def lift(self, kind: TollKind) -> None:
        """Calls of this kind can be made again; what was used until now is forgiven."""
        self._keep(Stop(kind, lifted_at=times.now()))
        self._journal.clear_alarm(TOLL + kind)

    def _keep(self, stop: Stop) -> None:
        self._stops[stop.kind] = stop
        self._journal.write(store.toll_stop_saved, stop)

    def as_json(self) -> list[dict[str, Any]]:
        """Each kind: what was used, what is allowed, whether it is stopped."""
        return [self._kind_json(kind) for kind in TollKind]

    def _kind_json(self, kind: TollKind) -> dict[str, Any]:
        stop, now, calls = self._stops[kind], times.now(), list(self._calls.values())
        used = {name: use(calls, kind, now, window, stop.lifted_at) for name, window in (("hour", HOUR), ("day", DAY))}
        return {
            "kind": kind.value,
            "stopped_since": times.iso(stop.since) if stop.since else None,
            "reason": stop.why,
            "used": {f"{what}_per_{name}": round(getattr(of, what), 1) for name, of in used.items() for what in WHAT},
            "limits": self._limits(kind).model_dump(),
        }
