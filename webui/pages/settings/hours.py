# SPDX-License-Identifier: GPL-2.0-or-later
"""The night switch, and opening hours with their holidays."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from firmware import times
from webui import auth
from webui.i18n import N_
from webui.pages.changes import stream_of
from webui.pages.route import PageRoute, Visit
from webui.pages.settings.groups import NAME, frame_of
from webui.pages.settings.sheet import Sheet, document_of
from webui.pages.settings.submit import routes_of
from webui.settings import week
from webui.settings.choices import target_words
from webui.settings.fields import Entered, filled
from webui.settings.places import origin
from webui.settings.tables import Document, Item, items

HOME = "/settings/hours"
MODES = {"auto": N_("By opening hours"), "day": N_("Open now"), "night": N_("Closed now")}
BLANK_HOLIDAYS = 2


def _read(visit: Visit, document: Document, form: Entered, old: Item) -> Item:
    item = filled(SCHEDULE.fields, form, old)
    made = {
        "hours": week.hours_entered(form),
        "holidays": week.holidays_entered(form),
        "holiday_hours": week.spans_entered(form, "holiday"),
    }
    return {key: value for key, value in (item | made).items() if value}


def _rows(spans: list[week.Span]) -> list[week.Span]:
    return spans + [("", "")] * max(1 if len(spans) > week.LEAST_ROWS else 0, week.LEAST_ROWS - len(spans))


def _more(visit: Visit, document: Document, item: Item) -> dict[str, Any]:
    hours = item.get("hours", {})
    keys = [week.key_of(hours, day) for day in range(len(week.DAYS))]
    holidays = [week.holiday_of(text, times.now().year) for text in item.get("holidays", [])]
    blank = {"first": "", "last": "", "yearly": False}
    return {
        "days": [
            {"name": name, "spans": _rows(spans), "path": "–" if not key or key in keys[:day] else f"hours.{key}"}
            for day, (name, spans, key) in enumerate(zip(week.DAYS, week.by_day(hours), keys, strict=True))
        ],
        "holidays": holidays + [blank] * BLANK_HOLIDAYS,
        "holiday_spans": _rows([week.span_of(text) for text in item.get("holiday_hours", [])]),
        "routes": [
            {"from": origin(document, route), "to": target_words(visit.say, document, route.get("to", ""))}
            for route in items(document, "route")
            if item.get("name") and route.get("schedule") == item["name"]
        ],
    }


SCHEDULE = Sheet(
    "schedule",
    HOME,
    HOME,
    N_("Opening hours"),
    (NAME,),
    template="settings_schedule.html",
    read=_read,
    more=_more,
    shows=("hours", "holidays", "holiday_hours"),
)


def hours(visit: Visit) -> HTTPResponse:
    """The switch big and clear, then the schedules; only the switch when the open page asks for it anew."""
    if visit.wants_part:
        return visit.part("settings_night.html", **_night(visit))
    document = document_of(visit).document
    schedules = [
        {"item": item, "days": week.by_day(item.get("hours", {})), "holidays": len(item.get("holidays", []))}
        for item in items(document, "schedule")
    ]
    return visit.page(
        "settings_hours.html", schedules=schedules, day_names=week.DAYS, **_night(visit), **frame_of(visit)
    )


def _night(visit: Visit) -> dict[str, Any]:
    return {"night": visit.ask_or(None, "night"), "modes": MODES, "may_switch": visit.may(auth.MANAGE)}


def switch(visit: Visit) -> HTTPResponse:
    """By hand, or back to the hours."""
    night = visit.box.live.ask("night.set", mode=visit.form("mode"), author=f"web:{visit.author}")
    return visit.part("settings_night.html", **(_night(visit) | {"night": night}))


ROUTES = [
    PageRoute("GET", HOME, hours),
    PageRoute("GET", f"{HOME}/stream", stream_of("night")),
    PageRoute("POST", f"{HOME}/night", switch, roles=auth.MANAGE),
    *routes_of(SCHEDULE),
]
