# SPDX-License-Identifier: GPL-2.0-or-later
"""One agent, and what everybody may know about it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from firmware.acd.events import AgentMode, Outcome
from firmware.acd.reasons import Reason
from firmware.acd.settings import AgentSettings


class AgentState(enum.StrEnum):
    """What the agent is, as everybody sees it."""

    AVAILABLE = "available"
    OFFERED = "offered"
    ON_CALL = "on_call"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    LOGGED_OUT = "logged_out"
    UNAVAILABLE = "unavailable"  # the phone is off hook, unplugged or busy with another call


@dataclass(slots=True)
class Agent:
    """One agent. At most one of `offered`, `talking` is set: one agent, one call, across all queues.

    Times are on the ACD's clock. `gone`: no longer configured, and forgotten as soon as the talk is over.
    """

    settings: AgentSettings
    mode: AgentMode = AgentMode.AVAILABLE
    reason: str = ""
    unreachable: str = ""  # why the phone cannot take a call now, "" when it can
    offered: str | None = None
    talking: str | None = None
    queue: str | None = None  # of the call offered or in progress
    wrap_up_until: float = 0.0
    rest_until: float = 0.0  # not offered a call before this, after one came to nothing
    rest_why: Outcome = Outcome.NO_ANSWER
    idle_since: float = 0.0
    since: float = 0.0  # of the present state
    talk_at: float = 0.0  # when the present talk began
    misses: int = 0  # offers in a row that were not answered
    calls: int = 0  # taken today
    talk_s: float = 0.0  # of today
    logged_out_of: set[str] = field(default_factory=set)  # queues
    free_in: set[str] = field(default_factory=set)  # queues that may offer a call now
    gone: bool = False

    @property
    def id(self) -> str:
        """As configured."""
        return self.settings.id

    def state(self, now: float) -> AgentState:
        """What the agent is at `now`."""
        if self.talking:
            return AgentState.ON_CALL
        if self.offered:
            return AgentState.OFFERED
        if self.mode != AgentMode.AVAILABLE:
            return AgentState(self.mode.value)
        if now < self.wrap_up_until:
            return AgentState.WRAP_UP
        return AgentState.UNAVAILABLE if self.unreachable else AgentState.AVAILABLE

    def busy(self, now: float) -> Reason | None:
        """Why no call may be offered now, None when one may."""
        if self.talking:
            return Reason("on_call")
        if self.offered:
            return Reason("offered")
        if self.mode is AgentMode.PAUSED:
            return Reason("paused_reason", {"reason": self.reason}) if self.reason else Reason("paused")
        if self.mode is AgentMode.LOGGED_OUT:
            return Reason("logged_out")
        if now < self.wrap_up_until:
            return Reason("wrap_up", {"seconds": self.wrap_up_until - now})
        if self.unreachable:
            return Reason("unreachable", {"why": self.unreachable})
        if now < self.rest_until:
            return Reason(self.rest_why.value)
        return None

    def why_not(self, now: float) -> str:
        """The same in a supervisor's words; "" when one may."""
        reason = self.busy(now)
        return reason.sentence if reason else ""

    def logged_in(self, queue: str) -> bool:
        """Serves this queue, perhaps after a pause."""
        return self.mode is not AgentMode.LOGGED_OUT and queue not in self.logged_out_of

    def working(self, queue: str) -> bool:
        """Serves it now or after the present call."""
        able = bool(self.talking or self.offered) or not self.unreachable
        return self.mode is AgentMode.AVAILABLE and queue not in self.logged_out_of and able

    @property
    def ready_at(self) -> float:
        """When time alone frees the agent."""
        return max(self.wrap_up_until, self.rest_until)
