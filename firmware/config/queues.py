# SPDX-License-Identifier: GPL-2.0-or-later
"""Queues, and the agents who serve them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from firmware.config.values import Name, Number, Pin, Seconds, Section, Several, TargetText, Text
from firmware.config.waiting import CallBackRules, KeyOrNone, Waiting


class Agent(Section):
    """`queues` maps the names of queues to the agent's tier there (1 is asked first).

    `extension` is where the agent sits who has a place of his own. With `number` and `pin` he logs in at any phone.
    """

    id: Name
    name: Text = ""
    extension: Number | None = None
    number: Number | None = None
    pin: Pin = ""
    queues: dict[Name, Annotated[int, Field(ge=1, le=99)]] = Field(default_factory=dict)


class Queue(Section):
    """Times in seconds. `greeting` is the name of a prompt. `overflow` is where to go after `max_wait_s`.

    From `consent` on: docs/waiting.md.
    """

    name: Name
    number: Number | None = None
    strategy: Annotated[
        Literal["longest_idle"], BeforeValidator(lambda v: "longest_idle" if v == "longest-idle" else v)
    ] = "longest_idle"
    ring_timeout_s: Annotated[Seconds, Field(ge=1, le=300)] = 20
    wrap_up_s: Annotated[Seconds, Field(ge=0, le=3600)] = 10
    max_wait_s: Annotated[Seconds, Field(ge=1, le=86400)] = 300
    record: bool = True
    ring: Literal["normal", "group"] = "normal"
    overflow: TargetText | None = None
    greeting: Name | None = None
    dispositions: Several[Name] = ()
    disposition_required: bool = False
    consent: Literal["none", "caller", "agent", "both"] = "none"
    refuse_key: KeyOrNone = ""
    whisper: bool = False
    survey: Name | None = None
    waiting: Waiting = Field(default_factory=Waiting)
    call_back: CallBackRules = Field(default_factory=CallBackRules)
