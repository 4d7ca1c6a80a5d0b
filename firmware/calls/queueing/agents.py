# SPDX-License-Identifier: GPL-2.0-or-later
"""Agents, their phones, and what they and their supervisors choose."""

from __future__ import annotations

from typing import Any, Protocol

from firmware import acd
from firmware.calls.host import Host
from firmware.calls.leg import Failed, existing
from firmware.calls.queueing.views import Views
from firmware.calls.ringing import why_not
from firmware.config import Agent, Extension
from firmware.errors import Conflict, NotFound


class Floor(Protocol):
    """What this needs of `Queues`."""

    state: acd.AcdState
    views: Views

    def handle(self, event: acd.Event) -> None:
        """Tells the ACD."""


class Agents:
    """Those of the configuration."""

    def __init__(self, host: Host, floor: Floor) -> None:
        self._host, self._floor = host, floor

    def agent(self, id: str) -> Agent:
        """An agent of the configuration. NotFound."""
        agent = self._host.config.agent(id)
        if not agent:
            raise NotFound(f"There is no agent {id}.", code="no_such_agent", field="id")
        return agent

    def extension_of(self, id: str) -> Extension:
        """Where the agent's phone is. NotFound, Failed."""
        number = self.agent(id).extension
        return existing(self._host.config.extension(number), f"extension {number}")

    def check_phones(self) -> None:
        """Tells the ACD which agents' phones can be rung."""
        for agent in self._host.config.agents:
            known = self._floor.state.agents.get(agent.id)
            if known:
                ours = known.offered or known.talking
                reason = "" if ours else self._why_not(agent.id)
                if reason != known.unreachable:
                    self._floor.handle(acd.AgentReachable(agent.id, reason))

    def _why_not(self, id: str) -> str:
        try:
            return why_not(self._host, self.extension_of(id))
        except Failed:
            return "has no phone that could ring"

    def choose(self, id: str, mode: str, reason: str) -> dict[str, Any]:
        """An agent's or supervisor's choice. Conflict for a state that nobody can choose."""
        self.agent(id)
        if mode not in tuple(acd.AgentMode):
            allowed = ", ".join(acd.AgentMode)
            raise Conflict(f'"{mode}" is not a state to choose; use {allowed}.', code="bad_agent_state", field="state")
        self._floor.handle(acd.AgentSet(id, acd.AgentMode(mode), reason))
        return self._floor.views.agent(id) or {}
