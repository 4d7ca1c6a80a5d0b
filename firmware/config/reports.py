# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports that are sent by e-mail by themselves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from firmware.config.values import Name, Section, Several, matching

Address = Annotated[str, matching(r"[^@\s<>,;\"]{1,64}@[A-Za-z0-9.-]{1,190}", "an address like anna@example.com")]


class ScheduledReport(Section):
    """Of the day, week (from Monday) or month that has ended, sent at a time of the site: docs/reports.md."""

    name: Name
    every: Literal["day", "week", "month"] = "day"
    at: Annotated[str, matching(r"([01][0-9]|2[0-3]):[0-5][0-9]", "a time such as 07:00")] = "07:00"
    of: Literal["queues", "calls"] = "queues"
    by: Literal[
        "queue", "agent", "line", "trunk", "direction", "disposition", "hour", "weekday", "day", "month"
    ] = "queue"  # fmt: skip
    queue: Name | None = None
    agent: Name | None = None
    to: Annotated[Several[Address], Field(min_length=1, max_length=20)]
    language: Literal["en", "zh"] | None = None
