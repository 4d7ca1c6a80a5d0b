# SPDX-License-Identifier: GPL-2.0-or-later
"""The history of the configuration: who changed what and when, and the way back."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from webui import auth
from webui.pages.changes import stream_of
from webui.pages.route import PageRoute, Visit


def history(visit: Visit) -> HTTPResponse:
    """The newest revisions; those before one of them when the open page asks for more."""
    before = visit.request.query.decode().get("before", "")
    given = {"before": int(before)} if before.isascii() and before.isdigit() else {}
    steps = visit.ask_or(None, "config.history", **given)
    values: dict[str, Any] = {"steps": steps, "may_return": visit.may(auth.CONFIGURE), "first": not given}
    if visit.wants_part:
        return visit.part("history_steps.html", **values)
    return visit.page("history.html", **values)


def ask_return(visit: Visit, revision: int) -> HTTPResponse:
    """What the way back to a revision would change; nothing has changed yet."""
    preview = visit.box.live.ask("config.preview", to=revision)
    return visit.part("history_return.html", to=revision, preview=preview)


def give_back(visit: Visit, revision: int) -> HTTPResponse:
    """The former configuration is in force again, unless somebody changed it since the page showed what that does."""
    shown = visit.form("shown")
    made_from = int(shown) if shown.isascii() and shown.isdigit() else 0
    author = visit.who.name if visit.who else ""
    visit.box.live.ask("config.rollback", to=revision, author=author, revision=made_from)
    return history(visit)


ROUTES = [
    PageRoute("GET", "/history", history, roles=auth.MANAGE),
    PageRoute("GET", "/history/stream", stream_of("config"), roles=auth.MANAGE),
    PageRoute("GET", "/history/<revision:int>/return", ask_return, roles=auth.CONFIGURE),
    PageRoute("POST", "/history/<revision:int>/return", give_back, roles=auth.CONFIGURE),
]
