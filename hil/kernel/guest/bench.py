# SPDX-License-Identifier: GPL-2.0-or-later
"""The bench inside the guest: the kernel modules, DAHDI's configuration, the faults of the cable, a line pair."""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
from pathlib import Path

from drivers.dahdi import DahdiCard
from drivers.dahdi.base import DahdiPort
from drivers.dahdi.fxo import DahdiFxo
from drivers.dahdi.fxs import DahdiFxs
from drivers.port import Port
from hil.kernel.guest.sound import hear, send
from hil.line_pair import Fault, LinePair, Manners

RESULTS = Path("/results")
FAULTS = Path("/sys/kernel/debug/linepair")
DEVICES = Path("/sys/bus/dahdi_devices/devices/linepair:0")
PAIRS = 2
OPTIONS = {"dahdi": ["auto_assign_spans=1"], "linepair": [f"pairs={PAIRS}"], "softdog": ["soft_noboot=1"]}
RIGHT = f"fxoks=1-{PAIRS}\nfxsks={PAIRS + 1}-{2 * PAIRS}\nechocanceller=mg2,1-{2 * PAIRS}\n"
ZONE = "loadzone=us\ndefaultzone=us\n"
DEAF_S = 2.1  # after a channel was opened or hung up the core tells no ring for 2 s


def load_modules() -> None:
    """The DAHDI core, an echo canceller, and the card of line pairs."""
    loaded = Path("/proc/modules").read_text()
    for module in sorted((RESULTS / "modules").iterdir()):
        name = module.stem.partition("-")[2]
        if f"{name.replace('-', '_')} " in loaded:
            continue
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


def skew(ppm: int) -> None:
    """The card's clock is so much faster than CLOCK_MONOTONIC."""
    Path("/sys/module/linepair/parameters/skew_ppm").write_text(f"{ppm}\n")


def mend(pair: int) -> None:
    """Takes every fault away, so that a test that failed does not fail the next."""
    for name in ("cut", "swapped", "dead", "drop_ms", "echo"):
        fault(pair, name, 0)


class DahdiPair(LinePair):
    """Tier 2: two ports of the card of line pairs, on the real DAHDI core. Debounced as wctdm does (linepair.c)."""

    # DAHDI's trailer of 50 ms after a ring, and its chunks, are in `ring_ended`.
    manners = Manners(ring_began=64, ring_ended=128 + 60, battery=65, slack=40)
    station: DahdiFxs
    line: DahdiFxo

    def fault(self, name: Fault, value: int) -> None:
        """See `LinePair`."""
        fault(self.number, name, value)

    async def settled(self) -> None:
        """The card has said anew that there is battery: after a configuration it takes `battery_debounce`."""
        async with asyncio.timeout(3):
            while not self.line.plugged:  # noqa: ASYNC110 - the event may have come before
                await asyncio.sleep(0.02)

    def fault_text(self, name: str, value: str) -> None:
        """A fault that is more than a number."""
        fault(self.number, name, value)

    async def send(self, port: Port, sound: bytes) -> None:
        """See `LinePair`."""
        assert isinstance(port, DahdiPort)
        await send(port, sound)

    async def hear(self, port: Port, seconds: float) -> bytes:
        """See `LinePair`."""
        assert isinstance(port, DahdiPort)
        return await hear(port, seconds)

    def let_hear_on_hook(self, ms: int) -> None:
        """See `LinePair`."""
        self.station.transmit_on_hook(ms)


def pair_of(card: DahdiCard, number: int) -> DahdiPair:
    """Pair 1, 2, … of the card."""
    ports = {port.id: port for port in card.ports}
    station, line = ports[f"fxs{number}"], ports[f"fxo{number}"]
    assert isinstance(station, DahdiFxs)
    assert isinstance(line, DahdiFxo)
    return DahdiPair(number, station, line)
