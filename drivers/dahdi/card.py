# SPDX-License-Identifier: GPL-2.0-or-later
"""Every analog port that DAHDI has, as one card."""

from __future__ import annotations

import os
from collections.abc import Sequence

from drivers.dahdi.base import BUFFERS, ECHO_TAPS, Settings
from drivers.dahdi.channel import open_timer
from drivers.dahdi.discovery import Found, discover
from drivers.dahdi.fxo import DahdiFxo
from drivers.dahdi.fxs import DahdiFxs
from drivers.dahdi.ioctls import Law, Vmwi
from drivers.port import Card, HookTiming, PortKind

CLOCK_SAMPLES = 80  # 10 ms


class DahdiCard(Card):
    """Ports fxo1, fxo2, …, fxs1, … in the order of the channels. PortError when there is no DAHDI or no port.

    `buffers` are blocks of 20 ms that the core keeps each way; `echo_taps` samples of echo are cancelled while a port
    is off hook, by whatever echo canceller /etc/dahdi/system.conf gives the channel (0: never). `lamp` is the voltage
    that the card has for message lamps.
    """

    ports: Sequence[DahdiFxo | DahdiFxs]

    def __init__(self, *, buffers: int = BUFFERS, echo_taps: int = ECHO_TAPS, lamp: Vmwi = Vmwi.NONE) -> None:
        found = discover()
        self._settings = Settings(buffers=buffers, echo_taps=echo_taps, lamp=lamp)
        self.name = ", ".join(dict.fromkeys(one.card for one in found))
        self.ports = [*self._lines(found), *self._stations(found)]

    def _lines(self, found: Sequence[Found]) -> list[DahdiFxo]:
        numbers = [one.number for one in found if one.kind is PortKind.FXO]
        return [DahdiFxo(f"fxo{n + 1}", number, self._settings) for n, number in enumerate(numbers)]

    def _stations(self, found: Sequence[Found]) -> list[DahdiFxs]:
        numbers = [one.number for one in found if one.kind is PortKind.FXS]
        return [DahdiFxs(f"fxs{n + 1}", number, self._settings) for n, number in enumerate(numbers)]

    @property
    def hook_timing(self) -> HookTiming:
        """How the hooks of the stations are read that have no timing of their own; DAHDI takes only `flash_max_ms`."""
        return self._settings.hook_timing

    @hook_timing.setter
    def hook_timing(self, timing: HookTiming) -> None:
        self._settings.hook_timing = timing
        self._apply()

    @property
    def law(self) -> str:
        """Companding of the sound on the ports' descriptors: "ulaw" or "alaw"."""
        return "alaw" if self._settings.law is Law.ALAW else "ulaw"

    @law.setter
    def law(self, law: str) -> None:
        self._settings.law = Law.ALAW if law == "alaw" else Law.MULAW
        self._apply()

    def _apply(self) -> None:
        for port in self.ports:
            with port.doing("take its settings"):
                port.apply_settings()

    async def start(self) -> None:
        """Opens the channels. A port that cannot be opened says why in `fault`, and goes on trying."""
        self.clock_fd = open_timer(CLOCK_SAMPLES)
        for port in self.ports:
            port.open()

    async def stop(self) -> None:
        """Puts every port on hook and closes the channels."""
        for port in self.ports:
            port.close()
        if self.clock_fd >= 0:
            os.close(self.clock_fd)
            self.clock_fd = -1
