# SPDX-License-Identifier: GPL-2.0-or-later
"""What a coin phone or a charge meter is told when the far end answers: reversed polarity, metering pulses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from drivers.port import Battery, FxsPort, PortError
from firmware.config import Metering


class AnswerSignals:
    """Of one call of a station, from the answer to `end`. Polarity: ETSI ES 201 970, section 14.4.

    `on_failed` is told in a sentence what the card cannot.
    """

    def __init__(self, port: FxsPort, on_failed: Callable[[str], None]) -> None:
        self._port, self._on_failed = port, on_failed
        self._reversed = False
        self._metering: asyncio.Task[None] | None = None

    def begin(self, *, reverse: bool, metering: Metering | None) -> None:
        """The far end answered."""
        if reverse and not self._reversed:
            self._reversed = self._set(Battery.REVERSED)
        if metering and not self._metering:
            self._metering = asyncio.create_task(self._meter(metering))

    def end(self) -> None:
        """The call is over for the phone. Harmless when nothing began."""
        if self._metering:
            self._metering.cancel()
            self._metering = None
        if self._reversed:
            self._reversed = False
            self._set(Battery.NORMAL)

    def _set(self, battery: Battery) -> bool:
        try:
            self._port.set_battery(battery)
        except PortError as error:
            self._on_failed(str(error))
            return False
        return True

    async def _meter(self, metering: Metering) -> None:
        try:
            while True:
                await self._port.metering_pulse(metering.hz, metering.pulse_ms)
                await asyncio.sleep(metering.every_s - metering.pulse_ms / 1000)
        except PortError as error:
            self._on_failed(str(error))
