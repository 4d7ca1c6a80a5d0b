# SPDX-License-Identifier: GPL-2.0-or-later
"""What the ACD is told. Every time is on its caller's monotonic clock, in seconds."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from firmware.acd.settings import AgentSettings, QueueSettings


class AgentMode(enum.StrEnum):
    """What the agent wants."""

    AVAILABLE = "available"
    PAUSED = "paused"
    LOGGED_OUT = "logged_out"


class Outcome(enum.StrEnum):
    """Why an offer came to nothing."""

    NO_ANSWER = "no_answer"  # the only one that counts as a miss
    REJECTED = "rejected"
    BUSY = "busy"
    FAILED = "failed"  # the phone, not the agent


# ---- configuration and time --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Configured:
    """The configuration is now this. Calls and states of what still exists are kept, what rings goes on ringing.

    Callers of a queue that is gone overflow; an agent who is gone and on a call is forgotten after it. `unreachable`:
    why phones of new agents cannot ring, by agent.
    """

    queues: Sequence[QueueSettings]
    agents: Sequence[AgentSettings]
    unreachable: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Restored:
    """What the ACD before a restart had asked to keep (`Kept.data` by `Kept.kind` and `Kept.id`).

    Told once, before the first Configured. Calls with a caller on the line are lost with the old process: whoever
    calls again in time has the old place. Call-backs wait on.
    """

    kept: Mapping[tuple[str, str], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


@dataclass(frozen=True, slots=True)
class DayBegan:
    """Counts of today (`fewest_calls`, `least_talk`) begin anew."""


# ---- calls -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallJoined:
    """A call wants an agent of a queue. Answered by an Overflow when the queue does not take it.

    `caller` is a number, or "" when there is none to know the caller by. `required` and `preferred` skills count
    beside the queue's. `waited_s`: how long it has waited elsewhere; that counts for its place. `callback`: nobody is
    on the line, so it waits without limit; with `due_at` it sleeps until then and is first in line after that.
    """

    call: str
    queue: str
    caller: str = ""
    priority: int = 0
    required: Mapping[str, int] = field(default_factory=dict)
    preferred: Mapping[str, int] = field(default_factory=dict)
    waited_s: float = 0.0
    callback: bool = False
    due_at: float | None = None


@dataclass(frozen=True, slots=True)
class CallLeft:
    """The caller hung up (`dropped`), or was taken out of the queue. Harmless for a call that is in none."""

    call: str
    dropped: bool = True


@dataclass(frozen=True, slots=True)
class PlaceKept:
    """The caller hangs up and is called back: the place goes over to the call-back, whose id is another call's."""

    call: str
    callback: str
    due_at: float | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The agent took the call that was offered. Answered by a Withdraw when that was too late."""

    call: str
    agent: str


@dataclass(frozen=True, slots=True)
class NotAnswered:
    """The offer came to nothing; `reason` is a sentence."""

    call: str
    agent: str
    outcome: Outcome = Outcome.NO_ANSWER
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """The agent's part in this call is over; wrap-up begins. Harmless when the agent is not in it."""

    agent: str
    call: str


# ---- calls, by hand ----------------------------------------------------------------------------
# Each is harmless for a call that does not wait, for a call-back, and where `AcdState` says why it cannot be.


@dataclass(frozen=True, slots=True)
class Moved:
    """A supervisor sends the caller to another queue. Phones that ring for the call stop.

    `keep_wait`: the caller stands there as if he had waited there. `max_wait_s` counts anew.
    """

    call: str
    queue: str
    keep_wait: bool = True


@dataclass(frozen=True, slots=True)
class PrioritySet:
    """The caller has this priority from now on, that of the queue included."""

    call: str
    priority: int


@dataclass(frozen=True, slots=True)
class ToFront:
    """The caller is first in line, until somebody else is put there."""

    call: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """This agent of the queue is to have the call, whoever stands before it and whatever skills it needs."""

    call: str
    agent: str


@dataclass(frozen=True, slots=True)
class PickedUp:
    """Somebody took the caller past the agents. Phones that ring for the call stop."""

    call: str


# ---- agents ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AgentSet:
    """The agent, or a supervisor for the agent, chose a mode. Ends wrap-up and forgets misses."""

    agent: str
    mode: AgentMode
    reason: str = ""


@dataclass(frozen=True, slots=True)
class QueueLogin:
    """The agent serves this one of its queues, or for now does not."""

    agent: str
    queue: str
    logged_in: bool


@dataclass(frozen=True, slots=True)
class WrapUpExtended:
    """Wrap-up lasts so much longer. Harmless when there is none."""

    agent: str
    seconds: float


@dataclass(frozen=True, slots=True)
class WrapUpEnded:
    """The agent is done with the last call."""

    agent: str


@dataclass(frozen=True, slots=True)
class AgentReachable:
    """Whether the agent's phone can take a call: `why_not` is "" or says why not."""

    agent: str
    why_not: str


Event = (
    Configured | Restored | Tick | DayBegan
    | CallJoined | CallLeft | PlaceKept | Answered | NotAnswered | TalkEnded
    | Moved | PrioritySet | ToFront | Assigned | PickedUp
    | AgentSet | QueueLogin | WrapUpExtended | WrapUpEnded | AgentReachable
)  # fmt: skip
