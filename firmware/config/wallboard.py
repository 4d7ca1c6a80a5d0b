# SPDX-License-Identifier: GPL-2.0-or-later
"""When the wallboard shows a figure of a queue in amber or red, and what it sounds at: docs/wallboard.md."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from firmware.config.values import Seconds, Section
from firmware.reports.thresholds import Thresholds

Callers = Annotated[int, Field(ge=0, le=1000)]
Wait = Annotated[Seconds, Field(ge=0, le=86400)]
Percent = Annotated[int, Field(ge=0, le=100)]


class Wallboard(Section):
    """From this value on a figure is amber (`_warn`) or red (`_alarm`); 0: never. The service level is red below
    `service_level_alarm`. `sound`: the colour from which on the wallboard sounds."""

    waiting_warn: Callers = Thresholds.waiting_warn
    waiting_alarm: Callers = Thresholds.waiting_alarm
    wait_warn_s: Wait = Thresholds.wait_warn_s
    wait_alarm_s: Wait = Thresholds.wait_alarm_s
    service_level_alarm: Percent = Thresholds.service_level_alarm
    abandoned_warn: Percent = Thresholds.abandoned_warn
    abandoned_alarm: Percent = Thresholds.abandoned_alarm
    sound: Literal["alarm", "warn", "none"] = Thresholds.sound
