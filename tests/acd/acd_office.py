# SPDX-License-Identifier: GPL-2.0-or-later
"""A small office for the pure ACD: a clock that is set by hand, and offers as pairs."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from firmware import acd


class AcdOffice:
    """Agents by their parts: `{"alice": {"support": 1}}`, a tier or a Membership. `queues` are settings by name."""

    def __init__(
        self, agents: Mapping[str, Mapping[str, int | acd.Membership]], *, skills: Mapping[str, Mapping[str, int]] = {},
        queues: Mapping[str, Mapping[str, Any]] = {}, seed: int = 1, **support: Any,
    ) -> None:  # fmt: skip
        self.state, self.now = acd.AcdState(random.Random(seed)), 0.0
        known = {"support": support, **queues}
        settings = [acd.QueueSettings(name, **({"wrap_up_s": 0.0} | dict(more))) for name, more in known.items()]
        self.agents = [acd.AgentSettings(id, _parts(parts), skills.get(id, {})) for id, parts in agents.items()]
        self.queues = settings
        self.tell(acd.Configured(settings, self.agents))

    def tell(self, event: acd.Event) -> list[acd.Command]:
        self.last = self.state.handle(event, self.now)
        return self.last

    def offers(self) -> list[tuple[str, str]]:
        """Of the last event."""
        return [(c.call, c.agent) for c in self.last if isinstance(c, acd.Offer)]

    def joins(self, call: str, queue: str = "support", **more: Any) -> list[tuple[str, str]]:
        self.tell(acd.CallJoined(call, queue, **more))
        return self.offers()

    def at(self, now: float) -> list[tuple[str, str]]:
        """Time passes, with a tick at each deadline."""
        made = []
        while (deadline := self.state.deadline(self.now)) is not None and deadline <= now:
            self.now = max(self.now, deadline)
            self.tell(acd.Tick())
            made += self.offers()
        self.now = now
        return made

    def takes(self, call: str, agent: str, talk_s: float = 60.0) -> list[tuple[str, str]]:
        """The agent answers and talks; the offers at the end."""
        self.tell(acd.Answered(call, agent))
        self.at(self.now + talk_s)
        self.tell(acd.TalkEnded(agent, call))
        return self.offers()

    def busy(self, *agents: str) -> None:
        for agent in agents:
            self.tell(acd.AgentReachable(agent, "phone is off hook"))

    def free(self, *agents: str) -> list[tuple[str, str]]:
        made = []
        for agent in agents:
            self.tell(acd.AgentReachable(agent, ""))
            made += self.offers()
        return made

    def words(self) -> dict[str, str]:
        """What the last offer says of each agent."""
        offer = next(command for command in self.last if isinstance(command, acd.Offer))
        return {word.agent: word.reason for word in offer.considered}

    def gave_up(self) -> list[tuple[str, str]]:
        """Calls that the last event ended, and why."""
        return [(c.call, c.why.value) for c in self.last if isinstance(c, acd.Overflow)]


def _parts(parts: Mapping[str, int | acd.Membership]) -> dict[str, acd.Membership]:
    return {name: acd.Membership(part) if isinstance(part, int) else part for name, part in parts.items()}
