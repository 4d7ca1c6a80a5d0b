# SPDX-License-Identifier: GPL-2.0-or-later
"""Call-backs, and what callers answered in surveys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from firmware import times
from webui import auth
from webui.api.route import Ask, Route, number_of, time_of
from webui.http import json_response, only_fields, text_field

DAYS = 30  # of a survey's figures when nothing else is asked for


def listed(ask: Ask) -> Any:
    """Newest first, by pages; with `open=1` those that are still to be kept."""
    query = ask.query("queue", "open", "since", "until", "limit", "cursor")
    page = ask.box.history.call_backs(
        query.get("queue"),
        query.get("open") in ("1", "true"),
        time_of(query, "since"),
        time_of(query, "until"),
        number_of(query, "limit", 50),
        query.get("cursor"),
    )
    return {"items": [item.as_json() for item in page.items], "next": page.next}


def due(ask: Ask) -> Any:
    """Those that are to be kept, in the order of their callers' waits."""
    return ask.box.live.ask("call_backs")


def add(ask: Ask) -> Any:
    """A customer is to be called by an agent of a queue."""
    body = ask.json()
    only_fields(body, "queue", "number", "name", "at")
    params = {
        "queue": text_field(body, "queue", longest=64),
        "number": text_field(body, "number", longest=32),
        "name": text_field(body, "name", longest=80, required=False),
        "at": text_field(body, "at", longest=40, required=False),
    }
    return json_response(ask.box.live.ask("call_back.add", **params), 201)


def cancel(ask: Ask, id: str) -> Any:
    return ask.box.live.ask("call_back.cancel", id=id, author=f"web:{ask.who.name}")


def surveys(ask: Ask) -> Any:
    """Figures of each question, over some time."""
    query = ask.query("since", "until", "queue", "agent")
    until = time_of(query, "until") or times.now()
    since = time_of(query, "since") or until - timedelta(days=DAYS)
    items = ask.box.history.survey_figures(since, until, query.get("queue"), query.get("agent"))
    return {"since": times.iso(since), "until": times.iso(until), "items": items}


def survey_of(ask: Ask, id: str) -> Any:
    """What the caller of one call answered."""
    return [answer.as_json() for answer in ask.box.history.survey_answers_of(id)]


ROUTES = [
    Route("GET", "/call-backs", listed),
    Route("GET", "/call-backs/waiting", due),
    Route("POST", "/call-backs", add, roles=auth.SUPERVISE),
    Route("DELETE", "/call-backs/<id>", cancel, roles=auth.SUPERVISE),
    Route("GET", "/surveys", surveys),
    Route("GET", "/calls/<id>/survey", survey_of),
]
