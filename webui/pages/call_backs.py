# SPDX-License-Identifier: GPL-2.0-or-later
"""Customers who want to be called back: who waits, who is due, how it went; added and cancelled."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from webui import auth
from webui.http import read_body
from webui.pages.changes import stream_of
from webui.pages.route import PageRoute, Visit

PAST = 30  # shown of those that are over


def call_backs(visit: Visit) -> HTTPResponse:
    """Those to be kept, and the newest of those that are over; only the list when the open page asks for it."""
    values = _values(visit)
    if visit.wants_part:
        return visit.part("call_backs_list.html", **values)
    return visit.page("call_backs.html", **values)


def _values(visit: Visit) -> dict[str, Any]:
    newest = visit.box.history.call_backs(limit=2 * PAST).items
    return {
        "waiting": visit.ask_or([], "call_backs"),
        "past": [item.as_json() for item in newest if item.ended_at][:PAST],
        "core_up": visit.box.live.up,
        "may_cancel": visit.may(auth.SUPERVISE),
    }


def cancel(visit: Visit, id: str) -> HTTPResponse:
    """The list as it is then."""
    read_body(visit.request)
    visit.box.live.ask("call_back.cancel", id=id, author=f"web:{visit.who.name if visit.who else ''}")
    return visit.part("call_backs_list.html", **_values(visit))


ROUTES = [
    PageRoute("GET", "/call-backs", call_backs),
    PageRoute("GET", "/call-backs/stream", stream_of("call_back")),
    PageRoute("POST", "/call-backs/<id>/cancel", cancel, roles=auth.SUPERVISE),
]
