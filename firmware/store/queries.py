# SPDX-License-Identifier: GPL-2.0-or-later
"""The SQL of the reader. Each query follows an index, whatever it is asked (tests/store/test_plans.py)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from firmware.times import iso, milliseconds, parse

COMMON = "answered"


@dataclass(frozen=True, slots=True)
class Query:
    sql: str
    parameters: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Which stretch of time, after which (started_at, id), and how many at most (one more is read)."""

    since: datetime | None = None
    until: datetime | None = None
    after: tuple[str, str] | None = None
    limit: int = 50

    def conditions(self) -> list[tuple[str, tuple[Any, ...]]]:
        chosen: list[tuple[str, tuple[Any, ...]]] = []
        if self.since:
            chosen.append(("started_at >= ?", (iso(self.since),)))
        if self.until:
            chosen.append(("started_at < ?", (iso(self.until),)))
        if self.after:
            chosen.append(("(started_at, id) < (?, ?)", self.after))
        return chosen

    def of_calls(self) -> list[tuple[str, tuple[Any, ...]]]:
        """The same conditions for `calls`, whose times are milliseconds."""
        return [(sql, (milliseconds(parse(at)), *more)) for sql, (at, *more) in self.conditions()]


def _select(table: str, conditions: Sequence[tuple[str, tuple[Any, ...]]], limit: int) -> Query:
    where = " AND ".join(sql for sql, _ in conditions) or "1"
    parameters = tuple(value for _, values in conditions for value in values)
    return Query(
        f"SELECT * FROM {table} WHERE {where} ORDER BY started_at DESC, id DESC LIMIT ?",  # noqa: S608
        (*parameters, limit + 1),
    )


def _equal(**columns: str | None) -> list[tuple[str, tuple[Any, ...]]]:
    return [(f"{name} = ?", (value,)) for name, value in columns.items() if value is not None]


Numbers = str | Collection[str] | None
"""A number, or all forms of one; None: whichever."""


def _each(numbers: str | Collection[str]) -> tuple[str, ...]:
    return (numbers,) if isinstance(numbers, str) else tuple(numbers)


Within = Collection[str] | None
"""Which queues (agents, boxes) whoever asks may see; None: all."""


def _in(column: str, values: Within) -> list[tuple[str, tuple[Any, ...]]]:
    if values is None:
        return []
    return [(f"{column} IN ({', '.join('?' * len(values))})", tuple(sorted(values)))]


def _merged(
    queries: Sequence[Query], limit: int, order: str = "started_at DESC, id DESC", union: str = "UNION ALL"
) -> Query:
    """The first of several, each of which follows its index and has no more than are wanted.

    `union` without ALL where two may find the same row.
    """
    if len(queries) == 1:
        return queries[0]
    parts = f" {union} ".join(f"SELECT * FROM ({query.sql})" for query in queries)  # noqa: S608
    parameters = tuple(value for query in queries for value in query.parameters)
    return Query(f"SELECT * FROM ({parts}) ORDER BY {order} LIMIT ?", (*parameters, limit + 1))  # noqa: S608


def calls(
    span: Span, number: Numbers, queue: str | None, agent: str | None, disposition: str | None = None,
    within: Within = None,
) -> Query:  # fmt: skip
    """Ended calls. Each form of a number is looked up twice, as caller's and as called, along an index of its own.

    Dispositions other than the common one have an index, which is narrower than that of a queue.
    """
    if within and not (number or queue or agent) and disposition in (None, COMMON):
        return _merged([calls(span, None, one, None, disposition) for one in sorted(within)], span.limit)
    mine = [*_equal(queue=queue, agent=agent), *_in("+queue", within)]
    conditions = [*mine, *span.of_calls(), ("+ended_at IS NOT NULL", ())]
    if disposition is not None:
        rare = not (number or agent) and disposition != COMMON
        if rare:
            conditions = [(f"+{sql}" if sql.startswith("queue") else sql, values) for sql, values in conditions]
        conditions += [(f"{'' if rare else '+'}disposition = ?", (disposition,))]
        conditions += [(f"disposition != '{COMMON}'", ())] if rare else []
    if number is None:
        return _select("calls", conditions, span.limit)
    # The + keeps SQLite from choosing another index than the number's: of all conditions it is the narrowest.
    free = [(f"+{sql}" if sql.startswith(("queue", "agent")) else sql, values) for sql, values in conditions]
    sides = (_equal(**{side: form}) for form in _each(number) for side in ("from_number", "to_number"))
    return _merged([_select("calls", [*side, *free], span.limit) for side in sides], span.limit, union="UNION")


