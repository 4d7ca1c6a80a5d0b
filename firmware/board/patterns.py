# SPDX-License-Identifier: GPL-2.0-or-later
"""What the LEDs say: a pattern for each from how the box is (docs/board.md). Pure."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from board.board import LEDS
from firmware.board.button import Stage


class Pattern(enum.StrEnum):
    """How a LED is lit."""

    OFF = "off"
    ON = "on"
    SLOW = "slow"  # 1 s on, 1 s off
    FAST = "fast"  # four times a second
    FLASHES = "flashes"  # two short ones every 2 s


CYCLES_MS: dict[Pattern, tuple[int, ...]] = {
    Pattern.SLOW: (1000, 1000),
    Pattern.FAST: (125, 125),
    Pattern.FLASHES: (100, 200, 100, 1600),
}
"""On and off times in turn, beginning with on."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The box as its front shows it. `lines`: how many there are, and of how many the port or the battery is gone."""

    well: bool = False  # core and web answer
    lines: int = 0
    dead_lines: int = 0
    on_lifeline: bool = False
    calls: int = 0
    ringing: bool = False
    alarm: str = ""  # "", "seen", "warning", "error": the worst that stands
    update: str = ""  # "", "ready", "installing", "trial"
    identify: bool = False
    button: Stage = Stage.IDLE


_ALARM = {"": Pattern.OFF, "seen": Pattern.ON, "warning": Pattern.SLOW, "error": Pattern.FAST}
_UPDATE = {"": Pattern.OFF, "ready": Pattern.SLOW, "installing": Pattern.FAST, "trial": Pattern.ON}
_HELD: dict[Stage, dict[str, Pattern]] = {
    Stage.NETWORK: {"line": Pattern.FAST},
    Stage.FACTORY: {"line": Pattern.FAST, "alarm": Pattern.FAST},
    Stage.CONFIRM: dict.fromkeys(LEDS, Pattern.FAST),
}


def patterns(shown: Shown) -> dict[str, Pattern]:
    """Of every LED. A hand at the button comes first, then who looks for the box, then how the box is."""
    if shown.button in _HELD:
        return {led: _HELD[shown.button].get(led, Pattern.OFF) for led in LEDS}
    if shown.identify:
        return dict.fromkeys(LEDS, Pattern.FLASHES)
    return {
        "power": Pattern.ON if shown.well else Pattern.SLOW,
        "line": _line(shown),
        "call": Pattern.FAST if shown.ringing else Pattern.ON if shown.calls else Pattern.OFF,
        "alarm": _ALARM[shown.alarm],
        "update": _UPDATE[shown.update],
    }


def _line(shown: Shown) -> Pattern:
    if shown.on_lifeline:
        return Pattern.FLASHES
    if shown.dead_lines:
        return Pattern.SLOW
    return Pattern.ON if shown.lines else Pattern.OFF


def lit(pattern: Pattern, ms: int) -> bool:
    """Whether a LED of this pattern is on, so many milliseconds after any beginning; all of one pattern are in step."""
    if pattern not in CYCLES_MS:
        return pattern is Pattern.ON
    return _step(pattern, ms)[0] % 2 == 0


def next_change_ms(wanted: Mapping[str, Pattern], ms: int) -> int | None:
    """In how many milliseconds the first LED changes; None when all are steady."""
    return min((_step(pattern, ms)[1] for pattern in wanted.values() if pattern in CYCLES_MS), default=None)


def _step(pattern: Pattern, ms: int) -> tuple[int, int]:
    """Which step of the cycle it is, and how much of it is left."""
    cycle = CYCLES_MS[pattern]
    at = ms % sum(cycle)
    for number, length in enumerate(cycle):
        if at < length:
            return number, length - at
        at -= length
    raise AssertionError("at is within the cycle")
