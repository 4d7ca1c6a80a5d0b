# SPDX-License-Identifier: GPL-2.0-or-later
"""A line pair: an FXS port wired to an FXO port, each the other's far end. The same tests run on every kind of it.

Seen from the box, `line` is its port to the telephone company and `station` plays the exchange; seen the other way
round, `station` is the box's port and `line` plays a telephone. Which copper is between them is the tier's business:
`hil.simulated_pair` (sockets of the simulated card) and `hil.kernel.guest.bench` (the real DAHDI core).
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from drivers.port import FxoPort, FxsPort, Port, PortEvent, PortEventRecord

Fault = Literal["cut", "swapped", "dead", "drop_ms"]


@dataclass(frozen=True, slots=True)
class Manners:
    """How a card sees signals, in milliseconds: it debounces them before it tells. `slack` is what a test allows."""

    ring_began: float = 0
    ring_ended: float = 0
    battery: float = 0
    slack: float = 250


@dataclass(slots=True)
class Ear:
    """Hears the events of a port."""

    port: Port
    events: asyncio.Queue[PortEventRecord] = field(default_factory=asyncio.Queue)
    all: list[PortEventRecord] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.port.on_event = self._heard

    def _heard(self, record: PortEventRecord) -> None:
        self.all.append(record)
        self.events.put_nowait(record)

    async def next(self, within_s: float = 3.0) -> PortEventRecord:
        """The next event. TimeoutError."""
        return await asyncio.wait_for(self.events.get(), within_s)

    async def expect(self, event: PortEvent, within_s: float = 3.0) -> PortEventRecord:
        """The next event, which must be this one."""
        try:
            record = await self.next(within_s)
        except TimeoutError:
            raise AssertionError(f"{self.port.id}: no {event} within {within_s} s; before: {self.names}") from None
        assert record.event == event, f"{self.port.id}: {record} came instead of {event}; all: {self.names}"
        return record

    async def silence(self, seconds: float, allowed: Collection[PortEvent] = ()) -> None:
        """Nothing (else) happens for so long."""
        await asyncio.sleep(seconds)
        while not self.events.empty():
            record = self.events.get_nowait()
            assert record.event in allowed, f"{self.port.id}: {record} came, nothing was expected; all: {self.names}"

    def forget(self) -> None:
        """Begins afresh."""
        self.all.clear()
        while not self.events.empty():
            self.events.get_nowait()

    @property
    def names(self) -> str:
        """What was heard, for messages."""
        return " ".join(str(record.event) for record in self.all) or "nothing"

    @property
    def drops_ms(self) -> list[float]:
        """How long battery was away, each time, since the beginning."""
        lost = [record.at for record in self.all if record.event is PortEvent.BATTERY_LOST]
        back = [record.at for record in self.all if record.event is PortEvent.BATTERY_RESTORED]
        return [(end - begin) * 1000 for begin, end in zip(lost, back, strict=False)]


class LinePair(ABC):
    """Pair `number` of a card, at rest when a test gets it."""

    manners: Manners

    def __init__(self, number: int, station: FxsPort, line: FxoPort) -> None:
        self.number, self.station, self.line = number, station, line
        self.station_ear, self.line_ear = Ear(station), Ear(line)

    @abstractmethod
    def fault(self, name: Fault, value: int) -> None:
        """Breaks the wire: `cut`, `swapped` and `dead` are 1 or 0; `drop_ms` takes battery away for so long."""

    @abstractmethod
    async def send(self, port: Port, sound: bytes) -> None:
        """`port` says G.711 blocks; returns when the last one is on its way."""

    @abstractmethod
    async def hear(self, port: Port, seconds: float) -> bytes:
        """The G.711 that arrives at `port` during `seconds`."""

    @abstractmethod
    def let_hear_on_hook(self, ms: int) -> None:
        """The station's far end hears it on hook, for `ms`."""

    async def talk(self) -> None:
        """The line is seized, the exchange has seen it, and both have settled."""
        self.line.seize()
        await self.station_ear.expect(PortEvent.OFF_HOOK)
        await asyncio.sleep(0.3)
