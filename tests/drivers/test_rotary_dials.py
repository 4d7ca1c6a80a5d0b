# SPDX-License-Identifier: GPL-2.0-or-later
"""Rotary dials of 8 to 12 pulses a second, 60 and 67 % break, beside the flash and the hang-up of every country."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.hook import HookDecoder
from drivers.port import HookTiming
from firmware import countries

Loop = list[tuple[bool, float]]  # closed or open, and for how many ms it stays so

FLASHES = {
    (country.flash.min_ms, country.flash.max_ms): code
    for code in countries.codes()
    if (country := countries.load(code))
}
TIMINGS = {code: countries.load(code).hook_timing for code in FLASHES.values()}  # one country of each kind
SPEEDS = [8, 9, 10, 11, 12]
SHARES = [0.6, 0.667]

timings = st.sampled_from(sorted(TIMINGS)).map(lambda code: TIMINGS[code])
bounces = st.lists(st.floats(0.2, 3), max_size=4)


def story(timing: HookTiming, loop: Loop) -> list[str]:
    """What the decoder makes of it, with its timers served."""
    decoder = HookDecoder(timing)
    now, events = 100.0, []
    for closed, ms in loop:
        events += decoder.hook(closed, now)
        now += ms / 1000
        while (due := decoder.deadline) is not None and due <= now:
            events += decoder.expire(due)
    return [event.digit or str(event.event) for event in events]


def bouncing(loop: Loop, bounce: list[float]) -> Loop:
    """Each edge is a few short contacts before it stays; all else keeps its time."""
    made: Loop = []
    for closed, ms in loop:
        level = closed
        for piece in bounce:
            made.append((level, piece))
            level = not level
        if level is not closed:
            made.append((level, 0.2))
        made.append((closed, ms - sum(piece for _, piece in made[len(made) - len(bounce) - (level is not closed) :])))
    return made


def rotary(digits: str, pps: float, share: float, pause_ms: float = 400) -> Loop:
    period = 1000 / pps
    loop: Loop = []
    for digit in digits:
        loop += [(False, period * share), (True, period * (1 - share))] * (int(digit) or 10)
        loop[-1] = (True, loop[-1][1] + pause_ms)
    return loop


@pytest.mark.parametrize("code", TIMINGS)
@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("pps", SPEEDS)
def test_every_digit_is_understood_where_the_flash_is_as_in(code: str, pps: float, share: float) -> None:
    loop = [(True, 500.0), *rotary("1234567890", pps, share), (False, 2500.0)]
    assert story(TIMINGS[code], loop) == ["off_hook", *"1234567890", "on_hook"]


@given(
    timings,
    st.text("0123456789", min_size=1, max_size=8),
    st.floats(8, 12),
    st.floats(0.6, 0.67),
    st.floats(250, 900),
    bounces,
)
def test_worn_contacts_change_nothing(
    timing: HookTiming, digits: str, pps: float, share: float, pause_ms: float, bounce: list[float]
) -> None:
    loop: Loop = [(True, 500.0), *rotary(digits, pps, share, pause_ms), (False, 2500.0)]
    assert story(timing, bouncing(loop, bounce)) == ["off_hook", *digits, "on_hook"]


@pytest.mark.parametrize("code", countries.codes())
def test_the_flash_of_the_countrys_phones_is_one_before_and_after_digits(code: str) -> None:
    country = countries.load(code)
    flash: Loop = [(False, country.flash.generate_ms), (True, 500.0)]
    for ms in (-10, 0, 10):  # phones keep their time to 10 ms
        flash[0] = (False, country.flash.generate_ms + ms)
        loop: Loop = [(True, 500.0), *flash, *rotary("31", 10, 0.6), *flash, (False, country.flash.max_ms + 100.0)]
        assert story(country.hook_timing, loop) == ["off_hook", "hook_flash", "3", "1", "hook_flash", "on_hook"]


@given(timings, st.integers(0, 9), st.floats(8, 12), st.floats(0.6, 0.67), bounces)
def test_hanging_up_within_a_digit_dials_nothing(
    timing: HookTiming, pulses: int, pps: float, share: float, bounce: list[float]
) -> None:
    period = 1000 / pps
    begun: Loop = [(False, period * share), (True, period * (1 - share))] * pulses
    loop: Loop = [(True, 500.0), *begun, (False, timing.flash_max_ms + 200.0)]
    assert story(timing, bouncing(loop, bounce)) == ["off_hook", "on_hook"]
