# SPDX-License-Identifier: GPL-2.0-or-later
"""Call-backs, and what callers answered in surveys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from firmware import times
from webui import auth
from webui.api.route import Ask, Route, number_of, time_of
from webui.api.schema import (
    LINE,
    PAGE,
    SPAN,
    TIME,
    TRUTH,
    Query,
    both,
    chosen,
    many,
    may_lack,
    maybe,
    obj,
    one_of,
    only,
    page_of,
    ref,
    text,
)
from webui.http import json_response, only_fields, text_field

DAYS = 30  # of a survey's figures when nothing else is asked for


def listed(ask: Ask) -> Any:
    """Call-backs, newest first, by pages; with `open=1` those that are still to be kept."""
    query = ask.query()
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
    """Call-backs that are to be kept, in the order of their callers' waits."""
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
    """Nobody calls back any more."""
    return ask.box.live.ask("call_back.cancel", id=id, author=f"web:{ask.who.name}")


def surveys(ask: Ask) -> Any:
    """Figures of each question, over some time."""
    query = ask.query()
    until = time_of(query, "until") or times.now()
    since = time_of(query, "since") or until - timedelta(days=DAYS)
    items = ask.box.history.survey_figures(since, until, query.get("queue"), query.get("agent"))
    return {"since": times.iso(since), "until": times.iso(until), "items": items}


def survey_of(ask: Ask, id: str) -> Any:
    """What the caller of one call answered."""
    return [answer.as_json() for answer in ask.box.history.survey_answers_of(id)]


_OPEN = Query("open", one_of("1", "true"), "Those that are still to be kept.")
_WANTED = only(queue=text(64), number=text(32), name=may_lack(maybe(LINE)), at=may_lack(maybe(LINE)))

ROUTES = [
    Route(
        "GET", "/call-backs", listed, query=(*chosen("queue"), _OPEN, *SPAN, *PAGE), answer=page_of(ref("CallBack"))
    ),
    Route("GET", "/call-backs/waiting", due, answer=many(both(ref("CallBack"), due=TRUTH))),
    Route(
        "POST", "/call-backs", add, auth.SUPERVISE, body=_WANTED, answer=ref("CallBack"), status=201,
        fails=("bad_number", "no_such_queue", "too_many_call_backs", "being_called"),
    ),
    Route(
        "DELETE", "/call-backs/<id>", cancel, auth.SUPERVISE, answer=ref("CallBack"),
        fails=("no_such_call_back", "being_called"),
    ),
    Route(
        "GET", "/surveys", surveys, query=(*SPAN, *chosen("queue", "agent")),
        answer=obj(since=TIME, until=TIME, items=many(ref("Survey"))),
    ),
    Route("GET", "/calls/<id>/survey", survey_of, answer=many(ref("SurveyAnswer"))),
]  # fmt: skip