def ended_after(seq: int, limit: int, within: Within = None) -> Query:
    """Calls in the order in which they ended."""
    mine, values = next(iter(_in("+queue", within)), ("1", ()))
    return Query(f"SELECT * FROM calls WHERE seq > ? AND {mine} ORDER BY seq LIMIT ?", (seq, *values, limit))  # noqa: S608


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which recordings: what their calls were, what people wrote and said of them. None: whatever it is.

    `number` is either party's; `text` words of notes, all of which must be there; `long_s` the shortest.
    """

    call: str | None = None
    number: Numbers = None
    queue: str | None = None
    agent: str | None = None
    line: str | None = None
    trunk: str | None = None
    direction: str | None = None
    disposition: str | None = None
    name: str | None = None
    tag: str | None = None
    text: str | None = None
    rule: str | None = None
    state: str | None = None
    held: bool | None = None
    long_s: float | None = None


_OF_CALL = ("agent", "line", "trunk", "direction", "disposition")


def recordings(span: Span, wanted: Wanted, within: Within = None) -> Query:
    """Recordings: few by call, number, tag or words, along their indexes; else by queue and time, probing the call."""
    few = [*_equal(call=wanted.call), *_among(wanted)]
    if within and not (few or wanted.queue):
        return _merged([recordings(span, replace(wanted, queue=one)) for one in sorted(within)], span.limit)
    few += [(f"+{sql}" if few else sql, values) for sql, values in _equal(queue=wanted.queue)] + _in("+queue", within)
    probed = [(f"+{sql}", values) for sql, values in _equal(state=wanted.state, rule=wanted.rule)]
    if wanted.held is not None:
        probed.append(("+hold != ''" if wanted.held else "+hold = ''", ()))
    if wanted.long_s is not None:
        probed.append(("+duration_s >= ?", (wanted.long_s,)))
    of_call = _equal(**{name: getattr(wanted, name) for name in _OF_CALL})
    if wanted.name is not None:
        of_call.append(("calls.from_name LIKE ? ESCAPE '\\'", (_like(wanted.name),)))
    if of_call:
        where = " AND ".join(sql if sql.startswith("calls.") else f"+{sql}" for sql, _ in of_call)
        values = tuple(value for _, items in of_call for value in items)
        exists = f"EXISTS (SELECT 1 FROM calls WHERE calls.id = recordings.call AND {where})"  # noqa: S608
        probed.append((exists, values))
    return _select("recordings", [*few, *span.conditions(), *probed], span.limit)


def _among(wanted: Wanted) -> list[tuple[str, tuple[Any, ...]]]:
    """What finds a few recordings by an index of its own."""
    found: list[tuple[str, tuple[Any, ...]]] = []
    if wanted.number is not None:
        forms = _each(wanted.number)
        sides = ("SELECT id FROM calls WHERE from_number = ?", "SELECT id FROM calls WHERE to_number = ?")
        found.append((f"call IN ({' UNION '.join(sides * len(forms))})", tuple(f for f in forms for _ in sides)))
    if wanted.tag is not None:
        found.append(("id IN (SELECT recording FROM recording_tags WHERE tag = ?)", (wanted.tag,)))
    if wanted.text is not None:
        words = "SELECT recording FROM recording_words WHERE recording_words MATCH ?"
        found.append((f"id IN ({words})", (_match(wanted.text),)))
    return found


def _like(text: str) -> str:
    escaped = re.sub(r"([%_\\])", r"\\\1", text)
    return f"%{escaped}%"


def _match(text: str) -> str:
    """Words for FTS5, as they are written: nothing in them is an operator."""
    return " ".join('"' + word.replace('"', '""') + '"*' for word in text.split()) or '""'


def messages(span: Span, box: str | None, state: str | None, within: Within = None) -> Query:
    """Voicemail that can be heard; `within`: in these boxes."""
    if within and box is None:
        return _merged([messages(span, one, state) for one in sorted(within)], span.limit)
    wanted = [("+state = ?", (state,))] if state else [("+state != 'recording'", ())]
    return _select("messages", [*_equal(box=box), *_in("+box", within), *span.conditions(), *wanted], span.limit)


def call_backs(span: Span, queue: str | None, open_only: bool, within: Within = None) -> Query:
    """Call-backs; `open_only`: those that are still to be kept."""
    if within and queue is None and not open_only:
        return _merged([call_backs(span, one, open_only) for one in sorted(within)], span.limit)
    wanted: list[tuple[str, tuple[Any, ...]]] = [("ended_at IS NULL", ())] if open_only else []
    return _select(
        "call_backs", [*_equal(queue=queue), *_in("+queue", within), *span.conditions(), *wanted], span.limit
    )


def survey_figures(
    since: datetime, until: datetime, queue: str | None, agent: str | None, satisfied: int, within: Within = None
) -> Query:
    """Each question of each survey: asked, answered, mean, and how many gave at least `satisfied`."""
    which = [*_equal(queue=queue, agent=agent), *_in("queue", within)]
    conditions = [*which[:1], *((f"+{sql}", values) for sql, values in which[1:])]  # one index is enough
    conditions += Span(since, until).conditions()
    where = " AND ".join(sql for sql, _ in conditions)
    return Query(
        "SELECT survey, question, count(*) AS asked, count(score) AS answered, avg(score) AS mean, "  # noqa: S608
        f"count(CASE WHEN score >= ? THEN 1 END) AS satisfied FROM survey_answers WHERE {where} "
        "GROUP BY survey, question",
        (satisfied, *(value for _, values in conditions for value in values)),
    )


def agent_changes(span: Span, agent: str | None, within: Within = None) -> Query:
    """What changed for agents, newest first; `within`: for these."""
    if within and agent is None:
        return _merged([agent_changes(span, one) for one in sorted(within)], span.limit, "at DESC, id DESC")
    conditions = [(sql.replace("started_at", "at"), values) for sql, values in span.conditions()]
    conditions = [*_equal(agent=agent), *_in("+agent", within), *conditions]
    where = " AND ".join(sql for sql, _ in conditions) or "1"
    parameters = tuple(value for _, values in conditions for value in values)
    sql = f"SELECT *, at AS started_at FROM agent_changes WHERE {where} ORDER BY at DESC, id DESC LIMIT ?"  # noqa: S608
    return Query(sql, (*parameters, span.limit + 1))


def by_id(table: str, id: str) -> Query:
    return Query(f"SELECT * FROM {table} WHERE id = ?", (id,))  # noqa: S608


def calls_of(ids: Sequence[str]) -> Query:
    """Calls by their ids, ended or not."""
    return Query(f"SELECT * FROM calls WHERE id IN ({', '.join('?' * len(ids))})", tuple(ids))  # noqa: S608


def of_call(table: str, call: str) -> Query:
    return Query(f"SELECT * FROM {table} WHERE call = ? ORDER BY id", (call,))  # noqa: S608


def recordings_of(calls: Sequence[str]) -> Query:
    places = ", ".join("?" * len(calls))
    return Query(f"SELECT id, call FROM recordings WHERE call IN ({places}) ORDER BY id", tuple(calls))  # noqa: S608


def alarms(standing: bool, limit: int) -> Query:
    if standing:
        return Query("SELECT * FROM alarms WHERE cleared_at IS NULL ORDER BY raised_at DESC, id DESC LIMIT ?", (limit,))
    return Query("SELECT * FROM alarms ORDER BY raised_at DESC, id DESC LIMIT ?", (limit,))
