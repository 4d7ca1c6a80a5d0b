# SPDX-License-Identifier: GPL-2.0-or-later
"""The wallboard's figures, and the links by which screens show it without a log-in."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from firmware.errors import Invalid, NotFound
from webui import auth, board
from webui.api.route import Ask, Route
from webui.http import json_response, only_fields, read_body, text_field
from webui.wallboards import Links


def figures(ask: Ask) -> Any:
    """Of the queues that are named, or of all."""
    ask.query("queue")
    known = board.names(ask.box)
    wanted = [_existing(name, known) for name in ask.request.query.decode().getall("queue")]
    return {"items": board.board(ask.box, wanted or known)}


def _existing(name: str, known: list[str]) -> str:
    if name not in known:
        raise NotFound(f"There is no queue {name}.", code="no_such_queue", field="queues")
    return name


def links(ask: Ask) -> Any:
    """Without their secrets."""
    return {"items": [link.as_json() for link in ask.box.wallboards.all()]}


def add(ask: Ask) -> HTTPResponse:
    """`path` is told this once."""
    body = ask.json()
    only_fields(body, "name", "queues")
    queues, known = body.get("queues"), board.names(ask.box)
    if not isinstance(queues, list) or not all(isinstance(name, str) for name in queues):
        raise Invalid("'queues' must be a list of names of queues.", field="queues")
    link, path = _links(ask).add(text_field(body, "name"), [_existing(name, known) for name in queues])
    return json_response(link.as_json() | {"path": path}, 201)


def revoke(ask: Ask, id: str) -> Any:
    """Screens that show it go dark at once."""
    read_body(ask.request)
    _links(ask).revoke(id)
    return {}


def _links(ask: Ask) -> Links:
    return Links(ask.box, ask.who.name, str(ask.request.environ.get("REMOTE_ADDR", "")))


ROUTES = [
    Route("GET", "/wallboard", figures),
    Route("GET", "/wallboards", links, roles=auth.MANAGE),
    Route("POST", "/wallboards", add, roles=auth.MANAGE),
    Route("DELETE", "/wallboards/<id>", revoke, roles=auth.MANAGE),
]
