# SPDX-License-Identifier: GPL-2.0-or-later
"""Queues, agents and waiting calls, as the ACD sees them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class AgentMode(enum.StrEnum):
    """What the agent wants."""

    AVAILABLE = "available"
    PAUSED = "paused"
    LOGGED_OUT = "logged_out"


class AgentState(enum.StrEnum):
    """What the agent is, as everybody sees it."""

    AVAILABLE = "available"
    OFFERED = "offered"
    ON_CALL = "on_call"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    LOGGED_OUT = "logged_out"
    UNAVAILABLE = "unavailable"  # the phone is off hook, unplugged or busy with another call


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """Times in seconds."""

    name: str
    ring_timeout_s: float
    wrap_up_s: float
    max_wait_s: float


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """`queues` maps the queue's name to the agent's tier there; tier 1 is asked first."""

    id: str
    queues: Mapping[str, int]


@dataclass(slots=True)
class Agent:
    """One agent. At most one of `offered`, `talking` is set: one agent, one call, across all queues."""

    settings: AgentSettings
    mode: AgentMode = AgentMode.AVAILABLE
    reason: str = ""
    unreachable: str = ""  # why the phone cannot take a call now, "" when it can
    offered: str | None = None
    talking: str | None = None
    wrap_up_until: float = 0.0
    rest_until: float = 0.0  # not offered a call before this, after one was not answered
    idle_since: float = 0.0
    queue: str | None = None  # of the call offered or in progress
    since: float = 0.0  # of the present state

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

    def why_not(self, now: float) -> str:
        """Why no call may be offered now, in a supervisor's words; "" when one may."""
        match self.state(now):
            case AgentState.ON_CALL:
                return "is on another call"
            case AgentState.OFFERED:
                return "is being offered another call"
            case AgentState.PAUSED:
                return f"is paused ({self.reason})" if self.reason else "is paused"
            case AgentState.LOGGED_OUT:
                return "is logged out"
            case AgentState.WRAP_UP:
                return f"is in wrap-up for {self.wrap_up_until - now:.0f} s more"
            case AgentState.UNAVAILABLE:
                return self.unreachable
            case _ if now < self.rest_until:
                return "did not answer the last offer"
        return ""


@dataclass(slots=True)
class Waiting:
    """A call in a queue."""

    call: str
    queue: str
    joined_at: float
    offered_to: str | None = None


@dataclass(slots=True)
class Queue:
    settings: QueueSettings
    waiting: list[Waiting] = field(default_factory=list)  # in the order of joining
