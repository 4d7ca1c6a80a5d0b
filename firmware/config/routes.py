# SPDX-License-Identifier: GPL-2.0-or-later
"""Which way calls go, in and out, and at which hours."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from firmware.config.distribution import Priority, Skills
from firmware.config.hours import parse_days, parse_holiday, parse_span
from firmware.config.values import DialPattern, Name, OutsideNumber, PortId, Section, Several, TargetText, read_by

Days = Annotated[str, read_by(parse_days)]
Spans = Several[Annotated[str, read_by(parse_span)]]
Holidays = Several[Annotated[str, read_by(parse_holiday)]]


class Route(Section):
    """Where calls from one line, to one number, or from one trunk go.

    `priority` and `required` skills are the callers' in whatever queue they come to, beside those of the queue.
    """

    line: PortId | None = None
    did: OutsideNumber | None = None
    trunk: Name | None = None
    schedule: str | None = None
    to: TargetText
    priority: Priority = 0
    required: Skills = Field(default_factory=dict)


class Outbound(Section):
    """Numbers that go out: digits that match `pattern` lose `strip` digits, get `prepend`, try `trunks` in order.

    Where several have the same pattern, the one with the lower `cost` is tried first.
    """

    pattern: DialPattern
    strip: Annotated[int, Field(ge=0, le=32)] = 0
    prepend: OutsideNumber = ""
    trunks: Annotated[Several[Name], Field(min_length=1)]
    call_class: Literal["local", "national", "international", "emergency"] = Field(default="national", alias="class")
    cost: Annotated[int, Field(ge=0, le=1000)] = 0


class Schedule(Section):
    """Opening hours at the site. `hours`: days and times, {"mon-fri" = ["08:00-12:30"]}; holidays have their own."""

    name: Name
    hours: dict[Days, Spans] = Field(default_factory=dict)
    holidays: Holidays = ()
    holiday_hours: Spans = ()
