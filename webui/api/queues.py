# SPDX-License-Identifier: GPL-2.0-or-later
"""Queues and agents."""

from __future__ import annotations

from typing import Any

from firmware.errors import Denied, Invalid, NotFound
from webui import auth
from webui.api.route import Ask, Route
from webui.http import only_fields, text_field

STATES = ("available", "paused", "logged_out")


def queues(ask: Ask) -> Any:
    return ask.box.live.need()["queues"]


def queue(ask: Ask, name: str) -> Any:
    found = next((item for item in ask.box.live.need()["queues"] if item["name"] == name), None)
    if found is None:
        raise NotFound(f"There is no queue {name}.", code="no_such_queue")
    return found


def agents(ask: Ask) -> Any:
    return ask.box.live.need()["agents"]


def set_state(ask: Ask, id: str) -> Any:
    """An agent's state, by a supervisor; or by the agent, who logs in under the agent's id."""
    if ask.who.role == "agent" and ask.who.name != id:
        raise Denied("Agents set their own state only.")
    body = ask.json()
    only_fields(body, "state", "reason")
    state = text_field(body, "state")
    if state not in STATES:
        raise Invalid(f"'state' must be one of {', '.join(STATES)}.", field="state")
    reason = text_field(body, "reason", required=False)
    return ask.box.live.ask("agent.set_state", id=id, state=state, reason=reason)


ROUTES = [
    Route("GET", "/queues", queues),
    Route("GET", "/queues/<name>", queue),
    Route("GET", "/agents", agents),
    Route("POST", "/agents/<id>/state", set_state, roles=auth.SET_AGENT),
]
