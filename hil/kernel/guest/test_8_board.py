# SPDX-License-Identifier: GPL-2.0-or-later
"""The board of the bench on gpio-sim, by the profile and the drivers of the product, without a core."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from board.board import Board
from board.factory import open_board
from board.profile import Key, Lifeline, Light, Pin, Profile
from firmware.board.button import Button, Gesture
from hil.kernel.guest.bench import RESULTS
from hil.kernel.guest.pins import Pins

LABEL = "tipring-bench"
LINES = (
    "led_power", "led_line", "led_call", "led_alarm", "button", "lifeline_relay", "lifeline_sense", "lifeline_loop",
)  # fmt: skip
LEDS = LINES[:4]
ANEW = 78  # firmware.up.ANEW


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


def until(holds: Callable[[], bool], awaited: str, seconds: float = 60) -> None:
    """Looks every few milliseconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"no {awaited}"
        time.sleep(0.01)


def lit(pins: Pins) -> list[bool]:
    """Power, line, call, alarm."""
    return [pins.level(name) for name in LEDS]


def test_a_held_and_confirmed_button_leaves_nothing_of_the_box(pins: Pins, tmp_path: Path) -> None:
    """The service and its lines as on a box; it needs no core for this."""
    state = tmp_path / "box"
    shutil.copytree(RESULTS / "box", state)
    for name in ("recordings/2026/one.wav", "edge/key.pem", "voicemail/201/greeting.wav"):
        (file := state / name).parent.mkdir(parents=True)
        file.write_text("somebody's")
    board = subprocess.Popen([sys.executable, "-m", "firmware.board", "--state", state, "--board", "qemu-bench"])
    try:
        until(lambda: pins.level("led_power"), "light", 600)
        pins.pull("button", up=True)
        until(lambda: lit(pins) == [False, True, False, True], "line and alarm, which say: factory reset", 120)
        pins.pull("button", up=False)
        until(lambda: all(lit(pins)), "all LEDs, which ask for a confirmation")
        pins.pull("button", up=True)
        time.sleep(0.5)
        pins.pull("button", up=False)
        assert board.wait(60) == ANEW
    finally:
        board.kill()
        board.wait()
    assert (state / "history.db").exists(), "nothing is deleted while services may run"
    subprocess.run([sys.executable, "-m", "firmware.board.factory_reset", "--state", state], check=True)
    assert list(state.iterdir()) == []
