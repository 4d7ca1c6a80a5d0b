# SPDX-License-Identifier: GPL-2.0-or-later
"""Agents for their supervisors: how they stand, what they did today, who changed what; with buttons to change it."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from firmware.errors import Denied, NotFound
from webui import auth
from webui.pages.changes import stream_of
from webui.pages.route import PageRoute, Visit

NOTHING: dict[str, Any] = {"since": None, "agents": [], "queues": []}


def today(visit: Visit) -> dict[str, Any]:
    """Today's figures of all agents by id, and of all queues."""
    figures: dict[str, Any] = visit.ask_recently_or(NOTHING, "agents.today")
    return figures | {"of": {agent["id"]: agent for agent in figures["agents"]}}


def agents(visit: Visit) -> HTTPResponse:
    """All of them; only the rows when the open page asks for them anew."""
    values = {
        "agents": visit.box.live.picture()["agents"],
        "today": today(visit),
        "core_up": visit.box.live.up,
        "reasons": visit.box.labels("pause_reason"),
    }
    return visit.part("agents_rows.html", **values) if visit.wants_part else visit.page("agents.html", **values)


def agent_of(visit: Visit, id: str) -> dict[str, Any]:
    """As the core shows the agent. NotFound; Unavailable without a core."""
    found = next((agent for agent in visit.box.live.need()["agents"] if agent["id"] == id), None)
    if found is None:
        raise NotFound(f"There is no agent {id}.", code="no_such_agent")
    return dict(found)


def agent(visit: Visit, id: str) -> HTTPResponse:
    """One agent: figures by queue, and the trail of changes."""
    values = {
        "agent": agent_of(visit, id),
        "figures": today(visit)["of"].get(id),
        "changes": visit.box.history.agent_changes(id, limit=50).items,
        "reasons": visit.box.labels("pause_reason"),
        "codes": visit.box.labels("disposition"),
    }
    return visit.part("agent_parts.html", **values) if visit.wants_part else visit.page("agent.html", **values)


def may_set(visit: Visit, id: str) -> None:
    """Denied when an agent means another one."""
    if visit.who and visit.who.role == "agent" and visit.who.agent != id:
        raise Denied("Agents see and set what is their own only.")


def actor(visit: Visit) -> dict[str, str]:
    """Who changes something."""
    return visit.who.actor if visit.who else {}


def set_state(visit: Visit, id: str) -> HTTPResponse:
    """`state` is one of the core's; a reason may follow it: `paused:lunch`."""
    may_set(visit, id)
    state, _, reason = visit.form("state").partition(":")
    more = {name: visit.form(name).strip() for name in ("queue", "extension")}
    visit.box.live.ask("agent.set_state", id=id, state=state, reason=reason, **more, **actor(visit))
    return HTTPResponse(status=204)


def set_disposition(visit: Visit, id: str) -> HTTPResponse:
    may_set(visit, id)
    code, call = visit.form("code"), visit.form("call")
    visit.box.live.ask("agent.disposition", id=id, code=code, call=call, **actor(visit))
    return HTTPResponse(status=204)


def extend_wrap_up(visit: Visit, id: str) -> HTTPResponse:
    may_set(visit, id)
    seconds = visit.form("extend_s")
    visit.box.live.ask("agent.wrap_up", id=id, extend_s=int(seconds) if seconds.isdigit() else 60)
    return HTTPResponse(status=204)


ROUTES = [
    PageRoute("GET", "/agents", agents, roles=auth.SUPERVISE),
    PageRoute("GET", "/agents/stream", stream_of("agent", "queue", "coded"), roles=auth.SUPERVISE),
    PageRoute("GET", "/agents/<id>", agent, roles=auth.SUPERVISE),
    PageRoute("POST", "/agents/<id>/state", set_state, roles=auth.SET_AGENT),
    PageRoute("POST", "/agents/<id>/disposition", set_disposition, roles=auth.SET_AGENT),
    PageRoute("POST", "/agents/<id>/wrap-up", extend_wrap_up, roles=auth.SET_AGENT),
]
