# SPDX-License-Identifier: GPL-2.0-or-later
"""The board of the bench on gpio-sim, by the profile and the drivers of the product; it needs no core."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from board.board import Board
from board.factory import open_board
from board.profile import Key, Lifeline, Light, Pin, Profile
from firmware.board.button import Button, Gesture
from hil.kernel.guest.pins import Pins

LABEL = "tipring-bench"
LINES = (
    "led_power", "led_line", "led_call", "led_alarm", "button", "lifeline_relay", "lifeline_sense", "lifeline_loop",
)  # fmt: skip
LEDS = LINES[:4]


def pin(line: str) -> Pin:
    return Pin(LABEL, line)


PROFILE = Profile(
    "bench", "Kernel bench",
    leds={
        "power": Light(gpio=pin("led_power")), "line": Light(gpio=pin("led_line")), "call": Light(gpio=pin("led_call")),
        "alarm": Light(gpio=pin("led_alarm")), "update": Light(led="not-there"),
    },
    button=Key(gpio=pin("button")),
    lifeline=Lifeline(relay=pin("lifeline_relay"), sense=pin("lifeline_sense"), loop=pin("lifeline_loop")),
)  # fmt: skip


@pytest.fixture
def pins(modules: None) -> Iterator[Pins]:
    pins = Pins(LABEL, LINES)
    yield pins
    pins.remove()


def opened() -> Board:
    return open_board(PROFILE, Path("no-socket"))


def test_leds_and_relay_are_driven_and_a_led_that_is_not_there_is_told(pins: Pins) -> None:
    async def story() -> None:
        board = opened()
        for on in (True, False, True):
            for name in LEDS:
                board.leds[name.removeprefix("led_")].set(on)
                assert pins.level(name) is on
        assert board.relay
        assert not pins.level("lifeline_relay"), "nobody drew the coil yet"
        board.relay.set(True)
        assert pins.level("lifeline_relay")
        assert list(board.missing) == ["leds.update"]
        assert "there is no LED not-there" in board.missing["leds.update"]
        board.close()

    asyncio.run(story())


def test_a_hand_at_the_button_is_understood_through_the_kernel(pins: Pins) -> None:
    async def story() -> list[Gesture]:
        board, loop = opened(), asyncio.get_running_loop()
        assert board.button
        button, meant = Button(board.button.read(), loop.time()), list[Gesture]()
        moved = asyncio.Event()

        def on_edge(pressed: bool) -> None:
            button.feed(pressed, loop.time())
            moved.set()

        board.button.watch(on_edge)
        for up in (True, False, True, False, True, False):  # a contact that chatters, ending where it began: one press
            pins.pull("button", up=up)
        pins.pull("button", up=True)
        await asyncio.sleep(0.5)
        button.expire(loop.time())
        pins.pull("button", up=False)
        await asyncio.sleep(0.5)
        if gesture := button.expire(loop.time()):
            meant.append(gesture)
        assert moved.is_set()
        board.close()
        return meant

    assert asyncio.run(story()) == [Gesture.ACKNOWLEDGE]


def test_a_service_that_starts_anew_takes_the_relay_over_as_it_is(pins: Pins) -> None:
    async def story() -> None:
        pins.pull("lifeline_sense", up=True)
        board = opened()
        assert pins.level("lifeline_relay"), "a phone on the card stays there"
        assert board.loop
        assert not board.loop.read()
        pins.pull("lifeline_loop", up=True)
        assert board.loop.read()
        board.close()

    asyncio.run(story())


def test_a_line_that_somebody_else_has_is_told_and_the_others_work(pins: Pins) -> None:
    async def story() -> None:
        first, second = opened(), opened()
        assert "is in use by something else" in second.missing["button"]
        assert first.button
        first.close()
        second.close()

    asyncio.run(story())
