# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports over any span, as JSON or CSV: docs/reports.md."""

from __future__ import annotations

import dataclasses
from typing import Any

from bottle import HTTPResponse

from firmware import times
from firmware.errors import Invalid, NotFound
from firmware.reports import choice, lines, sheet, staffing
from firmware.reports.choice import FILTERS, By, Choice, Office
from firmware.reports.report import report
from webui.api.route import Ask, Route
from webui.api.schema import NUMBER, OBJECT, TEXT, Media, Query, chosen, many, obj, one_of, ref
from webui.box import Box


def office_of(box: Box) -> Office:
    """The configuration's clock and thresholds; those of a new box before there is one."""
    try:
        return Office.of(box.configs.current().document)
    except NotFound:
        return Office.of({})


def _choice(ask: Ask) -> tuple[dict[str, str], Choice, Office]:
    query, office = ask.query(), office_of(ask.box)
    return query, choice.read(query, office.clock, times.now(), ask.box.scope), office


def csv_response(text: str, name: str) -> HTTPResponse:
    """A file to keep."""
    headers = {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": f'attachment; filename="{name}.csv"'}
    return HTTPResponse(text, headers=headers)


def _answer(query: dict[str, str], value: dict[str, Any], rows: list[dict[str, Any]], name: str) -> Any:
    match query.get("format", "json"):
        case "json":
            return value
        case "csv":
            return csv_response(sheet.sheet(rows), name)
    raise Invalid("'format' must be json or csv.", field="format")


def one(ask: Ask) -> Any:
    """Rows by whatever was picked, their sum, call-backs and surveys."""
    query, picked, office = _choice(ask)
    found = ask.box.history.read(report, picked, office, times.now())
    value = found.as_json()
    if picked.of == choice.Of.QUEUES:
        queue, agent = picked.filters.get("queue"), picked.filters.get("agent")
        value["surveys"] = ask.box.history.survey_figures(picked.since, picked.until, queue, agent)
    return _answer(query, value, [*found.rows, {"key": "total", **found.total}], f"{picked.of}-by-{picked.by}")


def heat(ask: Ask) -> Any:
    """The same by weekday and hour."""
    query, picked, office = _choice(ask)
    week = dataclasses.replace(picked, by=By.WEEK_HOUR)
    rows = [
        {"weekday": int(row["key"]) // 24, "hour": int(row.pop("key")) % 24, **row}
        for row in ask.box.history.read(report, week, office, times.now()).rows
    ]
    return _answer(query, {"cells": rows}, rows, "heat")


def of_lines(ask: Ask) -> Any:
    """Occupancy of lines and trunks, and how many would do."""
    query, picked, office = _choice(ask)
    found = ask.box.history.read(lines.occupancy, picked, office)
    rows = [{"name": row["line"], **row} for row in found["lines"]]
    rows += [{"name": row["trunk"], **row} for row in found["trunks"]]
    return _answer(query, found, rows, "lines")


def of_staff(ask: Ask) -> Any:
    """Agents needed in each hour of the week."""
    query, picked, office = _choice(ask)
    try:
        wanted = float(query.get("wanted", staffing.WANTED))
    except ValueError:
        wanted = 0.0
    if not 0 < wanted < 1:
        raise Invalid("'wanted' must be a share between 0 and 1, such as 0.8.", field="wanted")
    found = ask.box.history.read(staffing.staffing, picked, office, wanted)
    return _answer(query, found, found["hours"], "staffing")


_SPAN = (Query("since", TEXT, "A time, or a day of the site."), Query("until", TEXT, "A time, or the last day."))
_FORMAT = Query("format", one_of("json", "csv"))
_CHOICES = (
    *_SPAN,
    Query("of", one_of(*choice.Of)),
    Query("by", one_of(*By), "What the rows are."),
    *chosen(*FILTERS),
    _FORMAT,
)
_WANTED = Query(
    "wanted", {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, "The service level to be reached."
)
_CELLS = obj(cells=many(OBJECT))
_LINES = obj(lines=many(OBJECT), all_lines=OBJECT, trunks=many(OBJECT))
_STAFF = obj(threshold_s=NUMBER, wanted=NUMBER, handle_s=NUMBER, hours=many(OBJECT))

ROUTES = [
    Route("GET", "/reports", one, query=_CHOICES, answer=Media(("text/csv",), ref("Report"))),
    Route("GET", "/reports/heat", heat, query=_CHOICES, answer=Media(("text/csv",), _CELLS)),
    Route("GET", "/reports/lines", of_lines, query=_CHOICES, answer=Media(("text/csv",), _LINES)),
    Route("GET", "/reports/staffing", of_staff, query=(*_CHOICES, _WANTED), answer=Media(("text/csv",), _STAFF)),
]
