# SPDX-License-Identifier: GPL-2.0-or-later
"""The wallboard's figures, and the links by which screens show it without a log-in."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from firmware.errors import Invalid, NotFound
from firmware.store.wallboards import Link
from webui import auth, board
from webui.api.route import Ask, Route
from webui.api.schema import (
    COUNT,
    NUMBER,
    SECONDS,
    TEXT,
    TIME,
    Query,
    both,
    each,
    items_of,
    many,
    maybe,
    obj,
    one_of,
    only,
    record,
    text,
)
from webui.http import json_response, only_fields, read_body, text_field
from webui.wallboards import Links


def figures(ask: Ask) -> Any:
    """What the wallboard shows of the queues that are named, or of all."""
    ask.query()
    known = board.names(ask.box)
    wanted = [_existing(name, known) for name in ask.request.query.decode().getall("queue")]
    return {"items": board.board(ask.box, wanted or known)}


def _existing(name: str, known: list[str]) -> str:
    if name not in known:
        raise NotFound(f"There is no queue {name}.", code="no_such_queue", field="queues")
    return name


def links(ask: Ask) -> Any:
    """Links for screens without a log-in, without their secrets."""
    return {"items": [link.as_json() for link in ask.box.wallboards.all()]}


def add(ask: Ask) -> HTTPResponse:
    """Makes a link for a screen; `path` is told this once."""
    body = ask.json()
    only_fields(body, "name", "queues")
    queues, known = body.get("queues"), board.names(ask.box)
    if not isinstance(queues, list) or not all(isinstance(name, str) for name in queues):
        raise Invalid("'queues' must be a list of names of queues.", field="queues")
    link, path = _links(ask).add(text_field(body, "name"), [_existing(name, known) for name in queues])
    return json_response(link.as_json() | {"path": path}, 201)


def revoke(ask: Ask, id: str) -> Any:
    """Makes a link void; screens that show it go dark at once."""
    read_body(ask.request)
    _links(ask).revoke(id)
    return {}


def _links(ask: Ask) -> Links:
    return Links(ask.box, ask.who.name, str(ask.request.environ.get("REMOTE_ADDR", "")))


_FIGURES = obj(
    name=TEXT, number=maybe(TEXT), waiting=maybe(COUNT), longest_wait_since=maybe(TIME), call_backs=maybe(COUNT),
    agents=maybe(obj(ready=COUNT, talking=COUNT, wrap_up=COUNT, paused=COUNT)), offered=COUNT, answered=COUNT,
    abandoned=COUNT, service_level=maybe(NUMBER), average_wait_s=maybe(SECONDS), service_level_goal=COUNT,
    service_level_s=SECONDS, tones=each(one_of("", "warn", "alarm")), wait_warn_s=SECONDS, wait_alarm_s=SECONDS,
    sound=one_of("alarm", "warn", "none"), hours=many(obj(hour=COUNT, answered=COUNT, abandoned=COUNT, other=COUNT)),
)  # fmt: skip
_LINK = record(Link)
_QUEUES = many(text(64), minItems=1)

ROUTES = [
    Route(
        "GET", "/wallboard", figures, query=(Query("queue", TEXT, "More than once for several; left out: all."),),
        answer=items_of(_FIGURES), fails=("no_such_queue",),
    ),
    Route("GET", "/wallboards", links, auth.MANAGE, answer=items_of(_LINK)),
    Route(
        "POST", "/wallboards", add, auth.MANAGE, body=only(name=text(64), queues=_QUEUES), status=201,
        answer=both(_LINK, path=TEXT), fails=("no_such_queue", "too_many_wallboards"),
    ),
    Route("DELETE", "/wallboards/<id>", revoke, auth.MANAGE, answer=obj(), fails=("no_such_wallboard",)),
]  # fmt: skip
