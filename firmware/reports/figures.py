# SPDX-License-Identifier: GPL-2.0-or-later
"""The figures of a report, each as docs/reports.md defines it. Nothing is divided by nothing: that figure is None."""

from __future__ import annotations

from typing import Any

from firmware.records import Disposition
from firmware.reports.tally import Tally
from firmware.store.facts import MOS_SCALE, Outcome

Figures = dict[str, Any]


def share(part: float, whole: float) -> float | None:
    """A share of 1, to four digits."""
    return round(part / whole, 4) if whole else None


def _mean_s(ms: int, count: int) -> float | None:
    return round(ms / count / 1000, 1) if count else None


def of_queues(tally: Tally) -> Figures:
    """Of stays in queues."""
    counts = {outcome.value: tally.outcomes.get(outcome, 0) for outcome in Outcome}
    answered, abandoned = counts["answered"], counts["abandoned"]
    handle_ms = tally.talk_ms + tally.hold_ms + tally.wrap_ms
    return {
        "offered": tally.count,
        **counts,
        "short_abandoned": tally.short,
        "abandon_rate": share(abandoned - tally.short, tally.count - tally.short),
        "service_level": share(tally.within, answered),
        "service_level_of_all": share(tally.within + tally.early, tally.count),
        "speed_of_answer_s": _mean_s(tally.answer_ms, answered),
        "longest_wait_s": round(tally.longest_ms / 1000, 1),
        "talk_s": _mean_s(tally.talk_ms, answered),
        "handle_s": _mean_s(handle_ms, answered),
        "handled_s": round(handle_ms / 1000, 1),
        "recorded": tally.recorded,
    }


def mos(score: int, judged: int) -> float | None:
    """The mean of opinion scores that were added up in hundredths."""
    return round(score / judged / MOS_SCALE, 2) if judged else None


def of_calls(tally: Tally) -> Figures:
    """Of calls of the whole box."""
    counts = {disposition.value: tally.outcomes.get(disposition, 0) for disposition in Disposition}
    answered = counts["answered"]
    return {
        "calls": tally.count,
        **counts,
        "answered_share": share(answered, tally.count),
        "talk_s": _mean_s(tally.talk_ms, answered),
        "talked_s": round(tally.talk_ms / 1000, 1),
        "busy_s": round(tally.busy_ms / 1000, 1),
        "judged": tally.judged,
        "mos": mos(tally.score, tally.judged),
        "poor": tally.poor,
        "poor_share": share(tally.poor, tally.judged),
        "recorded": tally.recorded,
    }
