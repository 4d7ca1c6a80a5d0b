# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports: figures by anything, the week at a glance, lines, and how many agents are needed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from bottle import HTTPResponse

from firmware import times
from firmware.errors import Invalid, NotFound
from firmware.records import POOR_MOS
from firmware.reports import choice, lines, staffing, words
from firmware.reports.choice import By, Choice, Of, Office
from firmware.reports.report import Report, counts_of_the_week, report
from webui import auth, charts
from webui.api.reports import office_of
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit

VIEWS = {"figures": N_("Figures"), "week": N_("The week"), "lines": N_("Lines"), "staff": N_("Agents needed")}
WHOLE_BOX = ("lines",)  # these views are not of queues
FIELDS = ("view", "of", "by", "since", "until", "queue", "agent")
BYS = tuple(by for by in By if by != By.WEEK_HOUR)


def reports(visit: Visit) -> HTTPResponse:
    """One view of one span."""
    query = visit.request.query.decode()
    asked = {name: query.get(name, "").strip() for name in FIELDS}
    views = {view: title for view, title in VIEWS.items() if view not in WHOLE_BOX or not visit.box.scope}
    asked["view"] = asked["view"] if asked["view"] in views else "figures"
    document, office, scope = _document(visit), office_of(visit.box), visit.box.scope
    try:
        chosen, wrong = choice.read(asked, office.clock, times.now(), scope), ""
    except Invalid as error:
        chosen, wrong = choice.read({}, office.clock, times.now(), scope), visit.tell(error)
    days = _days(chosen, office)
    given = {name: text for name, text in asked.items() if text and name not in ("since", "until")} | days
    return visit.page(
        "reports.html",
        asked=asked | days | {"of": chosen.of.value, "by": chosen.by.value},
        wrong=wrong,
        views=[(view, visit.say(title), _address(given | {"view": view})) for view, title in views.items()],
        spans=_spans(visit, office, given),
        ofs=[(of.value, words.of(of, visit.language)) for of in Of],
        bys=[(by.value, words.by(by, visit.language)) for by in BYS],
        queues=[queue["name"] for queue in document.get("queue", [])],
        agents=_agents(document),
        export=_export(asked["view"], given),
        schedule=_schedule(visit, chosen),
        **_VIEWS[asked["view"]](visit, chosen, office, _agents(document)),
    )


def _document(visit: Visit) -> dict[str, Any]:
    try:
        return visit.box.configs.current().document
    except NotFound:
        return {}


def _agents(document: Mapping[str, Any]) -> dict[str, str]:
    return {agent["id"]: agent.get("name") or agent["id"] for agent in document.get("agent", [])}


def _address(query: Mapping[str, str]) -> str:
    return f"/reports?{urlencode(query)}"


def _days(chosen: Choice, office: Office) -> dict[str, str]:
    """The first and the last day of a span."""
    last = office.clock.day_of(chosen.until - timedelta(milliseconds=1))
    return {"since": office.clock.day_of(chosen.since).isoformat(), "until": last.isoformat()}


def _spans(visit: Visit, office: Office, given: dict[str, str]) -> list[tuple[str, str, bool]]:
    """What people ask for most: a name, an address, whether it is this one."""
    today = office.clock.day_of(times.now())
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    before = first - timedelta(days=1)
    spans: list[tuple[str, date, date]] = [
        (N_("Today"), today, today),
        (N_("Yesterday"), today - timedelta(days=1), today - timedelta(days=1)),
        (N_("This week"), monday, today),
        (N_("Last week"), monday - timedelta(days=7), monday - timedelta(days=1)),
        (N_("This month"), first, today),
        (N_("Last month"), before.replace(day=1), before),
    ]
    return [
        (visit.say(name), _address(given | days), all(given[key] == day for key, day in days.items()))
        for name, since, until in spans
        for days in ({"since": since.isoformat(), "until": until.isoformat()},)
    ]


