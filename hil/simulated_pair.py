# SPDX-License-Identifier: GPL-2.0-or-later
"""The line pair of tier 1: two ports of a simulated card, and a cable between their sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from drivers.port import FxoPort, FxsPort, HookTiming, Port, PortEvent
from drivers.simulated import SimulatedCard
from hil.audio_path import PythonAudioPath
from hil.cable import Cable
from hil.g711 import BLOCK, silence
from hil.line_pair import Fault, LinePair, Manners

# Far apart, so that a machine that is late does not turn one signal into another.
TIMING = HookTiming(flash_min_ms=160, flash_max_ms=1000, pulse_max_ms=159, digit_gap_ms=300)
LOOK_S = 0.02


class SimulatedPair(LinePair):
    """The simulated card tells at once what it sees."""

    manners = Manners()

    def __init__(self, station: FxsPort, line: FxoPort, cable: Cable) -> None:
        super().__init__(1, station, line)
        self._cable = cable
        self._audio = {port.id: PythonAudioPath(silence("ulaw")) for port in (station, line)}
        for port in (station, line):
            port.connect_audio(self._audio[port.id])

    def fault(self, name: Fault, value: int) -> None:
        """See `LinePair`."""
        self._cable.fault(name, value)

    async def send(self, port: Port, sound: bytes) -> None:
        """See `LinePair`."""
        queue = self._audio[port.id].queue
        queue.extend(sound[at : at + BLOCK].ljust(BLOCK, b"\xff") for at in range(0, len(sound), BLOCK))
        while queue:  # noqa: ASYNC110 - the audio path has no event for it
            await asyncio.sleep(LOOK_S)

    async def hear(self, port: Port, seconds: float) -> bytes:
        """See `LinePair`."""
        heard = self._audio[port.id].heard
        begin = len(heard)
        await asyncio.sleep(seconds)
        return b"".join(heard[begin:])

    def let_hear_on_hook(self, ms: int) -> None:
        """On simulated copper the exchange is always heard."""


@asynccontextmanager
async def simulated_pair(directory: Path) -> AsyncIterator[SimulatedPair]:
    """A card of two ports in `directory`, with the cable plugged in and both at rest."""
    card = SimulatedCard("sim:fxo=1,fxs=1", directory, fxo=1, fxs=1)
    card.hook_timing = TIMING
    line, station = card.ports
    assert isinstance(line, FxoPort)
    assert isinstance(station, FxsPort)
    await card.start()
    cable = Cable(directory, station.id, line.id, silence("ulaw"))
    pair = SimulatedPair(station, line, cable)
    await pair.line_ear.expect(PortEvent.PLUGGED)
    await pair.station_ear.expect(PortEvent.PLUGGED)
    await asyncio.sleep(LOOK_S)
    pair.line_ear.forget()
    pair.station_ear.forget()
    yield pair
    cable.pull()
    await card.stop()
