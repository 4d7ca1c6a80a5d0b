# SPDX-License-Identifier: GPL-2.0-or-later
"""What is configured of queues and agents, as the ACD needs it. Times in seconds."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class Strategy(enum.StrEnum):
    """Who is asked first among those who are free, in the lowest tier that has any. See docs/queues.md."""

    RING_ALL = "ring_all"
    LONGEST_IDLE = "longest_idle"
    ROUND_ROBIN = "round_robin"
    FEWEST_CALLS = "fewest_calls"
    LEAST_TALK = "least_talk"
    LINEAR = "linear"
    RANDOM = "random"
    SKILLS = "skills"


class Presence(enum.StrEnum):
    """What at least one agent of the queue must be for callers to join it, or to stay."""

    ALWAYS = "always"  # nothing: there need not be anybody
    LOGGED_IN = "logged_in"  # even on a pause
    WORKING = "working"  # logged in, not paused, with a phone that works; may be on a call
    FREE = "free"  # could be offered a call now


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """One queue.

    A point of `priority` counts as `priority_step_s` of waiting. `required` and `preferred` map skills to the level
    that is needed and to the weight of a level; each `relax_s` of waiting lowers every need by one (0: never).
    `tier_delay_s`: each further tier is asked so much later (0: as soon as nobody of a lower one is free).
    Delays: how long an agent is left alone after such an offer. `max_misses` offers in a row that were not answered
    pause the agent (0: never). `max_callers` 0: any number. `return_s`: who was cut off and calls again within that
    time is where the caller was before.
    """

    name: str
    ring_timeout_s: float = 20.0
    wrap_up_s: float = 10.0
    max_wait_s: float = 300.0
    strategy: Strategy = Strategy.LONGEST_IDLE
    tier_delay_s: float = 0.0
    priority: int = 0
    priority_step_s: float = 60.0
    required: Mapping[str, int] = field(default_factory=dict)
    preferred: Mapping[str, int] = field(default_factory=dict)
    relax_s: float = 0.0
    no_answer_delay_s: float = 5.0
    reject_delay_s: float = 5.0
    busy_delay_s: float = 5.0
    max_misses: int = 0
    max_callers: int = 0
    join_while: Presence = Presence.ALWAYS
    stay_while: Presence = Presence.ALWAYS
    empty_after_s: float = 10.0
    return_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Membership:
    """An agent's part in one queue: tier 1 is asked first.

    `weight` counts twice: how much the queue's callers weigh against those of the agent's other queues, and with the
    strategy `random` how often the agent is drawn.
    """

    tier: int = 1
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """`queues` by name; `skills` map a skill to the agent's level, 1 to 10."""

    id: str
    queues: Mapping[str, Membership] = field(default_factory=dict)
    skills: Mapping[str, int] = field(default_factory=dict)
