# SPDX-License-Identifier: GPL-2.0-or-later
"""Every analog port that DAHDI has, as one card. Boards may come later, and go."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Sequence

from drivers.dahdi.base import BUFFERS, ECHO_TAPS, Settings
from drivers.dahdi.channel import open_timer
from drivers.dahdi.discovery import Found, discover
from drivers.dahdi.fxo import DahdiFxo
from drivers.dahdi.fxs import DahdiFxs
from drivers.dahdi.ioctls import Law
from drivers.port import Card, HookTiming, PortError, PortKind

log = logging.getLogger(__name__)

CLOCK_SAMPLES = 80  # 10 ms
RESCAN_S = 3.0


class DahdiCard(Card):
    """Ports fxo1, fxo2, …, fxs1, … in the order of the channels; those of boards that come later are counted on.

    `buffers` are blocks of 20 ms that the core keeps each way; `echo_taps` samples of echo are cancelled while a port
    is off hook, by whatever echo canceller /etc/dahdi/system.conf gives the channel (0: never). Where
    there is no DAHDI or no port, `fault` says why until there is.
    """

    grows = True

    def __init__(self, *, buffers: int = BUFFERS, echo_taps: int = ECHO_TAPS) -> None:
        self._settings = Settings(buffers=buffers, echo_taps=echo_taps)
        self._lines: list[DahdiFxo] = []
        self._stations: list[DahdiFxs] = []
        self._rescan: asyncio.TimerHandle | None = None
        self.name = "dahdi"
        self._look()

    @property
    def ports(self) -> Sequence[DahdiFxo | DahdiFxs]:  # type: ignore[override]
        """Found so far."""
        return [*self._lines, *self._stations]

    def _look(self) -> list[DahdiFxo | DahdiFxs]:
        """Asks DAHDI what it has; the ports that are new."""
        try:
            found = discover()
        except PortError as error:
            self._set_fault("" if self.ports else str(error))  # else each port says what is wrong with it
            return []
        self._set_fault("")
        self.name = ", ".join(dict.fromkeys(one.card for one in found))
        known = {port.number for port in self.ports}
        return [self._add(one) for one in found if one.number not in known]

    def _add(self, one: Found) -> DahdiFxo | DahdiFxs:
        if one.kind is PortKind.FXO:
            self._lines.append(line := DahdiFxo(f"fxo{len(self._lines) + 1}", one.number, self._settings))
            return line
        self._stations.append(station := DahdiFxs(f"fxs{len(self._stations) + 1}", one.number, self._settings))
        return station

    def _set_fault(self, fault: str) -> None:
        if fault and fault != self.fault:
            log.error("%s", fault)
        self.fault = fault

    def apply_hook_timing(self, timing: HookTiming) -> None:
        """Of DAHDI only `flash_max_ms` can be set."""
        self._settings.hook_timing = timing
        self._apply()

    def apply_law(self, law: str) -> None:
        """DAHDI converts."""
        self._settings.law = Law.ALAW if law == "alaw" else Law.MULAW
        self._apply()

    def _apply(self) -> None:
        for port in self.ports:
            with port.doing("take its settings"):
                port.apply_settings()

    async def start(self) -> None:
        """Opens the channels. A port that cannot be opened says why in `fault`, and goes on trying."""
        self._open_clock()
        for port in self.ports:
            port.open()
        self._rescan = asyncio.get_running_loop().call_later(RESCAN_S, self._look_again)

    async def stop(self) -> None:
        """Puts every port on hook and closes the channels."""
        if self._rescan:
            self._rescan.cancel()
        for port in self.ports:
            port.close()
        if self.clock_fd >= 0:
            os.close(self.clock_fd)
            self.clock_fd = -1

    def _look_again(self) -> None:
        self._rescan = asyncio.get_running_loop().call_later(RESCAN_S, self._look_again)
        new = self._look()
        if not new:
            return
        log.info("new ports: %s", " ".join(port.id for port in new))
        self._open_clock()
        if self.on_new_ports:
            self.on_new_ports(new)
        for port in new:
            port.open()

    def _open_clock(self) -> None:
        if self.clock_fd < 0 and self.ports:
            self.clock_fd = open_timer(CLOCK_SAMPLES)
