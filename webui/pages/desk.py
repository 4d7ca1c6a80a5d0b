# SPDX-License-Identifier: GPL-2.0-or-later
"""The agent's own desk: state, call, what came of it, figures of today."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from webui import auth
from webui.pages.agents import today
from webui.pages.changes import stream_of
from webui.pages.route import PageRoute, Visit


def _of(visit: Visit) -> dict[str, Any]:
    """What the desk of the visitor shows; `agent` is None when no agent has the user's name."""
    picture, id = visit.box.live.picture(), visit.who.agent if visit.who else ""
    agent = next((agent for agent in picture["agents"] if agent["id"] == id), None)
    return {
        "agent": agent,
        "call": next((call for call in picture["calls"] if agent and call["id"] == agent["call"]), None),
        "figures": today(visit)["of"].get(id) if agent else None,
        "reasons": visit.box.labels("pause_reason"),
        "codes": visit.box.labels("disposition"),
        "core_up": visit.box.live.up,
    }


def desk(visit: Visit) -> HTTPResponse:
    """The page; only its parts when it asks for them anew."""
    return visit.part("desk_parts.html", **_of(visit)) if visit.wants_part else visit.page("desk.html", **_of(visit))


ROUTES = [
    PageRoute("GET", "/desk", desk, roles=auth.SET_AGENT),
    PageRoute("GET", "/desk/stream", stream_of("agent", "call", "call_ended", "coded"), roles=auth.SET_AGENT),
]
