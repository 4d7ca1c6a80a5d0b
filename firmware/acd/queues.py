# SPDX-License-Identifier: GPL-2.0-or-later
"""One queue: who waits, who serves it, and what it has learnt of the time that a call takes."""

from __future__ import annotations

from dataclasses import dataclass, field

from firmware.acd.agents import Agent
from firmware.acd.estimate import Pace
from firmware.acd.places import Line, Place
from firmware.acd.settings import Presence, QueueSettings, Strategy


@dataclass(slots=True)
class Queue:
    """`waiting` is everybody in line; `seeking` those of them who are not being offered to anybody."""

    settings: QueueSettings
    waiting: Line = field(default_factory=Line)
    seeking: Line = field(default_factory=Line)
    ringing: dict[str, Place] = field(default_factory=dict)  # those who are
    sleeping: dict[str, Place] = field(default_factory=dict)  # call-backs that are not due yet
    members: dict[str, Agent] = field(default_factory=dict)  # in the order of the configuration
    free: dict[str, Agent] = field(default_factory=dict)
    turn: dict[str, int] = field(default_factory=dict)  # each member's place in the order
    tiers: dict[int, int] = field(default_factory=dict)  # tier: how many of it are logged in
    last_asked: str = ""  # for round_robin
    pace: Pace = field(default_factory=Pace)
    talking: int = 0

    @property
    def name(self) -> str:
        """As configured."""
        return self.settings.name

    @property
    def rings_all(self) -> bool:
        """Whether a call may be offered to several at once."""
        return self.settings.strategy is Strategy.RING_ALL

    def tier(self, agent: Agent) -> int:
        """Of a member."""
        return agent.settings.queues[self.name].tier

    def opens_after(self, tier: int) -> float:
        """How long a caller waits before this tier is asked; a tier in which nobody is logged in is not waited for."""
        if not self.settings.tier_delay_s:
            return 0.0
        return self.settings.tier_delay_s * sum(1 for other, count in self.tiers.items() if count and other < tier)

    def may_ring(self, place: Place, now: float) -> bool:
        """At (more) agents: not when it is due to overflow after what rings now, or is for one agent only."""
        if not place.offered_to:
            return True
        return self.rings_all and not place.only and not place.overdue(self.settings.max_wait_s, now)

    def rings_for(self, agent: Agent, now: float) -> list[Place]:
        """Calls that ring at somebody and may ring at this agent too."""
        delay, tier = self.settings.tier_delay_s, self.tier(agent)
        return [
            place
            for place in self.ringing.values()
            if self.may_ring(place, now) and (delay or tier <= self._ringing_tier(place, tier))
        ]

    def _ringing_tier(self, place: Place, otherwise: int) -> int:
        return max((self.tier(self.members[id]) for id in place.offered_to if id in self.members), default=otherwise)

    def callers(self) -> int:
        """Those on the line."""
        return sum(1 for place in self.waiting if not place.callback)

    def has(self, presence: Presence) -> bool:
        """Whether at least one agent is so."""
        match presence:
            case Presence.ALWAYS:
                return True
            case Presence.FREE:
                return bool(self.free)
            case Presence.WORKING:
                return any(agent.working(self.name) for agent in self.members.values())
        return any(agent.logged_in(self.name) for agent in self.members.values())
