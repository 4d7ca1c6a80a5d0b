# SPDX-License-Identifier: GPL-2.0-or-later
"""What an extension says of its flash becomes how its hook is read."""

from __future__ import annotations

import pytest

from drivers.hook import HookDecoder
from drivers.port import HookTiming
from firmware import countries
from firmware.calls.station import hook_timing
from firmware.config import Extension


def after_a_break(timing: HookTiming, ms: int) -> list[str]:
    """What a break of the loop means, once nothing more can change it."""
    hook = HookDecoder(timing)
    hook.hook(True, 0.0)
    hook.expire(0.5)
    events = hook.hook(False, 1.0) + hook.hook(True, 1.0 + ms / 1000) + hook.expire(4.0)
    return [str(event.event) for event in events]


def hang_up_known_ms(timing: HookTiming) -> float:
    """How long after the handset was put down that is known."""
    hook = HookDecoder(timing)
    hook.hook(True, 0.0)
    hook.expire(0.5)
    hook.hook(False, 1.0)
    assert not hook.expire(1.0 + timing.debounce_ms / 1000)
    assert hook.deadline
    return round((hook.deadline - 1.0) * 1000)


@pytest.mark.parametrize("code", countries.codes())
def test_every_countrys_flash_is_a_flash_and_no_digit(code: str) -> None:
    country = countries.load(code)
    assert after_a_break(country.hook_timing, country.flash.generate_ms) == ["hook_flash"]


def test_without_flash_a_phone_is_down_after_200_ms_and_rotary_digits_stay_digits() -> None:
    for code in ("us", "gb", "de"):
        timing = hook_timing(countries.load(code).hook_timing, Extension(number="201", flash=False))
        assert hang_up_known_ms(timing) == 200
        assert after_a_break(timing, 67) == ["pulse_digit"]  # a dial of 10 pulses/s with 67 % break
        assert after_a_break(timing, 150) == []  # a bad contact
        assert after_a_break(timing, 300) == ["on_hook", "off_hook"]


def test_a_phone_with_a_short_flash_is_known_to_be_down_sooner() -> None:
    us = countries.load("us").hook_timing
    assert hang_up_known_ms(us) == 1000
    timing = hook_timing(us, Extension(number="201", flash_max_ms=700))
    assert hang_up_known_ms(timing) == 700
    assert after_a_break(timing, 600) == ["hook_flash"]
    assert after_a_break(timing, 800) == ["on_hook", "off_hook"]


def test_a_flash_is_never_shorter_than_the_countrys_shortest() -> None:
    us = countries.load("us").hook_timing
    assert hook_timing(us, Extension(number="201", flash_max_ms=150)).flash_max_ms == us.flash_min_ms


def test_what_no_extension_says_is_the_countrys() -> None:
    us = countries.load("us").hook_timing
    assert hook_timing(us, None) == hook_timing(us, Extension(number="201")) == us
