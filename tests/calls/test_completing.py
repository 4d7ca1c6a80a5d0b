# SPDX-License-Identifier: GPL-2.0-or-later
"""Ring back when free, and the lamps that say who is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import virtual_time

from firmware.calls import caller_rules
from firmware.calls.causes import Cause
from firmware.calls.completing import Completions
from firmware.calls.lamps import Lamps, LampState, state_of
from firmware.calls.leg import Caller, Failed
from firmware.calls.picking import RingingPhones
from firmware.config import Extension, check

BUSY, IDLE = LampState.BUSY, LampState.IDLE


class House:
    """Lamps as they are set, and what was originated, with its time."""

    def __init__(self) -> None:
        self.states = dict.fromkeys(("201", "202", "203"), IDLE)
        self.told: list[tuple[str, LampState]] = []
        self.called: list[tuple[str, str, float]] = []
        self.lamps = Lamps(lambda: self.states, lambda number, state: self.told.append((number, state)))
        self.completions = Completions(self.lamps, self._originate)

    def _originate(self, one: str, other: str, /) -> str:
        self.called.append((one, other, asyncio.get_running_loop().time()))
        return "id"

    async def becomes(self, number: str, state: LampState, after_s: float = 0) -> None:
        await asyncio.sleep(after_s)
        self.states[number] = state
        self.lamps.look()
        await asyncio.sleep(0.01)


def story(tell: Callable[[House], Coroutine[Any, Any, None]]) -> None:
    async def whole() -> None:
        await tell(House())

    virtual_time.run(whole())


def test_who_asked_is_rung_once_both_are_free_and_only_once() -> None:
    async def tell(house: House) -> None:
        await house.becomes("202", BUSY)
        await house.becomes("201", BUSY)
        house.completions.was_busy("201", "202")
        house.completions.ask("201")
        await house.becomes("202", IDLE, after_s=60)
        await asyncio.sleep(60)
        assert house.called == []  # who asked is busy itself
        await house.becomes("201", IDLE)
        await asyncio.sleep(10)
        assert [(one, other) for one, other, _ in house.called] == [("201", "202")]
        await house.becomes("202", BUSY)
        await house.becomes("202", IDLE)
        await asyncio.sleep(60)
        assert len(house.called) == 1

    story(tell)


def test_one_that_is_free_for_a_moment_only_is_not_called() -> None:
    async def tell(house: House) -> None:
        await house.becomes("202", BUSY)
        house.completions.was_busy("201", "202")
        house.completions.ask("201")
        await house.becomes("202", IDLE, after_s=10)
        await house.becomes("202", BUSY, after_s=1)
        await asyncio.sleep(60)
        assert house.called == []
        await house.becomes("202", IDLE)
        await asyncio.sleep(3)
        assert len(house.called) == 1

    story(tell)


@pytest.mark.parametrize("how", ["by code", "after half an hour"])
def test_it_is_given_up(how: str) -> None:
    async def tell(house: House) -> None:
        await house.becomes("202", BUSY)
        house.completions.was_busy("201", "202")
        house.completions.ask("201")
        await asyncio.sleep(60)
        if how == "by code":
            house.completions.forget("201")
        else:
            await asyncio.sleep(30 * 60)
        await house.becomes("202", IDLE)
        await asyncio.sleep(60)
        assert house.called == []

    story(tell)


def test_the_newest_request_counts() -> None:
    async def tell(house: House) -> None:
        await house.becomes("202", BUSY)
        await house.becomes("203", BUSY)
        for number in ("202", "203"):
            house.completions.was_busy("201", number)
            house.completions.ask("201")
        await house.becomes("202", IDLE)
        await asyncio.sleep(10)
        await house.becomes("203", IDLE)
        await asyncio.sleep(10)
        assert [(one, other) for one, other, _ in house.called] == [("201", "203")]

    story(tell)


def test_nobody_was_busy() -> None:
    async def tell(house: House) -> None:
        with pytest.raises(Failed) as failed:
            house.completions.ask("201")
        assert failed.value.cause is Cause.UNALLOCATED

    story(tell)


def test_a_lamp_is_told_once_for_all_that_happens_at_once() -> None:
    async def tell(house: House) -> None:
        house.lamps.look()
        await asyncio.sleep(0.01)
        house.told.clear()
        for state in (LampState.RINGING, BUSY):
            house.states["201"] = state
            house.lamps.look()
        await asyncio.sleep(0.01)
        assert house.told == [("201", BUSY)]

    story(tell)


def extension(**settings: Any) -> Extension:
    return check({"extension": [{"number": "201", "name": "Alice", "sip": {}, **settings}]}).extensions[0]


def test_a_phone_that_rings_is_ringing_and_one_not_to_be_disturbed_busy() -> None:
    async def tell(house: House) -> None:
        ringing = RingingPhones()
        assert state_of(extension(), [], ringing, {}) == IDLE
        with ringing.at("201"):
            assert state_of(extension(), [], ringing, {}) == LampState.RINGING
        assert state_of(extension(), [], ringing, {}) == IDLE
        assert state_of(extension(do_not_disturb=True), [], ringing, {}) == BUSY

    story(tell)


@pytest.mark.parametrize(
    ("settings", "withheld", "shown"),
    [
        ({}, None, Caller("201", "Alice")),
        ({"outside_number": "5550142"}, None, Caller("5550142", "Alice")),
        ({"outside_number": "5550142", "outside_name": "ACME"}, True, Caller("5550142", "ACME", private=True)),
        ({"withhold": True}, None, Caller("201", "Alice", private=True)),
        ({"withhold": True}, False, Caller("201", "Alice")),
    ],
)
def test_what_numbers_outside_are_shown(settings: dict[str, Any], withheld: bool | None, shown: Caller) -> None:
    config = check({"extension": [{"number": "201", "name": "Alice", "sip": {}, **settings}]})
    alice = caller_rules.inside(config.extensions[0])
    assert alice == Caller("201", "Alice")
    assert caller_rules.outside(config, alice, withheld) == shown
    assert caller_rules.outside(config, Caller("5551234", "ANNA SMITH"), withheld) is None
