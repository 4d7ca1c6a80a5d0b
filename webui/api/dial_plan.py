# SPDX-License-Identifier: GPL-2.0-or-later
"""The dial plan: the night switch, toll limits, and what would happen to a call."""

from __future__ import annotations

from typing import Any

from webui import auth
from webui.api.route import Ask, Route
from webui.api.schema import TEXT, Query, many, one_of, only, ref
from webui.http import only_fields, text_field


def night(ask: Ask) -> Any:
    """The night switch, and how the schedules stand."""
    return ask.box.live.ask("night")


def set_night(ask: Ask) -> Any:
    """Sets the night switch: by the schedules, or by hand."""
    body = ask.json()
    only_fields(body, "mode")
    return ask.box.live.ask("night.set", mode=text_field(body, "mode", longest=10), author=f"web:{ask.who.name}")


def tolls(ask: Ask) -> Any:
    """What is used of the limits against toll fraud."""
    return ask.box.live.ask("tolls")


def lift(ask: Ask, kind: str) -> Any:
    """Calls of a kind go out again."""
    only_fields(ask.json())
    return ask.box.live.ask("tolls.lift", kind=kind)


def simulate(ask: Ask) -> Any:
    """What would happen to a call, in words; nothing rings."""
    query: dict[str, Any] = dict(ask.query())
    query["private"] = query.get("private") in ("1", "true")
    query["at"] = query.get("at", "").replace(" ", "+")  # a + that was not escaped arrives as a space
    return ask.box.live.ask("simulate", **query)


_WHAT_IF = (
    Query("line", TEXT, "It comes in on this line or trunk."),
    Query("number", TEXT, "The number that is called."),
    Query("from", TEXT, "Who calls: an extension, or a number outside."),
    Query("private", one_of("1", "true"), "The caller's number is withheld."),
    Query("at", TEXT, "When: a time of the site."),
)
_TOLLS = many(ref("Toll"))

ROUTES = [
    Route("GET", "/night", night, answer=ref("Night")),
    Route(
        "PUT", "/night", set_night, auth.MANAGE, body=only(mode=one_of("auto", "day", "night")), answer=ref("Night")
    ),
    Route("GET", "/tolls", tolls, answer=_TOLLS),
    Route("POST", "/tolls/<kind>/lift", lift, auth.CONFIGURE, body=only(), answer=_TOLLS),
    Route("GET", "/simulate", simulate, query=_WHAT_IF, answer=ref("Simulated"), fails=("no_such_extension",)),
]  # fmt: skip
