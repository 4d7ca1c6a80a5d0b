# SPDX-License-Identifier: GPL-2.0-or-later
"""Records as files that stream: calls, their trails, and the queue_log of other tools."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import Any

from bottle import HTTPResponse

from firmware import times
from firmware.errors import Invalid, Unavailable
from firmware.reports import choice, export
from firmware.reports.export import Wanted
from webui.api.reports import office_of
from webui.api.route import Ask, Route, number_of
from webui.api.schema import OBJECT, TEXT, Media, Query, chosen, many, one_of

TYPES = {"csv": "text/csv", "json": "application/json", "jsonl": "application/x-ndjson", "queue_log": "text/plain"}
MOST = 3
_running = threading.BoundedSemaphore(MOST)
"""Each export keeps one of the server's threads while it goes on."""


def _wanted(ask: Ask, query: dict[str, str]) -> Wanted:
    office = office_of(ask.box)
    spanned = {name: text for name, text in query.items() if name in ("since", "until")}
    span = choice.read(spanned, office.clock, times.now())
    numbers = ask.box.sought(query.get("number"))
    return Wanted(span.since, span.until, numbers, query.get("queue"), query.get("agent"), ask.box.scope)


def _streamed(lines: Iterable[str], kind: str, name: str) -> HTTPResponse:
    if not _running.acquire(blocking=False):
        raise Unavailable(f"{MOST} exports are under way; try again when one is done.", code="too_many_exports")
    headers = {
        "Content-Type": f"{TYPES[kind]}; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return HTTPResponse(_pieces(lines), headers=headers)


def _pieces(lines: Iterable[str]) -> Iterator[bytes]:
    """Some 32 kB at a time."""
    piece: list[str] = []
    size = 0
    try:
        for line in lines:
            piece.append(line)
            size += len(line)
            if size >= 32768:
                yield "".join(piece).encode()
                piece, size = [], 0
        yield "".join(piece).encode()
    finally:
        _running.release()


def _format(query: dict[str, str], records: Iterable[dict[str, Any]], names: Iterable[str], name: str) -> HTTPResponse:
    kind = query.get("format", "jsonl")
    match kind:
        case "csv":
            return _streamed(export.as_csv(records, names), kind, f"{name}.csv")
        case "json":
            return _streamed(export.as_json(records), kind, f"{name}.json")
        case "jsonl":
            return _streamed(export.as_json_lines(records), kind, f"{name}.jsonl")
    raise Invalid("'format' must be csv, json or jsonl.", field="format")


def calls(ask: Ask) -> Any:
    """CDRs that began in a span; or, with `after`, those that ended after the one with that `seq`."""
    query = ask.query()
    if "after" in query:
        mixed = sorted(set(query) - {"after", "format"})
        if mixed:
            raise Invalid(f"'{mixed[0]}' and 'after' exclude each other.", field=mixed[0])
        records = export.calls_after(ask.box.history, number_of(query, "after", 0))
    else:
        records = export.calls(ask.box.history, _wanted(ask, query))
    return _format(query, records, export.CALL_COLUMNS, "calls")


def trail(ask: Ask) -> Any:
    """Every event of the calls of a span."""
    query = ask.query()
    return _format(query, export.events(ask.box.history, _wanted(ask, query)), export.TRAIL_COLUMNS, "trail")


def queue_log(ask: Ask) -> Any:
    """Events of queues and agents, as Asterisk writes them."""
    wanted = _wanted(ask, ask.query())
    return _streamed(export.as_queue_log(ask.box.history, wanted), "queue_log", "queue_log")


_CHOICES = (Query("since", TEXT), Query("until", TEXT), *chosen("number", "queue", "agent"))
_FORMAT = Query("format", one_of("jsonl", "json", "csv"))
_AFTER = Query("after", {"type": "integer", "minimum": 0, "maximum": 999999999}, "From the one after this `seq` on.")
_FILES = Media(("application/x-ndjson", "text/csv"), many(OBJECT))
_BUSY = ("too_many_exports",)

ROUTES = [
    Route("GET", "/exports/calls", calls, query=(*_CHOICES, _FORMAT, _AFTER), answer=_FILES, fails=_BUSY),
    Route("GET", "/exports/trail", trail, query=(*_CHOICES, _FORMAT), answer=_FILES, fails=_BUSY),
    Route("GET", "/exports/queue_log", queue_log, query=_CHOICES, answer=Media(("text/plain",)), fails=_BUSY),
]
