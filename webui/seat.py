# SPDX-License-Identifier: GPL-2.0-or-later
"""Whose telephone is meant: the agent that somebody is, and the extension where that agent sits."""

from __future__ import annotations

from typing import Any

from firmware.errors import Conflict, NotFound
from webui.auth import Identity
from webui.box import Box

Json = dict[str, Any]


def agent_of(box: Box, who: Identity | None) -> Json | None:
    """The agent whose id is the visitor's name, as the core shows it; None when there is none, or no core."""
    id = who.agent if who else ""
    return next((agent for agent in box.live.picture()["agents"] if agent["id"] == id), None)


def phone_of(box: Box, who: Identity | None) -> str:
    """The extension that rings for the visitor: where the agent sits, else the user's own; "" without one."""
    agent = agent_of(box, who)
    return str((agent and agent["extension"]) or (who and who.extension) or "")


def need_agent(box: Box, who: Identity | None) -> Json:
    """The agent. Unavailable without a core, NotFound for somebody who is no agent."""
    box.live.need()
    if not (agent := agent_of(box, who)):
        raise NotFound("No agent has your name.", code="no_such_agent")
    return agent


def need_phone(box: Box, who: Identity | None) -> str:
    """The extension that rings for the visitor. Unavailable, Conflict when there is none."""
    box.live.need()
    if not (extension := phone_of(box, who)):
        raise Conflict("You sit at no telephone. Log in at an extension first.", code="no_phone")
    return extension


def is_part(call: Json, agent: Json) -> bool:
    """Whether a call is the agent's: offered by a queue, rung directly, or talked in."""
    extension = agent["extension"]
    if call["id"] == agent["call"]:
        return True
    if not extension:
        return False
    rung = call["to_number"] == extension and call["state"] == "ringing"
    return rung or any(leg.get("extension") == extension for leg in call["legs"])
