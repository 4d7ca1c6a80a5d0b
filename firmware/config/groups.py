# SPDX-License-Identifier: GPL-2.0-or-later
"""Several phones under one number: groups that ring, conferences, loudspeakers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from firmware.config.values import Name, Number, Pin, Seconds, Section, Several, TargetText


class Conference(Section):
    """A room in which everybody who calls it talks; `pin` is asked for, "" lets everybody in."""

    name: Name
    number: Number | None = None
    pin: Pin = ""


class Group(Section):
    """Extensions that ring for one number. `turn_s` is each one's time unless all ring together; `then` is where a call
    goes that nobody took within `timeout_s`."""

    name: Name
    number: Number | None = None
    members: Annotated[Several[Number], Field(min_length=1)]
    strategy: Literal["together", "in_turn", "round_robin"] = "together"
    turn_s: Annotated[Seconds, Field(ge=3, le=120)] = 15
    timeout_s: Annotated[Seconds, Field(ge=3, le=600)] = 30
    then: TargetText | None = None


class Paging(Section):
    """SIP phones that answer by themselves and let their loudspeakers be heard."""

    name: Name
    number: Number | None = None
    members: Annotated[Several[Number], Field(min_length=1)]
