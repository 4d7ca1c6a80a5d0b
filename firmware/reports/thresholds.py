# SPDX-License-Identifier: GPL-2.0-or-later
"""When a figure of the wallboard turns amber or red, where a queue does not say otherwise: docs/wallboard.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

Tone = Literal["", "warn", "alarm"]
SERVICE_LEVEL_GOAL = 80
FEW = 5  # calls; shares of fewer say nothing yet


@dataclass(frozen=True)
class Thresholds:
    """From this value on a figure is amber (`_warn`) or red (`_alarm`); 0: never. Seconds, and shares in percent.

    The service level is amber below its goal and red below `service_level_alarm`.
    """

    waiting_warn: int = 3
    waiting_alarm: int = 6
    wait_warn_s: float = 30.0
    wait_alarm_s: float = 60.0
    service_level_alarm: int = 60
    abandoned_warn: int = 5
    abandoned_alarm: int = 10
    sound: Literal["alarm", "warn", "none"] = "alarm"
    service_level_goal: int = SERVICE_LEVEL_GOAL

    @classmethod
    def of(cls, queue: Mapping[str, Any]) -> Thresholds:
        """Those of a queue of a document that was checked."""
        known = {item.name for item in fields(cls)}
        given = {
            **queue.get("wallboard", {}),
            "service_level_goal": queue.get("service_level_goal", SERVICE_LEVEL_GOAL),
        }
        return cls(**{name: value for name, value in given.items() if name in known})

    def waiting(self, count: int) -> Tone:
        """Of so many callers who wait."""
        return _above(count, self.waiting_warn, self.waiting_alarm)

    def wait(self, seconds: float) -> Tone:
        """Of the longest wait."""
        return _above(seconds, self.wait_warn_s, self.wait_alarm_s)

    def service_level(self, share: float | None, answered: int) -> Tone:
        """Of a share of 1."""
        if share is None or answered < FEW:
            return ""
        percent = 100 * share
        if percent >= self.service_level_goal:
            return ""
        return "alarm" if percent < self.service_level_alarm else "warn"

    def abandoned(self, count: int, offered: int) -> Tone:
        """Of so many who gave up."""
        return _above(100 * count / offered, self.abandoned_warn, self.abandoned_alarm) if offered >= FEW else ""


def _above(value: float, warn: float, alarm: float) -> Tone:
    return "alarm" if alarm and value >= alarm else "warn" if warn and value >= warn else ""