def _export(view: str, given: dict[str, str]) -> str:
    path = {"figures": "", "week": "/heat", "lines": "/lines", "staff": "/staffing"}[view]
    wanted = {name: text for name, text in given.items() if name != "view"}
    return f"/api/v1/reports{path}?{urlencode(wanted | {'format': 'csv'})}"


def _schedule(visit: Visit, chosen: Choice) -> str:
    """Where this report is sent by itself from now on; "" for those who may not change it."""
    wanted = {"of": chosen.of.value, "by": chosen.by.value, **chosen.filters}
    return f"/settings/reports/new?{urlencode(wanted)}" if visit.may(auth.CONFIGURE) else ""


# ---- views ---------------------------------------------------------------------------------------


def _figures(visit: Visit, chosen: Choice, office: Office, agents: dict[str, str]) -> dict[str, Any]:
    found = visit.box.history.read(report, chosen, office, times.now())
    names, language = words.columns(found), visit.language
    rows = [
        {
            "name": words.key(chosen.by, row["key"], language, agents),
            "cells": [words.value(name, row[name]) for name in names],
            "empty": not row[names[0]],
        }
        for row in found.rows
    ]
    surveys = visit.box.history.survey_figures(
        chosen.since, chosen.until, chosen.filters.get("queue"), chosen.filters.get("agent")
    )
    return {
        "heads": [words.by(chosen.by, language), *(words.figure(name, language) for name in names)],
        "rows": rows,
        "total": [words.value(name, found.total[name]) for name in names],
        "call_backs": found.more.get("call_backs"),
        "surveys": surveys if chosen.of == Of.QUEUES else [],
        "chart": charts.bars([_bar(found, row, agents, language) for row in found.rows]),
    }


def _bar(
    found: Report, row: dict[str, Any], agents: dict[str, str], language: str
) -> tuple[str, list[tuple[str, float]]]:
    """What was answered, what was not, the rest."""
    names = words.columns(found)
    whole = row[names[0]]
    good = row["calls"] if found.choice.by == By.AGENT and found.choice.of == Of.QUEUES else row["answered"]
    bad = row["missed"] if "missed" in row else row["abandoned"]
    title = f"{words.key(found.choice.by, row['key'], language, agents)}: {whole}"
    return title, [("good", good), ("bad", bad), ("other", max(0, whole - good - bad))]


def _week(visit: Visit, chosen: Choice, office: Office, agents: dict[str, str]) -> dict[str, Any]:
    found = visit.box.history.read(counts_of_the_week, chosen, office)
    most = max(found)
    cells = [{"count": count, "heat": charts.heat(count, most)} for count in found]
    days = [(words.weekday(day, visit.language), cells[24 * day : 24 * day + 24]) for day in range(7)]
    return {"week": days, "most": most}


def _lines(visit: Visit, chosen: Choice, office: Office, agents: dict[str, str]) -> dict[str, Any]:
    found = visit.box.history.read(lines.occupancy, chosen, office)
    lists = [("line", row["line"], row) for row in found["lines"]]
    lists += [("trunk", row["trunk"], row) for row in found["trunks"]]
    return {"lines": lists, "all_lines": found["all_lines"], "lost": f"{100 * lines.LOST:.0f} %", "value": words.value,
            "poor_mos": POOR_MOS}  # fmt: skip


def _staff(visit: Visit, chosen: Choice, office: Office, agents: dict[str, str]) -> dict[str, Any]:
    found = visit.box.history.read(staffing.staffing, chosen, office)
    most = max(hour["agents"] for hour in found["hours"])
    cells = [
        {"count": hour["agents"], "heat": charts.heat(hour["agents"], most), "calls": hour["calls"]}
        for hour in found["hours"]
    ]
    days = [(words.weekday(day, visit.language), cells[24 * day : 24 * day + 24]) for day in range(7)]
    return {
        "week": days,
        "most": most,
        "handle": words.span(found["handle_s"]),
        "threshold": f"{found['threshold_s']:g}",
        "wanted": f"{100 * found['wanted']:.0f} %",
    }


_VIEWS = {"figures": _figures, "week": _week, "lines": _lines, "staff": _staff}

ROUTES = [PageRoute("GET", "/reports", reports)]
