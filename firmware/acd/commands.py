# SPDX-License-Identifier: GPL-2.0-or-later
"""What the ACD asks for, and what it wants to be kept and shown. All of it in plain values."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firmware.acd.reasons import Considered


class GaveUp(enum.StrEnum):
    """Why a call is no longer in its queue."""

    MAX_WAIT = "max_wait"
    FULL = "full"
    EMPTY = "empty"  # nobody there to wait for
    DELETED = "deleted"

    @property
    def sentence(self) -> str:
        """For a supervisor."""
        return _SENTENCES[self]


_SENTENCES = {
    GaveUp.MAX_WAIT: "waited for as long as the queue allows",
    GaveUp.FULL: "the queue was full",
    GaveUp.EMPTY: "no agent was there to wait for",
    GaveUp.DELETED: "the queue was deleted",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """Ring the agent for this call, at most `ring_timeout_s`; report Answered or NotAnswered.

    A call may be offered to several agents at once. `waited_s` is the caller's wait until now; `callback`: nobody is
    on the line yet. `considered` is everybody who was looked at, in the order in which they stood.
    """

    call: str
    queue: str
    agent: str
    ring_timeout_s: float
    considered: Sequence[Considered]
    waited_s: float = 0.0
    callback: bool = False


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Stop ringing the agent for this call, or let go of the agent who answered too late. Report nothing.

    Every Offer ends by Answered, by NotAnswered or by this.
    """

    call: str
    agent: str
    reason: str


@dataclass(frozen=True, slots=True)
class Overflow:
    """The call is no longer in the queue, or was not taken."""

    call: str
    queue: str
    why: GaveUp

    @property
    def reason(self) -> str:
        """A sentence."""
        return self.why.sentence


@dataclass(frozen=True, slots=True)
class AgentPaused:
    """The agent was paused by the ACD, after so many offers in a row that were not answered, this call's last."""

    call: str
    agent: str
    misses: int


Command = Offer | Withdraw | Overflow | AgentPaused


@dataclass(frozen=True, slots=True)
class Kept:
    """Something to be remembered beyond this process, in place of what was kept under `kind` and `id` before.

    None: forget it. Values are JSON's; names that end in `_at` are times on the clock.
    """

    kind: str
    id: str
    data: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class Changes:
    """Names of queues and ids of agents that look different now, and what is to be kept."""

    queues: frozenset[str]
    agents: frozenset[str]
    kept: Sequence[Kept]
