# SPDX-License-Identifier: GPL-2.0-or-later
"""Queues, and the agents who serve them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from firmware.config.recordings import Recorded
from firmware.config.values import Name, Number, Seconds, Section, TargetText, Text


class Agent(Section):
    """`queues` maps the names of queues to the agent's tier there (1 is asked first)."""

    id: Name
    name: Text = ""
    extension: Number
    queues: dict[Name, Annotated[int, Field(ge=1, le=99)]] = Field(default_factory=dict)


class Queue(Section):
    """Times in seconds. `greeting` is the name of a prompt. `overflow` is where to go after `max_wait_s`."""

    name: Name
    number: Number | None = None
    strategy: Annotated[
        Literal["longest_idle"], BeforeValidator(lambda v: "longest_idle" if v == "longest-idle" else v)
    ] = "longest_idle"
    ring_timeout_s: Annotated[Seconds, Field(ge=1, le=300)] = 20
    wrap_up_s: Annotated[Seconds, Field(ge=0, le=3600)] = 10
    max_wait_s: Annotated[Seconds, Field(ge=1, le=86400)] = 300
    record: Recorded = True
    ring: Literal["normal", "group"] = "normal"
    overflow: TargetText | None = None
    greeting: Name | None = None
