# SPDX-License-Identifier: GPL-2.0-or-later
"""A SLIC and a codec without hardware: the same interfaces, and somebody's telephone behind them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from drivers.port import CodecHealth, PortError
from drivers.slic.wiring import SlicLines, Wiring


@dataclass
class SimulatedLine:
    """`changes`: what it became, and when."""

    on: bool = False
    changes: list[tuple[float, bool]] = field(default_factory=list)
    broken: bool = False
    closed: bool = False

    def set(self, on: bool) -> None:
        """Switches it. PortError while it is broken."""
        if self.broken:
            raise PortError("The line does not obey: the chip is gone.")
        if on is not self.on:
            self.on = on
            self.changes.append((asyncio.get_running_loop().time(), on))

    def close(self) -> None:
        """It stays as it is."""
        self.closed = True


class SimulatedHook:
    """The switch hook line. `lost`: that edges are not told."""

    def __init__(self) -> None:
        self.off, self.lost = False, False
        self._changed: Callable[[bool, float], None] = lambda off, at: None

    def read(self) -> bool:
        """Now."""
        return self.off

    def watch_edges(self, changed: Callable[[bool, float], None]) -> None:
        """Tells each."""
        self._changed = changed

    def move(self, off: bool) -> None:
        """Loop current begins to flow, or ends."""
        self.off = off
        if not self.lost:
            self._changed(off, asyncio.get_running_loop().time())

    def close(self) -> None:
        """Nothing is told any more."""
        self._changed = lambda off, at: None


class SimulatedSlic:
    """One, with its lines; `missing` is why they cannot be had."""

    def __init__(self, codec: str = "sim", channel: int = 0, ring_hz: int = 20, *, power_down: bool = True) -> None:
        self.missing = ""
        self.forward, self.ring_mode, self.hook = SimulatedLine(True), SimulatedLine(), SimulatedHook()
        self.power_down = SimulatedLine() if power_down else None
        self.wiring = Wiring(codec, channel, ring_hz, self._open)

    def _open(self) -> SlicLines:
        if self.missing:
            raise PortError(self.missing)
        return SlicLines(self.forward, self.ring_mode, self.hook, self.power_down)

    def turns(self) -> list[float]:
        """When the battery was turned around."""
        return [at for at, _ in self.forward.changes]


class SimulatedCodec:
    """`far` has the telephone's end of each channel."""

    def __init__(self, device: str, channels: int, law: str, clock_fd: int) -> None:
        self.device, self.law, self.clock_fd, self.error = device, law, clock_fd, ""
        pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(channels)]
        self.far = [far for far, _ in pairs]
        self._near = [near for _, near in pairs]

    def fd(self, channel: int) -> int:
        """The line port's end."""
        return self._near[channel].fileno()

    def set_law(self, law: str) -> None:
        """Another companding law."""
        self.law = law

    def health(self) -> CodecHealth:
        """A clock that is 12 ppm fast."""
        return CodecHealth(12.0, 0, 0)

    def unplug(self, why: str) -> None:
        """The device is gone."""
        self.error = why
        for far in self.far:
            far.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Lets go of all."""
        for end in (*self.far, *self._near):
            end.close()
