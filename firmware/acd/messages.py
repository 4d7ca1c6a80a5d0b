# SPDX-License-Identifier: GPL-2.0-or-later
"""What the ACD is told, and what it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from firmware.acd.model import AgentMode, AgentSettings, QueueSettings

# ---- events ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Configured:
    """The configuration is now this. Calls and states of what still exists are kept."""

    queues: Sequence[QueueSettings]
    agents: Sequence[AgentSettings]


@dataclass(frozen=True, slots=True)
class CallJoined:
    call: str
    queue: str


@dataclass(frozen=True, slots=True)
class CallLeft:
    """The caller hung up, or was taken out of the queue."""

    call: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The agent took the call that was offered."""

    call: str
    agent: str


@dataclass(frozen=True, slots=True)
class NotAnswered:
    """The offer came to nothing: ring time over, rejected, phone failed."""

    call: str
    agent: str
    reason: str


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """The agent's conversation is over; wrap-up begins."""

    agent: str


@dataclass(frozen=True, slots=True)
class AgentSet:
    """The agent, or a supervisor for the agent, chose a mode. Ends wrap-up."""

    agent: str
    mode: AgentMode
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AgentReachable:
    """Whether the agent's phone can take a call: `why_not` is "" or says why not."""

    agent: str
    why_not: str


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


Event = Configured | CallJoined | CallLeft | Answered | NotAnswered | TalkEnded | AgentSet | AgentReachable | Tick

# ---- commands ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Considered:
    """One agent who was looked at for an offer: chosen, or passed over and why."""

    agent: str
    chosen: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Ring the agent for this call, at most `ring_timeout_s`; report Answered or NotAnswered."""

    call: str
    queue: str
    agent: str
    ring_timeout_s: float
    considered: Sequence[Considered]


@dataclass(frozen=True, slots=True)
class Overflow:
    """The call has waited long enough (or its queue is gone) and is no longer in the queue."""

    call: str
    queue: str
    reason: str


Command = Offer | Overflow
