# SPDX-License-Identifier: GPL-2.0-or-later
"""What the box understands when a phone opens and closes its loop."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.hook import HookDecoder
from drivers.port import HookTiming, PortEvent, PortEventRecord

US = HookTiming(flash_min_ms=300, flash_max_ms=1000, pulse_max_ms=100)
EUROPE = HookTiming(flash_min_ms=80, flash_max_ms=250, pulse_max_ms=79)

Loop = list[tuple[str, float]]  # what the phone does, and for how many ms it stays so


def play(timing: HookTiming, loop: Loop, timers: bool = True) -> list[PortEventRecord]:
    """Feeds the decoder; with `timers` each deadline is served on time, else only edges bring time on."""
    decoder = HookDecoder(timing)
    now, events = 100.0, []
    for level, ms in loop:
        events += decoder.hook(level == "off", now)
        now += ms / 1000
        while timers and (due := decoder.deadline) is not None and due <= now:
            events += decoder.expire(due)
    return events + decoder.expire(now)


def story(events: list[PortEventRecord]) -> list[str]:
    return [event.digit or str(event.event) for event in events]


def rotary(digits: str, pps: float = 10, break_share: float = 0.6, gap_ms: float = 500) -> Loop:
    period = 1000 / pps
    loop: Loop = []
    for digit in digits:
        for _ in range(int(digit) or 10):
            loop += [("on", period * break_share), ("off", period * (1 - break_share))]
        loop[-1] = ("off", loop[-1][1] + gap_ms)
    return loop


def test_lifting_and_putting_down_the_phone() -> None:
    assert story(play(US, [("off", 3000), ("on", 3000)])) == ["off_hook", "on_hook"]


def test_a_hang_up_carries_the_time_at_which_the_loop_opened() -> None:
    *_, hang_up = play(US, [("off", 3000), ("on", 3000)])
    assert hang_up.at == pytest.approx(103.0)


@pytest.mark.parametrize(("timing", "ms"), [(US, 300), (US, 999), (EUROPE, 80), (EUROPE, 100), (EUROPE, 249)])
def test_a_flash_is_not_a_hang_up(timing: HookTiming, ms: float) -> None:
    assert story(play(timing, [("off", 500), ("on", ms), ("off", 500)])) == ["off_hook", "hook_flash"]


def test_a_break_between_pulse_and_flash_is_a_bad_contact() -> None:
    assert story(play(US, [("off", 500), ("on", 200), ("off", 500)])) == ["off_hook"]


def test_a_loop_that_opens_for_longer_than_a_flash_is_a_hang_up_and_a_new_call() -> None:
    assert story(play(US, [("off", 500), ("on", 1100), ("off", 500)])) == ["off_hook", "on_hook", "off_hook"]


def test_contact_bounce_is_not_heard_of() -> None:
    bounce: Loop = [("off", 2), ("on", 2), ("off", 1), ("on", 3)]
    assert story(play(US, [*bounce, ("off", 500), ("on", 1), *bounce, ("on", 2000)])) == ["off_hook", "on_hook"]


def test_hanging_up_in_the_middle_of_a_digit_dials_nothing() -> None:
    assert story(play(US, [("off", 500), *rotary("3", gap_ms=0), ("on", 2000)])) == ["off_hook", "on_hook"]


def test_eleven_pulses_are_no_digit() -> None:
    loop = [("off", 500.0), *[("on", 60.0), ("off", 40.0)] * 11, ("off", 500.0)]
    assert story(play(US, loop)) == ["off_hook"]


@given(
    digits=st.text("0123456789", min_size=1, max_size=12),
    pps=st.floats(8, 12),
    break_share=st.sampled_from([0.6, 0.667]),
    gap_ms=st.floats(250, 900),
    timers=st.booleans(),
)
def test_every_rotary_dial_within_tolerance_is_understood(
    digits: str, pps: float, break_share: float, gap_ms: float, timers: bool
) -> None:
    loop = [("off", 500.0), *rotary(digits, pps, break_share, gap_ms)]
    assert story(play(US, loop, timers)) == ["off_hook", *digits]


@given(digits=st.text("234567890", min_size=1, max_size=8), pps=st.floats(8, 12))
def test_slow_dials_work_where_flashes_are_short(digits: str, pps: float) -> None:
    assert story(play(EUROPE, [("off", 500.0), *rotary(digits, pps, 0.667)])) == ["off_hook", *digits]


@given(
    loop=st.lists(st.tuples(st.sampled_from(["on", "off"]), st.floats(0, 2000)), max_size=60),
    timing=st.sampled_from([US, EUROPE, HookTiming(), HookTiming(debounce_ms=0)]),
)
def test_whatever_a_phone_does_the_story_makes_sense(loop: Loop, timing: HookTiming) -> None:
    events = play(timing, [*loop, ("on", 3000)])
    lifted = False
    for event in events:
        if event.event in (PortEvent.OFF_HOOK, PortEvent.ON_HOOK):
            assert lifted is (event.event is PortEvent.ON_HOOK)
            lifted = not lifted
        else:
            assert lifted, f"{event.event} while on hook"
    assert not lifted
    assert [event.at for event in events] == sorted(event.at for event in events)


@given(loop=st.lists(st.tuples(st.sampled_from(["on", "off"]), st.floats(1, 1500)), max_size=40))
def test_late_timers_change_nothing(loop: Loop) -> None:
    assert play(US, [*loop, ("on", 3000)], timers=True) == play(US, [*loop, ("on", 3000)], timers=False)
