# SPDX-License-Identifier: GPL-2.0-or-later
"""The bench inside the guest: the kernel modules, DAHDI's configuration, the faults of the cable, a line pair."""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from drivers.dahdi import DahdiCard
from drivers.dahdi.fxo import DahdiFxo
from drivers.dahdi.fxs import DahdiFxs
from drivers.port import Port, PortEvent, PortEventRecord

RESULTS = Path("/results")
FAULTS = Path("/sys/kernel/debug/linepair")
DEVICES = Path("/sys/bus/dahdi_devices/devices/linepair:0")
PAIRS = 2
OPTIONS = {"dahdi": ["auto_assign_spans=1"], "linepair": [f"pairs={PAIRS}"]}
RIGHT = f"fxoks=1-{PAIRS}\nfxsks={PAIRS + 1}-{2 * PAIRS}\nechocanceller=mg2,1-{2 * PAIRS}\n"
ZONE = "loadzone=us\ndefaultzone=us\n"
DEAF_S = 2.1  # after a channel was opened or hung up the core tells no ring for 2 s


def load_modules() -> None:
    """The DAHDI core, an echo canceller, and the card of line pairs."""
    for module in sorted((RESULTS / "modules").iterdir()):
        name = module.stem.partition("-")[2]
        subprocess.run(["insmod", module, *OPTIONS.get(name, [])], check=True)


def configure(channels: str) -> None:
    """dahdi_cfg with these lines of /etc/dahdi/system.conf."""
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        file.write(channels + ZONE)
        file.flush()
        done = subprocess.run(["dahdi_cfg", "-c", file.name], capture_output=True, text=True)
    assert not done.returncode, done.stdout + done.stderr


def fault(pair: int, name: str, value: int | str) -> None:
    """Sets a fault of pair 1, 2, …: cut, swapped, dead, drop_ms."""
    (FAULTS / str(pair) / name).write_text(f"{value}\n")


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


@dataclass(slots=True)
class LinePair:
    """An FXS port wired to an FXO port of the same card: each is the other's far end."""

    number: int
    station: DahdiFxs
    line: DahdiFxo
    station_ear: Ear
    line_ear: Ear

    async def talk(self) -> None:
        """The line is seized, and the exchange has seen it."""
        self.line.seize()
        await self.station_ear.expect(PortEvent.OFF_HOOK)
        await asyncio.sleep(0.3)  # both have settled

    def fault(self, name: str, value: int | str) -> None:
        """Breaks the cable between them, or mends it."""
        fault(self.number, name, value)


def pair_of(card: DahdiCard, number: int) -> LinePair:
    """Pair 1, 2, … of the card."""
    ports = {port.id: port for port in card.ports}
    station, line = ports[f"fxs{number}"], ports[f"fxo{number}"]
    assert isinstance(station, DahdiFxs)
    assert isinstance(line, DahdiFxo)
    return LinePair(number, station, line, Ear(station), Ear(line))
