# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages wait for a phone: its dial tone stutters, its lamp is lit, its display is told by FSK when it is on hook."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from drivers import lineaudio as data
from drivers.port import MessageLamp, PortError

if TYPE_CHECKING:
    from firmware.calls.station import Station

log = logging.getLogger(__name__)

AFTER_HOOK_S = 1.5  # the phone is down and has settled; GR-30-CORE, 2.3.3, and EN 300 659-1, 6.2 name shorter ones


class MessageWaiting:
    """Of one station. A phone that could not be told is told when it is idle the next time."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self.on = False
        self._told = False  # what the phone shows, as far as we know: nothing, after it was plugged in
        self._task: asyncio.Task[None] | None = None

    def set(self, on: bool) -> None:
        """Messages wait, or none any more."""
        if on != self.on:
            self.on = on
            log.info("%s: message waiting %s", self._station.id, "on" if on else "off")
            self._light(on)
            self.idle()

    def lit_by(self, lamp: MessageLamp) -> None:
        """What lights the lamp of this phone from now on."""
        port = self._station.port
        if lamp is port.lamp:
            return
        if self.on:
            self._light(False)
        port.lamp = lamp
        if self.on:
            self._light(True)

    def plugged(self) -> None:
        """Another phone, perhaps: it shows nothing."""
        self._told = False
        if self.on:
            self._light(True)
        self.idle()

    def idle(self) -> None:
        """The phone is on hook and nobody rings it: it may be told now."""
        if self.on != self._told and not self._task and self._free:
            self._task = asyncio.create_task(self._tell())
            self._task.add_done_callback(self._done)

    def busy(self) -> None:
        """It rings or was lifted: whatever is being sent stops."""
        if self._task:
            self._task.cancel()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if task.cancelled():
            return
        if task.exception():
            log.warning("%s: the message waiting signal failed", self._station.id, exc_info=task.exception())
        else:
            self.idle()  # it may have changed meanwhile

    @property
    def _free(self) -> bool:
        return not self._station.leg and not self._station.port.off_hook

    def _light(self, on: bool) -> None:
        port = self._station.port
        try:
            can = port.message_waiting(on)
        except PortError as error:
            log.warning("%s", error)
            return
        if not can and port.lamp is not MessageLamp.NONE:
            why = f"{port.id}: this card lights no message lamp so. Leave out extension.lamp for this port."
            self._station.host.port_cannot(port.id, why)

    async def _tell(self) -> None:
        display, on = self._station.display, self.on
        if display.in_calls:
            await asyncio.sleep(AFTER_HOOK_S)
            try:
                await display.show_waiting(self._station.port, self._station.audio, data.MessageWaiting(on))
            except asyncio.CancelledError:
                self._station.quiet()
                raise
        self._told = on
