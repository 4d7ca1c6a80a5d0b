# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading history.db: newest first, by pages whose cursor is a place and not a count, so that nothing shifts."""

from __future__ import annotations

import copy
import sqlite3
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Concatenate, Generic, Literal, ParamSpec, TypeVar

from firmware.errors import Denied, Invalid, NotFound
from firmware.records import (
    AgentChange,
    Alarm,
    CallBack,
    CallNote,
    Cdr,
    LegRecord,
    Message,
    Recording,
    SurveyAnswer,
    TrailEvent,
)
from firmware.store import call_notes, migrations, outbox, queries, rows, stories
from firmware.store.connect import open_for_reading, unavailable
from firmware.store.scope import Scope
from firmware.times import iso, of_milliseconds, parse

P = ParamSpec("P")
T = TypeVar("T")
MAX_LIMIT = 1000
SATISFIED = 4
"""Of five: who presses this or more is satisfied (CSAT, the share of the two best)."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Items, and the cursor of the page after them (None: that was all)."""

    items: list[T]
    next: str | None


class History:
    """Reads history.db (`path`), from any thread; each has its own connection that cannot write.

    Every method can raise Unavailable. With a `scope` only what is in it is found; all else is not there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.scope: Scope | None = None
        self._local = threading.local()
        migrations.ensure(path)

    def limited(self, scope: Scope) -> History:
        """The same for somebody who sees no more than that."""
        other = copy.copy(self)
        other.scope = scope
        return other

    def _within(self, kind: Literal["queues", "agents", "boxes"]) -> queries.Within:
        return None if self.scope is None else getattr(self.scope, kind)

    def _need(self, sees: bool, what: str, id: str) -> None:
        if not sees:
            raise NotFound(f"There is no {what} {id}.", code=f"no_such_{what}")

    def close(self) -> None:
        """Closes the connection of this thread; those of other threads go with them."""
        if db := getattr(self._local, "db", None):
            db.close()
            del self._local.db

    def _rows(self, query: queries.Query) -> list[sqlite3.Row]:
        with unavailable(self._path):
            return self._db().execute(query.sql, query.parameters).fetchall()

    def _db(self) -> sqlite3.Connection:
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            db = self._local.db = open_for_reading(self._path)
        return db

    def calls(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        number: queries.Numbers = None,
        queue: str | None = None,
        agent: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
        disposition: str | None = None,
    ) -> Page[Cdr]:
        """Ended calls that began in [since, until); `number`, or any of several, is either party's.

        Invalid for a bad limit or cursor.
        """
        span = queries.Span(since, until, _place(cursor), _limit(limit))
        found = self._rows(queries.calls(span, number, queue, agent, disposition, self._within("queues")))
        page = found[:limit]
        recordings = self._recordings_of([row["id"] for row in page])
        return Page([rows.cdr(row, recordings.get(row["id"], ())) for row in page], _next(found, limit))

    def ended_after(self, seq: int, limit: int = MAX_LIMIT) -> list[tuple[int, Cdr]]:
        """Calls in the order in which they ended, each with its place in it (1, 2, …), from the one after `seq` on."""
        found = self._rows(queries.ended_after(seq, _limit(limit), self._within("queues")))
        recordings = self._recordings_of([row["id"] for row in found])
        return [(row["seq"], rows.cdr(row, recordings.get(row["id"], ()))) for row in found]

    def read(self, fn: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a function finds in the history, e.g. a report. Denied unless its question names the scope, if any."""
        if self.scope is not None and not any(getattr(arg, "scope", None) == self.scope for arg in args):
            raise Denied("This shows the whole box, and you see some of its queues.")
        with unavailable(self._path):
            return fn(self._db(), *args, **kwargs)

    def call(self, id: str) -> Cdr:
        """One call, ended or not. NotFound."""
        found = self.calls_of([id])
        self._need(id in found, "call", id)
        return found[id]

    def calls_of(self, ids: Collection[str]) -> dict[str, Cdr]:
        """Several calls by their ids, ended or not; those that are not known, or not seen, are left out."""
        known = sorted(set(ids))
        if not known:
            return {}
        recordings = self._recordings_of(known)
        found = [row for row in self._rows(queries.calls_of(known)) if self._sees(row["queue"])]
        return {row["id"]: rows.cdr(row, recordings.get(row["id"], ())) for row in found}

    def _recordings_of(self, calls: Sequence[str]) -> dict[str, list[str]]:
        ids: dict[str, list[str]] = {}
        for row in self._rows(queries.recordings_of(calls)) if calls else ():
            ids.setdefault(row["call"], []).append(row["id"])
        return ids

    def _sees(self, queue: str | None) -> bool:
        return self.scope is None or self.scope.sees_queue(queue)

    def _sees_call(self, id: str) -> bool:
        if self.scope is None:
            return True
        found = self._rows(queries.by_id("calls", id))
        return bool(found) and self._sees(found[0]["queue"])

    def trail_of(self, call: str) -> list[TrailEvent]:
        """What happened in a call, in order; nothing of a call that is not known."""
        with unavailable(self._path):
            return stories.told(self._db(), call)[0] if self._sees_call(call) else []

    def legs_of(self, call: str) -> list[LegRecord]:
        """The parties of a call, in order; as `trail_of`."""
        with unavailable(self._path):
            return stories.told(self._db(), call)[1] if self._sees_call(call) else []

    def notes_of(self, call: str) -> list[CallNote]:
        """What people wrote of a call, in order; as `trail_of`."""
        with unavailable(self._path):
            return call_notes.of_calls(self._db(), [call]).get(call, []) if self._sees_call(call) else []

    def recordings(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 50,
        cursor: str | None = None,
        **wanted: Any,
    ) -> Page[Recording]:
        """Recordings that `wanted` (`queries.Wanted`) chooses. Invalid for a bad limit or cursor."""
        span = queries.Span(since, until, _place(cursor), _limit(limit))
        found = self._rows(queries.recordings(span, queries.Wanted(**wanted), self._within("queues")))
        return Page([rows.recording(row) for row in found[:limit]], _next(found, limit))

    def recording(self, id: str) -> Recording:
        """One recording. NotFound."""
        found = self._rows(queries.by_id("recordings", id))
        if not found:
            raise NotFound(f"There is no recording {id}.", code="no_such_recording")
        self._need(self._sees(found[0]["queue"]), "recording", id)
        return rows.recording(found[0])

    def messages(
        self,
        box: str | None = None,
        state: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Message]:
        """Voicemail, of one box or of all. Invalid for a bad limit or cursor."""
        span = queries.Span(since, until, _place(cursor), _limit(limit))
        found = self._rows(queries.messages(span, box, state, self._within("boxes")))
        return Page([rows.message(row) for row in found[:limit]], _next(found, limit))

    def message(self, id: str) -> Message:
        """One message. NotFound."""
        found = self._rows(queries.by_id("messages", id))
        if not found:
            raise NotFound(f"There is no message {id}.", code="no_such_message")
        self._need(self.scope is None or found[0]["box"] in self.scope.boxes, "message", id)
        return rows.message(found[0])

    def call_backs(
        self,
        queue: str | None = None,
        open_only: bool = False,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[CallBack]:
        """Call-backs that were asked for in [since, until). Invalid for a bad limit or cursor."""
        span = queries.Span(since, until, _place(cursor), _limit(limit))
        found = self._rows(queries.call_backs(span, queue, open_only, self._within("queues")))
        return Page([rows.call_back(row) for row in found[:limit]], _next(found, limit))

    def survey_figures(
        self, since: datetime, until: datetime, queue: str | None = None, agent: str | None = None
    ) -> list[dict[str, Any]]:
        """Each question of each survey in [since, until): asked, answered, mean, share of those satisfied (4 and 5)."""
        found = self._rows(queries.survey_figures(since, until, queue, agent, SATISFIED, self._within("queues")))
        return [rows.survey_figure(row) for row in found]

    def survey_answers_of(self, call: str) -> list[SurveyAnswer]:
        """What the caller of a call answered, in order."""
        if not self._sees_call(call):
            return []
        return [rows.survey_answer(row) for row in self._rows(queries.of_call("survey_answers", call))]

    def agent_changes(
        self,
        agent: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[AgentChange]:
        """What changed for one agent, or for all, and by whom. Invalid for a bad limit or cursor."""
        span = queries.Span(since, until, _place(cursor), _limit(limit))
        found = self._rows(queries.agent_changes(span, agent, self._within("agents")))
        return Page([rows.agent_change(row) for row in found[:limit]], _next(found, limit))

    def alarms(self, standing: bool = True, limit: int = 100) -> list[Alarm]:
        """Alarms that stand, or all of them, newest first."""
        return [rows.alarm(row) for row in self._rows(queries.alarms(standing, _limit(limit)))]

    def outbox(self) -> tuple[int, int]:
        """How many items wait for the cloud, and how many it refused."""
        with unavailable(self._path):
            return outbox.counts(self._db())


def _limit(limit: int) -> int:
    if not 1 <= limit <= MAX_LIMIT:
        raise Invalid(f"{limit} cannot be a limit; use 1 to {MAX_LIMIT}.", field="limit")
    return limit


def _place(cursor: str | None) -> tuple[str, str] | None:
    if cursor is None:
        return None
    started_at, _, last = cursor.partition("~")
    try:
        parse(started_at)
    except ValueError:
        last = ""
    if not last:
        raise Invalid("This is not a cursor; use the `next` of the page before, unchanged.", field="cursor")
    return started_at, last


def _next(found: Sequence[Any], limit: int) -> str | None:
    """One row more than the page was asked for: there is a next page exactly when it came."""
    if len(found) <= limit:
        return None
    at, id = found[limit - 1]["started_at"], found[limit - 1]["id"]
    return f"{iso(of_milliseconds(at)) if isinstance(at, int) else at}~{id}"
