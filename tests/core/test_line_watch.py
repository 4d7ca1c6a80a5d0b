# SPDX-License-Identifier: GPL-2.0-or-later
"""A line without current is an alarm after a minute, and over when the current is back."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from firmware import service
from firmware.config import check
from firmware.core.line_watch import BANS_EVERY_S, DEAD_S, MANY_BANS, LineWatch
from tests.calls.notebook import Notebook


class House:
    """Two lines of which one is configured, and an edge."""

    def __init__(self, state: Path) -> None:
        self.journal, self.now, self.banned = Notebook(), 0.0, 0
        self.line = SimpleNamespace(state="idle")
        self.config = check({"line": [{"port": "fxo1", "name": "Main"}]})
        self.lines = {"fxo1": self.line, "fxo2": SimpleNamespace(state="no_battery")}
        self.watch = LineWatch(cast(Any, self), state, cast(Any, self), lambda: self.now)

    async def bans(self) -> list[int]:
        return list(range(self.banned))

    async def passes(self, seconds: float) -> list[str]:
        """Kinds of alarms that stand after so long."""
        for step in (0.0, seconds):
            self.now += step
            await self.watch.look()
        return list(self.journal.alarms)


async def test_a_line_that_is_unplugged_is_told_after_a_minute_and_over_at_once(state: Path) -> None:
    house = House(state)
    house.line.state = "no_battery"
    assert await house.passes(DEAD_S - 1) == []
    assert await house.passes(2) == ["battery:fxo1"]
    assert "Main" in house.journal.alarms["battery:fxo1"].text
    house.line.state = "idle"
    assert await house.passes(1) == []


async def test_a_line_that_is_no_more_has_no_alarm(state: Path) -> None:
    house = House(state)
    house.line.state = "no_battery"
    assert await house.passes(DEAD_S + 1) == ["battery:fxo1"]
    house.config = check({})
    assert await house.passes(1) == []


async def test_many_who_guess_passwords_are_told(state: Path) -> None:
    house = House(state)
    house.banned = MANY_BANS - 1
    assert await house.passes(1) == []
    house.banned = MANY_BANS
    assert await house.passes(BANS_EVERY_S) == ["bans"]
    house.banned = 0
    assert await house.passes(BANS_EVERY_S) == []


async def test_the_uplink_is_looked_after_by_the_core(state: Path) -> None:
    house = House(state)
    with service.hold_lock(state, "uplink"):
        assert await house.passes(100) == []
    assert await house.passes(100) == ["service:uplink"]
