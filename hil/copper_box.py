# SPDX-License-Identifier: GPL-2.0-or-later
"""A box that is only a simulated card: what far ends are tested against when no core is wanted."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Self, cast

from drivers.card import open_card
from drivers.port import FxoPort, FxsPort, PortEvent, PortEventRecord
from firmware import countries
from hil.audio_path import PythonAudioPath
from hil.g711 import BLOCK, Law, silence


class CopperBox:
    """One line and one station of a country; the test plays the box."""

    def __init__(self, sim: Path, country: str = "us") -> None:
        self.sim = sim
        self.country = countries.load(country)
        self.law: Law = self.country.law.value
        self.card = open_card("sim:fxo=1,fxs=1", sim)
        self.card.hook_timing = self.country.hook_timing
        self.line, self.station = cast(FxoPort, self.card.ports[0]), cast(FxsPort, self.card.ports[1])
        self.audio: dict[str, PythonAudioPath] = {}
        self.log: list[PortEvent] = []
        self._events: asyncio.Queue[PortEventRecord] = asyncio.Queue()
        for port in self.card.ports:
            port.on_event = self._told
            self.audio[port.id] = PythonAudioPath(silence(self.law))
            port.connect_audio(self.audio[port.id])

    async def __aenter__(self) -> Self:
        await self.card.start()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.card.stop()

    async def event(self, wanted: PortEvent, timeout: float = 5) -> PortEventRecord:
        """The next event of this kind; those before it are skipped. TimeoutError when it does not come."""
        async with asyncio.timeout(timeout):
            while (event := await self._events.get()).event is not wanted:
                pass
            return event

    def say(self, port: str, audio: bytes) -> None:
        """Queues G.711 on a port."""
        whole = audio + silence(self.law)[: -len(audio) % BLOCK]
        self.audio[port].queue.extend(whole[n : n + BLOCK] for n in range(0, len(whole), BLOCK))

    def _told(self, event: PortEventRecord) -> None:
        self.log.append(event.event)
        self._events.put_nowait(event)
