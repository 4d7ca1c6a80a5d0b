# SPDX-License-Identifier: GPL-2.0-or-later
"""Voice modems, each an FXO port."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from drivers.card import modem_port
from drivers.modem.fxo import ModemFxo
from drivers.port import Card


class ModemCard(Card):
    """One port for each device, in their order."""

    def __init__(self, devices: Sequence[str]) -> None:
        self.name = "modem"
        self.ports: Sequence[ModemFxo] = [ModemFxo(modem_port(n), device) for n, device in enumerate(devices)]

    def apply_law(self, law: str) -> None:
        """Modems have one of their own, which is converted."""
        for port in self.ports:
            port.law = law

    async def start(self) -> None:
        """Each modem is used as soon as it answers."""
        for port in self.ports:
            port.open()

    async def stop(self) -> None:
        """Goes on hook."""
        await asyncio.gather(*(port.close() for port in self.ports))
