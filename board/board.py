# SPDX-License-Identifier: GPL-2.0-or-later
"""The board protocol: what each part of a board can do, whatever chip is behind it. It knows no policy.

All methods are called in the asyncio thread and return at once; each may raise BoardError.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol


class BoardError(Exception):
    """A part of the board cannot do what was asked; the message names it, says what is wrong and what to do."""


class Output(Protocol):
    """Something that is on or off: a LED, the coil of a relay, a fan."""

    def set(self, on: bool) -> None:
        """Switches it."""

    def close(self) -> None:
        """Lets go of it, as it is."""


class Input(Protocol):
    """Something that is looked at: a button, the read-back of a relay, a loop current detector."""

    def read(self) -> bool:
        """As it is now; True is pressed, or active."""

    def watch(self, changed: Callable[[bool], None]) -> None:
        """Calls `changed` at each edge from now on, bounces included; at most one watcher."""

    def close(self) -> None:
        """Lets go of it."""


class EdgeInput(Input, Protocol):
    """An input whose edges are told with their times: the switch hook of a SLIC."""

    def watch_edges(self, changed: Callable[[bool, float], None]) -> None:
        """As `watch`, with the kernel's time of the edge, as of `time.monotonic`."""


class Meter(Protocol):
    """A figure that is measured: degrees Celsius, or volts."""

    def read(self) -> float:
        """Now."""

    def close(self) -> None:
        """Lets go of it."""


class Watchdog(Protocol):
    """Restarts the machine unless it is fed."""

    timeout_s: float

    def feed(self) -> None:
        """The machine lives for another `timeout_s`."""

    def close(self) -> None:
        """Stops it, where the hardware lets itself be stopped: the service ends in order."""


@dataclass(frozen=True, slots=True)
class SlicPins:
    """The lines of a SLIC, opened: battery forward, no ring mode, not powered down."""

    forward: Output
    ring_mode: Output
    hook: EdgeInput
    power_down: Output | None


LEDS = ("power", "line", "call", "alarm", "update")


@dataclass
class Board:
    """The parts that are there, opened. `missing`: why those are not that the profile names, by their names in it.

    `relay` on: the coil is drawn, and the phone is on the card; off, as without power: it is on the line.
    `relay_sense` tells which it is in fact; `loop` is active while a phone on the line draws loop current.
    """

    name: str
    title: str
    leds: dict[str, Output] = field(default_factory=dict)
    button: Input | None = None
    relay: Output | None = None
    relay_sense: Input | None = None
    loop: Input | None = None
    fan: Output | None = None
    watchdog: Watchdog | None = None
    temperature: Meter | None = None
    supply: Meter | None = None
    serial: str = ""
    missing: dict[str, str] = field(default_factory=dict)
    closers: list[Callable[[], None]] = field(default_factory=list)

    def close(self) -> None:
        """Lets go of every part."""
        parts = (self.button, self.relay, self.relay_sense, self.loop, self.fan, self.temperature, self.supply)
        for part in (*self.leds.values(), *parts, self.watchdog):
            if part:
                part.close()
        for closer in self.closers:
            closer()
