# SPDX-License-Identifier: GPL-2.0-or-later
"""Voice modems, each an FXO port."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from drivers.card import modem_port
from drivers.modem.fxo import ModemFxo
from drivers.voice_modems import VoiceModem, VoiceModems


class ModemCard(VoiceModems):
    """One port for each of `devices`, in their order, and for each that is taken later.

    A port once made is kept: when its id is taken again it is the same one.
    """

    def __init__(self, devices: Sequence[str]) -> None:
        self.name = "modem"
        self._fixed = [ModemFxo(modem_port(n), device) for n, device in enumerate(devices)]
        self._made: dict[str, ModemFxo] = {}
        self._used: dict[str, str] = {}
        self._started = False

    @property
    def ports(self) -> Sequence[ModemFxo]:  # type: ignore[override]
        """In use now."""
        return [*self._fixed, *(self._made[id] for id in self._used)]

    @property
    def taken(self) -> frozenset[str]:
        """Ids of the ports that `use` named last."""
        return frozenset(self._used)

    def apply_law(self, law: str) -> None:
        """Modems have one of their own, which is converted."""
        for port in self.ports:
            port.law = law

    async def start(self) -> None:
        """Each modem is used as soon as it answers."""
        self._started = True
        for port in self.ports:
            port.open()

    async def stop(self) -> None:
        """Goes on hook."""
        self._started = False
        await asyncio.gather(*(port.close() for port in self.ports))

    async def use(self, devices: Mapping[str, str]) -> None:
        """From now on these beside those of the command line; what did not change goes on as it is."""
        before, self._used = self._used, dict(devices)
        gone = [self._made[id] for id in before if id not in devices]
        await asyncio.gather(*(port.leave() for port in gone))
        if gone and self.on_gone_ports:
            self.on_gone_ports(gone)
        moved = [id for id in devices if id in before and before[id] != devices[id]]
        await asyncio.gather(*(self._made[id].move_to(devices[id]) for id in moved))
        self._begin([self._port(id, device) for id, device in devices.items() if id not in before])

    def _port(self, id: str, device: str) -> ModemFxo:
        if id not in self._made:
            self._made[id] = ModemFxo(id, device)
        port = self._made[id]
        port.serve(device)
        port.law = self.law
        return port

    def _begin(self, new: Sequence[ModemFxo]) -> None:
        if not self._started or not new:
            return
        if self.on_new_ports:
            self.on_new_ports(new)
        for port in new:
            port.open()

    def modems(self) -> list[VoiceModem]:
        """All of them, by their ports."""
        return [VoiceModem(port.id, port.device, port.model, port.fault, port.can) for port in self.ports]
