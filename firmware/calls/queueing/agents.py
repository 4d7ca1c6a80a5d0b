# SPDX-License-Identifier: GPL-2.0-or-later
"""Agents' phones, as the ACD knows them."""

from __future__ import annotations

from typing import Protocol

from firmware import acd
from firmware.calls.host import Host
from firmware.calls.leg import existing
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
        number = self._host.agents.seat(self._host.agents.agent(id))
        return existing(self._host.config.extension(number), f"extension {number}")

    def check_phones(self, extension: str | None = None) -> None:
        """Tells the ACD which agents' phones can be rung: at one extension, or all."""
        talking = {leg.number for call in self._host.journal.calls.values() for leg in call.legs}
        for agent in self._host.config.agents:
            known = self._floor.state.agents.get(agent.id)
            if known and extension in (None, self._host.agents.seat(agent)):
                reason = self._host.agents.why_not(agent, talking)
                if reason != known.unreachable:
                    self._floor.handle(acd.AgentReachable(agent.id, reason))
