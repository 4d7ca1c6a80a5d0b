# SPDX-License-Identifier: GPL-2.0-or-later
"""What the LEDs say, when heat and voltage are alarms, and whom the watchdog waits for."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from board.board import LEDS
from firmware.board.button import Stage
from firmware.board.feeding import PATIENCE_S, START_S, Feeding
from firmware.board.limits import COOLER_C, Cooling, Heat, Readings, Voltage
from firmware.board.patterns import CYCLES_MS, Pattern, Shown, lit, next_change_ms, patterns

SHOWN = st.builds(
    Shown,
    well=st.booleans(), lines=st.integers(0, 8), dead_lines=st.integers(0, 8), on_lifeline=st.booleans(),
    calls=st.integers(0, 9), ringing=st.booleans(), alarm=st.sampled_from(["", "seen", "warning", "error"]),
    update=st.sampled_from(["", "ready", "installing", "trial"]), identify=st.booleans(), button=st.sampled_from(Stage),
)  # fmt: skip


@settings(deadline=None)
@given(SHOWN)
def test_every_state_of_the_box_has_a_pattern_for_every_led(shown: Shown) -> None:
    assert set(patterns(shown)) == set(LEDS)


@settings(deadline=None)
@given(SHOWN, st.integers(0, 10**9))
def test_no_led_changes_before_it_was_said_and_one_does_then(shown: Shown, ms: int) -> None:
    wanted = patterns(shown)
    ahead = next_change_ms(wanted, ms)
    now = {led: lit(pattern, ms) for led, pattern in wanted.items()}
    if ahead is None:
        assert all(pattern in (Pattern.ON, Pattern.OFF) for pattern in wanted.values())
        return
    assert {led: lit(pattern, ms + ahead - 1) for led, pattern in wanted.items()} == now
    assert {led: lit(pattern, ms + ahead) for led, pattern in wanted.items()} != now


def test_a_dead_line_an_alarm_and_a_call_are_told_apart() -> None:
    well = Shown(well=True, lines=2)
    assert patterns(well) == {"power": "on", "line": "on", "call": "off", "alarm": "off", "update": "off"}
    assert patterns(Shown(well=True, lines=2, dead_lines=1))["line"] is Pattern.SLOW
    assert patterns(Shown(well=True, lines=2, on_lifeline=True))["line"] is Pattern.FLASHES
    assert patterns(Shown(well=True, calls=1))["call"] is Pattern.ON
    assert patterns(Shown(well=True, calls=1, ringing=True))["call"] is Pattern.FAST
    assert patterns(Shown(alarm="error"))["alarm"] is Pattern.FAST
    assert patterns(Shown())["power"] is Pattern.SLOW


def test_who_confirms_a_factory_reset_sees_every_led_flash_whatever_else_there_is_to_say() -> None:
    shown = Shown(well=True, lines=2, alarm="error", identify=True, button=Stage.CONFIRM)
    assert set(patterns(shown).values()) == {Pattern.FAST}


def test_the_page_for_installers_names_every_pattern() -> None:
    page = (Path(__file__).parents[2] / "docs/board.md").read_text()
    assert set(re.findall(r"^\| `(\w+)` \| ", page, re.MULTILINE)) >= {pattern.value for pattern in Pattern}
    assert all(sum(cycle) for cycle in CYCLES_MS.values())


@settings(deadline=None)
@given(st.lists(st.floats(-40, 150), min_size=1))
def test_heat_is_told_at_its_limit_and_over_only_well_below_it(history: list[float]) -> None:
    heat = Heat(75, 85)
    for celsius in history:
        before, level = heat.level, heat.feed(celsius)
        if celsius >= 85:
            assert level == "critical"
        elif celsius >= 75:
            assert level
        elif celsius < 75 - COOLER_C:
            assert level == ""
        if before and not level:
            assert celsius < 75 - COOLER_C


@settings(deadline=None)
@given(st.lists(st.floats(0, 20), min_size=1))
def test_the_supply_is_told_outside_of_its_limits_and_does_not_flutter_at_them(history: list[float]) -> None:
    voltage = Voltage(10.8, 13.2)
    for volts in history:
        before, level = voltage.level, voltage.feed(volts)
        if volts < 10.8:
            assert level == "low"
        elif volts > 13.2:
            assert level == "high"
        if before == "low" and level == "":
            assert volts >= 10.8 * 1.02


def test_a_fan_runs_when_it_is_hot_and_when_nobody_knows() -> None:
    cooling = Cooling(65, 55)
    assert [cooling.feed(c) for c in (None, 60, 54, 60, 65, 60, 54)] == [True, True, False, False, True, True, False]


def test_a_meter_is_broken_after_three_failures_in_a_row() -> None:
    readings = Readings()
    readings.got(45.0)
    for _ in range(2):
        readings.failed()
    assert (readings.value, readings.failing) == (45.0, False)
    readings.failed()
    assert (readings.value, readings.failing) == (None, True)
    readings.got(46.0)
    assert not readings.failing


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["core", "web"]), st.floats(0, 100)), max_size=30))
def test_the_watchdog_starves_only_when_core_or_web_is_silent_for_long(answers: list[tuple[str, float]]) -> None:
    now, last = 0.0, dict[str, float]()
    feeding = Feeding(("core", "web"), now)
    for name, seconds in answers:
        now += seconds
        until = {n: last[n] + PATIENCE_S if n in last else START_S for n in ("core", "web")}
        assert feeding.starving(now) == [n for n in ("core", "web") if now >= until[n]]
        feeding.answered(name, now)
        last[name] = now
