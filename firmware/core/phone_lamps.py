# SPDX-License-Identifier: GPL-2.0-or-later
"""Lamps of telephones: who is busy, who takes calls of queues, whose mailbox has messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from firmware.acd import AgentState
from firmware.calls.lamps import LampState
from firmware.calls.station import Station
from firmware.config import Agent, Config, Extension, features
from firmware.edge.link import EdgeLink
from firmware.edge.publish import Lamp

_LAMPS = {LampState.IDLE: Lamp.IDLE, LampState.RINGING: Lamp.RINGING, LampState.BUSY: Lamp.BUSY}


class PhoneLamps:
    """Of analog phones by the card, of SIP phones by the edge."""

    def __init__(self, config: Callable[[], Config], stations: Mapping[str, Station], edge: EdgeLink | None) -> None:
        self._config, self._stations, self._edge = config, stations, edge

    def show_line(self, number: str, state: LampState) -> None:
        """On the keys of whoever watches this extension."""
        if self._edge:
            self._edge.lamps.publish_dialog(number, _LAMPS[state])

    def show_agent(self, agent: Agent, state: AgentState) -> None:
        """Lit while the agent is not there for callers, blinking while one rings."""
        name = features.agent_lamp(self._config().features, agent.number)
        if name and self._edge:
            lamp = {AgentState.AVAILABLE: Lamp.IDLE, AgentState.OFFERED: Lamp.RINGING}.get(state, Lamp.BUSY)
            self._edge.lamps.publish_dialog(name, lamp)

    def show_messages(self, extension: Extension, new: int, saved: int) -> None:
        """On the phone of the extension."""
        station = self._stations.get(extension.port or "")
        if station:
            station.messages.set(new > 0)
        if self._edge:
            self._edge.lamps.publish_mwi(extension.number, new, saved)
