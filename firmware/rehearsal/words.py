# SPDX-License-Identifier: GPL-2.0-or-later
"""A group of calls that would have gone elsewhere, as a sentence for the shell and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from firmware.config.hours import DAY_MIN

DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
STATES = {"busy": "it was busy", "no_answer": "nobody answered", "unregistered": "no phone was there"}
WEEK, WORKING, WEEKEND = tuple(range(7)), tuple(range(5)), (5, 6)


def sentence(group: dict[str, Any]) -> str:
    """`37 calls from fxo1 on Sundays would go to voicemail:601 instead of ivr:main.`"""
    calls = f"{group['calls']} call{'' if group['calls'] == 1 else 's'}"
    after, before = group["after"], group["before"]
    if not after["target"]:
        return f"{calls} {_which(group)} would be refused instead of going to {_where(before)}."
    instead = f"instead of {_where(before)}" if before["target"] else "instead of being refused"
    if (after["target"], after["trunks"]) == (before["target"], before["trunks"]):
        return f"{calls} {_which(group)} would be dialled with other digits over {_where(after)}."
    return f"{calls} {_which(group)} would go to {_where(after)} {instead}."


def _which(group: dict[str, Any]) -> str:
    to = f" to {group['number']}" if group["number"] else ""
    if group["how"] == "overflow":
        return f"that waited too long in {group['origin']}"
    if group["how"] == "menu":
        return f"that pressed {group['number'] or 'nothing'} in {group['origin']}"
    if group["how"] in STATES:
        return f"to {group['origin']} while {STATES[group['how']]}"
    if group["how"] == "dialled":
        return f"{'dialled by ' + group['origin'] if group['origin'] else 'of several telephones'}{to}"
    when = " ".join(filter(None, (_on(group.get("days", WEEK)), _between(group.get("minutes", (0, DAY_MIN))))))
    return f"from {group['origin']}{to}{' ' + when if when else ''}"


def _on(days: Sequence[int]) -> str:
    known = {WEEK: "", WORKING: "on weekdays", WEEKEND: "at weekends"}
    return known.get(tuple(days), "on " + ", ".join(DAYS[day] for day in days))


def _between(minutes: Sequence[int]) -> str:
    first, last = minutes
    return f"between {clock(first)} and {clock(last)}" if (first, last) != (0, DAY_MIN) else ""


def clock(minute: int) -> str:
    """A minute of the day: 510 is 08:30."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _where(way: dict[str, Any]) -> str:
    return f"trunk {', '.join(way['trunks'])}" if way["trunks"] else str(way["target"] or "nowhere")
