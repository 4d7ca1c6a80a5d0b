# SPDX-License-Identifier: GPL-2.0-or-later
"""Agents' phones, as the ACD knows them."""

from __future__ import annotations

from typing import Protocol

from firmware import acd
from firmware.calls.host import Host
from firmware.calls.leg import existing
from firmware.calls.ringing import why_not
from firmware.config import Extension


class Floor(Protocol):
    """What this needs of `Queues`."""

    state: acd.AcdState

    def handle(self, event: acd.Event) -> None:
        """Tells the ACD."""


class Agents:
    """Those of the configuration, wherever they sit."""

    def __init__(self, host: Host, floor: Floor) -> None:
        self._host, self._floor = host, floor

    def extension_of(self, id: str) -> Extension:
        """Where the agent's phone is. NotFound, Failed."""
        number = self._host.agents.seats.of(self._host.agents.agent(id))
        return existing(self._host.config.extension(number), f"extension {number}")

    def strangers(self) -> dict[str, str]:
        """Agents of the configuration whom the ACD does not know yet: why the phone cannot ring, "" when it can."""
        new = [agent for agent in self._host.config.agents if agent.id not in self._floor.state.agents]
        places = {agent.id: self._host.config.extension(self._host.agents.seats.of(agent)) for agent in new}
        return {id: why_not(self._host, place) if place else "sits at no phone" for id, place in places.items()}

    def check_phones(self, extension: str | None = None) -> None:
        """Tells the ACD which agents' phones can be rung: at one extension, or all."""
        talking = {leg.number for call in self._host.journal.calls.values() for leg in call.legs}
        for agent in self._host.config.agents:
            known = self._floor.state.agents.get(agent.id)
            if known and extension in (None, self._host.agents.seats.of(agent)):
                reason = self._host.agents.why_not(agent, talking)
                if reason != known.unreachable:
                    self._floor.handle(acd.AgentReachable(agent.id, reason))
