# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls teach what a line does; when the telephone company changes something, the box says what."""

from __future__ import annotations

import json
from typing import Any

import pytest

from firmware import countries
from firmware.core.line_doctor.settings import with_settings
from firmware.doctor.baseline import SILENT_CALLS, Baseline, Lesson, as_findings, learn
from firmware.doctor.proposal import propose

US_BUSY = {"frequencies": [480.0, 620.0], "cadence_ms": [500, 500]}
NEW_BUSY = {"frequencies": [425.0], "cadence_ms": [240, 250]}


def hung_up(battery_ms: float | None = None, polarity: bool = False, tone: dict[str, Any] | None = None) -> Lesson:
    signs = {"battery": battery_ms is not None, "polarity": polarity, "tone": bool(tone)}
    means = [name for name, came in signs.items() if came]
    said = {"means": means, "battery_ms": battery_ms, "polarity": polarity, "tone": tone, "dial_tone": None}
    return Lesson(said, caller_id="bell202")


def taught(*lessons: Lesson) -> tuple[Baseline, list[str]]:
    """The baseline after these calls, and what changed in them."""
    baseline, said = Baseline(), []
    for lesson in lessons:
        said += [change.text for change in learn(baseline, lesson)]
        baseline = Baseline.from_json(json.loads(json.dumps(baseline.as_json())))  # it lives in the history
    return baseline, said


def near(tone: dict[str, Any], hz: float = 1.004, ms: int = 8) -> dict[str, Any]:
    """The same tone, measured in another call."""
    return {
        "frequencies": [f * hz for f in tone["frequencies"]], "cadence_ms": [c + ms for c in tone["cadence_ms"]],
    }  # fmt: skip


def test_a_line_that_stays_the_same_is_no_news() -> None:
    calls = [hung_up(800 + 20 * (n % 3), tone=near(US_BUSY, 1 + n % 2 / 300, n % 10)) for n in range(40)]
    assert taught(*calls)[1] == []


def test_a_hang_up_tone_that_changes_for_good_is_told_once() -> None:
    old, new = [hung_up(tone=US_BUSY)] * 5, [hung_up(tone=near(NEW_BUSY))] * 10
    _, said = taught(*old, *new)
    assert said == ["plays 427 Hz, 248/258 ms at a hang-up instead of 480+620 Hz, 500/500 ms"]


def test_one_odd_call_is_no_change() -> None:
    calls = [*[hung_up(800)] * 4, hung_up(tone=NEW_BUSY), *[hung_up(800)] * 4, hung_up(tone=NEW_BUSY), hung_up(800)]
    assert taught(*calls)[1] == []


def test_battery_and_caller_id_that_no_longer_come_are_told() -> None:
    later = Lesson(hung_up(tone=US_BUSY).hang_up, caller_id="")
    _, said = taught(*[hung_up(800, tone=US_BUSY)] * 3, *[later] * 3)
    assert said == [
        "no longer takes battery away at a hang-up (it did, for 800 ms)",
        "no longer sends caller ID (it was bell202)",
    ]


def test_polarity_and_levels_that_change_are_told() -> None:
    old = Lesson(hung_up(800).hang_up, speech_dbm0=-20, noise_dbm0=-65, dial_tone=NEW_BUSY | {"dbm0": -12.0})
    new = Lesson(
        hung_up(800, polarity=True).hang_up, speech_dbm0=-33, noise_dbm0=-44, dial_tone=NEW_BUSY | {"dbm0": -25.0}
    )
    _, said = taught(*[old] * 4, *[new] * 4)
    assert said == [
        "now reverses the polarity at a hang-up",
        "is softer: its dial tone is at -25 dBm0, it used to be at -12 dBm0",
        "is softer: speech is at -33 dBm0, it used to be at -20 dBm0",
        "is louder: its noise is at -44 dBm0, it used to be at -65 dBm0",
    ]


def test_agents_who_hang_up_first_teach_nothing_until_nobody_else_ever_does() -> None:
    _, said = taught(*[hung_up(800), Lesson(), Lesson()] * 10)
    assert said == []
    _, said = taught(*[hung_up(800)] * 5, *[Lesson()] * (SILENT_CALLS + 5))
    assert said == [f"gave no sign of a hang-up in the last {SILENT_CALLS} calls, as it used to"]


def test_what_calls_taught_can_be_applied_without_an_examination() -> None:
    baseline, _ = taught(*[hung_up(800, tone=NEW_BUSY)] * 6)
    proposed = {item.key: item for item in propose(as_findings(baseline), countries.load("us"))}
    assert proposed["caller_id"].value == "bell202"
    assert proposed["hangup"].value == {"battery_ms": 250, "tones": True}
    assert proposed["busy_tone"].value == {"frequencies": [425.0], "cadence_ms": [240, 250]}
    assert min(item.confidence for item in proposed.values()) > 0.9
    assert propose(as_findings(Baseline()), countries.load("us")) == []


@pytest.mark.parametrize("document", [{}, {"line": [{"port": "fxo1", "hangup": {"silence_s": 60}}]}])
def test_settings_go_into_the_lines_own_table(document: dict[str, Any]) -> None:
    before = json.dumps(document)
    changed = with_settings(document, "fxo1", {"caller_id": "v23", "hangup": {"battery_ms": 100}})
    kept = document.get("line", [{}])[0].get("hangup", {})
    assert changed["line"] == [{"port": "fxo1", "caller_id": "v23", "hangup": {**kept, "battery_ms": 100}}]
    assert json.dumps(document) == before


def test_that_a_line_tells_of_answers_is_known_after_a_restart() -> None:
    kept = json.loads(json.dumps(Baseline(answers_by_reversal=True).as_json()))
    assert Baseline.from_json(kept).answers_by_reversal is True
    assert Baseline.from_json({}).answers_by_reversal is False  # of a version before
