# SPDX-License-Identifier: GPL-2.0-or-later
"""The dial plan: the night switch, toll limits, and what would happen to a call."""

from __future__ import annotations

from typing import Any

from webui import auth
from webui.api.route import Ask, Route
from webui.http import only_fields, text_field


def night(ask: Ask) -> Any:
    return ask.box.live.ask("night")


def set_night(ask: Ask) -> Any:
    """By the schedules, or by hand."""
    body = ask.json()
    only_fields(body, "mode")
    return ask.box.live.ask("night.set", mode=text_field(body, "mode", longest=10), author=f"web:{ask.who.name}")


def tolls(ask: Ask) -> Any:
    return ask.box.live.ask("tolls")


def lift(ask: Ask, kind: str) -> Any:
    """Calls of a kind go out again."""
    only_fields(ask.json())
    return ask.box.live.ask("tolls.lift", kind=kind)


def simulate(ask: Ask) -> Any:
    """Nothing rings: what would happen, in words."""
    query: dict[str, Any] = dict(ask.query("line", "number", "from", "at", "private"))
    query["private"] = query.get("private") in ("1", "true")
    query["at"] = query.get("at", "").replace(" ", "+")  # a + that was not escaped arrives as a space
    return ask.box.live.ask("simulate", **query)


ROUTES = [
    Route("GET", "/night", night),
    Route("PUT", "/night", set_night, roles=auth.MANAGE),
    Route("GET", "/tolls", tolls),
    Route("POST", "/tolls/<kind>/lift", lift, roles=auth.CONFIGURE),
    Route("GET", "/simulate", simulate),
]
