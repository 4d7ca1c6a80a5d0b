# SPDX-License-Identifier: GPL-2.0-or-later
"""A figure of the wallboard does not turn red before it is amber."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from firmware.config.checks.document import Document, table_at, tables_at
from firmware.config.problems import ConfigProblem, path_of
from firmware.reports.thresholds import SERVICE_LEVEL_GOAL, Thresholds

_PAIRS = (
    ("waiting_warn", "waiting_alarm"),
    ("wait_warn_s", "wait_alarm_s"),
    ("abandoned_warn", "abandoned_alarm"),
)


def thresholds(document: Document) -> Iterator[ConfigProblem]:
    """Of each queue. 0 is never, so it clashes with nothing."""
    for index, item in tables_at(document, "queue"):
        board = table_at(item, "wallboard")
        for warn, alarm in _PAIRS:
            amber, red = (
                _number(board.get(warn, getattr(Thresholds, warn))),
                _number(board.get(alarm, getattr(Thresholds, alarm))),
            )
            if red and amber > red:
                message = f"must be at least {warn} ({amber:g}): a figure is amber before it is red"
                yield ConfigProblem(path_of("queue", index, "wallboard", alarm), message)
        goal = _number(item.get("service_level_goal", SERVICE_LEVEL_GOAL))
        if _number(board.get("service_level_alarm", 0)) > goal:
            message = (
                f"must be at most service_level_goal ({goal:g}): below the goal the figure is amber, below this red"
            )
            yield ConfigProblem(path_of("queue", index, "wallboard", "service_level_alarm"), message)


def _number(value: Any) -> float:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else 0
