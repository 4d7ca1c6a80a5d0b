# SPDX-License-Identifier: GPL-2.0-or-later
"""Text messages that came and went, and one to be written."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from firmware.errors import TipringError, Unavailable
from webui import auth
from webui.pages.changes import stream_of
from webui.pages.route import PageRoute, Visit, redirect

PAGE = 50
HOME = "/sms"


def _values(visit: Visit) -> dict[str, Any]:
    before = visit.request.query.decode().get("before", "")
    found = visit.ask_or([], "sms", limit=PAGE + 1, before=before)
    return {
        "messages": found[:PAGE],
        "more": f"{HOME}?before={found[PAGE - 1]['id']}" if len(found) > PAGE else "",
        "modems": visit.ask_or([], "modems"),
        "core_up": visit.box.live.up,
        "may_configure": visit.may(auth.CONFIGURE),
    }


def sms(visit: Visit) -> HTTPResponse:
    """The list; only its items when the open page asks for them anew."""
    if visit.wants_part:
        return visit.part("sms_list.html", **_values(visit))
    number = visit.request.query.decode().get("number", "")
    return visit.page("sms.html", typed={"number": number, "text": "", "modem": ""}, wrong=None, **_values(visit))


def send(visit: Visit) -> HTTPResponse:
    """Back to the list; or the form as it was typed, with what is wrong."""
    typed = {name: visit.form(name) for name in ("number", "text", "modem")}
    author = f"web:{visit.who.name if visit.who else ''}"
    try:
        visit.box.live.ask("sms.send", author=author, **typed)
    except Unavailable:
        raise
    except TipringError as error:
        return visit.page("sms.html", 422, typed=typed, wrong=error, **_values(visit))
    return redirect(HOME)


ROUTES = [
    PageRoute("GET", HOME, sms, roles=auth.SUPERVISE),
    PageRoute("GET", f"{HOME}/stream", stream_of("sms", "modem"), roles=auth.SUPERVISE),
    PageRoute("POST", HOME, send, roles=auth.SUPERVISE),
]
