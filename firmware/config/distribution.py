# SPDX-License-Identifier: GPL-2.0-or-later
"""How a queue gives its callers to agents: docs/queues.md defines each strategy and rule. Times in seconds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from firmware.config.values import Name, Seconds, Section, TargetText

Level = Annotated[int, Field(ge=1, le=10)]
Skills = dict[Name, Level]
Priority = Annotated[int, Field(ge=0, le=100)]
Delay = Annotated[Seconds, Field(ge=0, le=3600)]
Presence = Literal["always", "logged_in", "working", "free"]
Strategy = Literal[
    "ring_all", "longest_idle", "round_robin", "fewest_calls", "least_talk", "linear", "random", "skills"
]  # fmt: skip

TIERS = range(1, 100)


def _underscores(value: object) -> object:
    return value.replace("-", "_") if isinstance(value, str) else value


def _tier(value: object) -> object:
    """A tier alone is a part."""
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    if value not in TIERS:
        raise ValueError(f"{value} is no tier; use at least {TIERS[0]} and at most {TIERS[-1]}")
    return {"tier": value}


class Membership(Section):
    """An agent's part in a queue. `weight`: how much this queue counts for the agent beside its other queues."""

    tier: Annotated[int, Field(ge=1, le=99)] = 1
    weight: Annotated[float, Field(ge=0.1, le=100, allow_inf_nan=False)] = 1.0


MembershipOrTier = Annotated[Membership, BeforeValidator(_tier)]


class Distribution(Section):
    """What the ACD goes by. `overflow` is where to go after `max_wait_s`, and when `when_full` or `when_empty` is left
    out."""

    strategy: Annotated[Strategy, BeforeValidator(_underscores)] = "longest_idle"
    ring_timeout_s: Annotated[Seconds, Field(ge=1, le=300)] = 20
    wrap_up_s: Annotated[Seconds, Field(ge=0, le=3600)] = 10
    max_wait_s: Annotated[Seconds, Field(ge=1, le=86400)] = 300
    overflow: TargetText | None = None
    max_callers: Annotated[int, Field(ge=0, le=1000)] = 0
    when_full: TargetText | None = None
    join_while: Presence = "always"
    stay_while: Presence = "always"
    empty_after_s: Delay = 10
    when_empty: TargetText | None = None
    tier_delay_s: Delay = 0
    priority: Priority = 0
    priority_step_s: Delay = 60
    required: Skills = Field(default_factory=dict)
    preferred: Skills = Field(default_factory=dict)
    relax_s: Delay = 0
    no_answer_delay_s: Delay = 5
    reject_delay_s: Delay = 5
    busy_delay_s: Delay = 5
    max_misses: Annotated[int, Field(ge=0, le=99)] = 0
    return_s: Delay = 60
