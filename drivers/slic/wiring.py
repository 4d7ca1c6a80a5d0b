# SPDX-License-Identifier: GPL-2.0-or-later
"""How a SLIC is wired, as its port sees it; who knows the board makes it.

The lines are those of Silvertel's Ag1171 and its kin (data sheet V1.0, sections 5.3 and 5.9); other SLICs have the same
by other names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class Line(Protocol):
    """A line that the box drives. Its errors are PortErrors."""

    def set(self, on: bool) -> None:
        """Switches it."""

    def close(self) -> None:
        """Lets go of it."""


class HookLine(Protocol):
    """The line by which a SLIC tells loop current. Its errors are PortErrors."""

    def read(self) -> bool:
        """True while loop current flows."""

    def watch_edges(self, changed: Callable[[bool, float], None]) -> None:
        """Calls `changed` at each edge from now on, bounces included, with its time as of `time.monotonic`."""

    def close(self) -> None:
        """Lets go of it."""


@dataclass(frozen=True, slots=True)
class SlicLines:
    """The lines of one SLIC, opened: battery forward, no ring mode, not powered down."""

    forward: Line  # F/R: on is normal battery, off is reversed
    ring_mode: Line  # RM: on raises the voltage; only while it rings
    hook: HookLine  # SHK
    power_down: Line | None = None  # PD

    def close(self) -> None:
        """Lets go of all. The SLIC is left at rest."""
        for line in (self.forward, self.ring_mode, self.hook, self.power_down):
            if line:
                line.close()


@dataclass(frozen=True, slots=True)
class Wiring:
    """One port: `open` gives its lines or raises a PortError; `codec` is an ALSA device, `channel` counts from 0."""

    codec: str
    channel: int
    ring_hz: int
    open: Callable[[], SlicLines]
