# SPDX-License-Identifier: GPL-2.0-or-later
"""Queues, and the agents who serve them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from firmware.config.distribution import Distribution, MembershipOrTier, Skills
from firmware.config.recordings import Recorded
from firmware.config.values import Name, Number, Pin, Seconds, Section, Several, Text
from firmware.config.waiting import CallBackRules, KeyOrNone, Waiting
from firmware.config.wallboard import Wallboard
from firmware.reports.thresholds import SERVICE_LEVEL_GOAL


class Agent(Section):
    """`queues` maps the names of queues to the agent's part there: a tier (1 is asked first), or a table.

    `extension` is where the agent sits who has a place of his own. With `number` and `pin` he logs in at any phone.
    """

    id: Name
    name: Text = ""
    extension: Number | None = None
    number: Number | None = None
    pin: Pin = ""
    queues: dict[Name, MembershipOrTier] = Field(default_factory=dict)
    skills: Skills = Field(default_factory=dict)


class _Named(Section):
    name: Name
    number: Number | None = None


class Queue(Distribution, _Named):
    """Callers who wait for agents. `greeting` is the name of a prompt. From `consent` on: docs/waiting.md."""

    record: Recorded = True
    ring: Literal["normal", "group"] = "normal"
    greeting: Name | None = None
    service_level_s: Annotated[Seconds, Field(ge=1, le=3600)] = 20
    service_level_goal: Annotated[int, Field(ge=1, le=100)] = SERVICE_LEVEL_GOAL
    short_abandon_s: Annotated[Seconds, Field(ge=0, le=60)] = 5
    dispositions: Several[Name] = ()
    disposition_required: bool = False
    consent: Literal["none", "caller", "agent", "both"] = "none"
    refuse_key: KeyOrNone = ""
    whisper: bool = False
    survey: Name | None = None
    waiting: Waiting = Field(default_factory=Waiting)
    call_back: CallBackRules = Field(default_factory=CallBackRules)
    wallboard: Wallboard = Field(default_factory=Wallboard)
