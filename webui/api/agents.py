# SPDX-License-Identifier: GPL-2.0-or-later
"""Agents: how they stand, what they and their supervisors choose, today's figures, and who changed what.

Whoever has the role `agent` is the agent of that name (a user's, or a token's), and may do this for himself only.
"""

from __future__ import annotations

from typing import Any

from firmware.errors import Denied, Invalid, NotFound
from webui import auth
from webui.api.route import Ask, Route, number_of, time_of
from webui.api.schema import LINE, PAGE, SPAN, many, may_lack, maybe, one_of, only, page_of, ref, text
from webui.http import only_fields, text_field

STATES = ("available", "paused", "logged_out")
MOST_WRAP_UP_S = 3600


def agents(ask: Ask) -> Any:
    """Every agent, as they are now."""
    return ask.box.live.need()["agents"]


def agent(ask: Ask, id: str) -> Any:
    """One agent."""
    found = next((item for item in ask.box.live.need()["agents"] if item["id"] == id), None)
    if found is None:
        raise NotFound(f"There is no agent {id}.", code="no_such_agent")
    return found


def himself(ask: Ask, id: str) -> None:
    """Denied when an agent asks for another one."""
    if ask.who.role == "agent" and ask.who.agent != id:
        raise Denied("Agents see and set what is their own only.")


def set_state(ask: Ask, id: str) -> Any:
    """Logs in and out, of one queue or of all; pauses; ready again."""
    himself(ask, id)
    body = ask.json()
    only_fields(body, "state", "reason", "queue", "extension")
    state = text_field(body, "state")
    if state not in STATES:
        raise Invalid(f"'state' must be one of {', '.join(STATES)}.", field="state")
    more: dict[str, str] = {name: text_field(body, name) for name in ("queue", "extension") if name in body}
    more["reason"] = text_field(body, "reason", required=False)
    return ask.box.live.ask("agent.set_state", id=id, state=state, **more, **ask.who.actor)


def wrap_up(ask: Ask, id: str) -> Any:
    """More time for the last call."""
    himself(ask, id)
    body = ask.json()
    only_fields(body, "extend_s")
    seconds = body.get("extend_s")
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool) or not 1 <= seconds <= MOST_WRAP_UP_S:
        raise Invalid(f"'extend_s' must be a number of seconds from 1 to {MOST_WRAP_UP_S}.", field="extend_s")
    return ask.box.live.ask("agent.wrap_up", id=id, extend_s=seconds)


def disposition(ask: Ask, id: str) -> Any:
    """What came of the present or the last call."""
    himself(ask, id)
    body = ask.json()
    only_fields(body, "code", "call")
    code, call = text_field(body, "code", longest=64), text_field(body, "call", required=False)
    return ask.box.live.ask("agent.disposition", id=id, code=code, call=call, **ask.who.actor)


def today(ask: Ask) -> Any:
    """Figures since midnight at the site; an agent sees the own ones."""
    figures = ask.box.live.ask("agents.today")
    if ask.who.role != "agent":
        return figures
    return {**figures, "agents": [one for one in figures["agents"] if one["id"] == ask.who.agent], "queues": []}


def changes(ask: Ask, id: str | None = None) -> Any:
    """What changed for an agent, or for all, and by whom; newest first, by pages."""
    if id is not None:
        himself(ask, id)
    query = ask.query()
    page = ask.box.history.agent_changes(
        agent=id,
        since=time_of(query, "since"),
        until=time_of(query, "until"),
        limit=number_of(query, "limit", 50),
        cursor=query.get("cursor"),
    )
    return {"items": [change.as_json() for change in page.items], "next": page.next}


_TRAIL, _CHANGES = (*SPAN, *PAGE), page_of(ref("AgentChange"))
_STATE = only(state=one_of(*STATES), reason=may_lack(maybe(LINE)), queue=may_lack(text()), extension=may_lack(text()))
_MORE = only(extend_s={"type": "number", "minimum": 1, "maximum": MOST_WRAP_UP_S})

ROUTES = [
    Route("GET", "/agents", agents, answer=many(ref("Agent"))),
    Route("GET", "/agents/<id>", agent, answer=ref("Agent"), fails=("no_such_agent",)),
    Route("GET", "/agents/<id>/changes", changes, query=_TRAIL, answer=_CHANGES),
    Route(
        "POST", "/agents/<id>/state", set_state, auth.SET_AGENT, body=_STATE, answer=ref("Agent"),
        fails=(
            "no_such_agent", "phone_taken", "agent_busy", "bad_agent_state", "disposition_required", "no_such_reason",
            "not_in_queue", "no_extension",
        ),
    ),
    Route(
        "POST", "/agents/<id>/wrap-up", wrap_up, auth.SET_AGENT, body=_MORE, answer=ref("Agent"),
        fails=("no_such_agent", "no_wrap_up"),
    ),
    Route(
        "POST", "/agents/<id>/disposition", disposition, auth.SET_AGENT,
        body=only(code=text(64), call=may_lack(maybe(LINE))), answer=ref("Agent"),
        fails=("no_such_agent", "no_such_call", "no_such_disposition"),
    ),
    Route("GET", "/agent-changes", changes, auth.SUPERVISE, query=_TRAIL, answer=_CHANGES),
    Route("GET", "/statistics/today", today, answer=ref("Statistics")),
]  # fmt: skip
