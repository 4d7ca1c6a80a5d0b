# SPDX-License-Identifier: GPL-2.0-or-later
"""Which PIN a SIM card refused: kept in the history, so that no restart tries it again."""

from __future__ import annotations

import hashlib

from firmware.store import sms as store
from firmware.store.writer import HistoryWriter


class KeptPins:
    """Of one modem. Implements `drivers.cellular.PinGuard`."""

    def __init__(self, writer: HistoryWriter, modem: str, pin: str) -> None:
        self._writer, self._modem, self.pin = writer, modem, pin

    async def may_try(self) -> bool:
        """False when it was refused before, and when the attempt cannot be noted. From here on it counts as refused."""
        fingerprint = hashlib.sha256(f"{self._modem} {self.pin}".encode()).hexdigest()
        if await self._writer.run(store.refused_pin, self._modem) == fingerprint:
            return False
        await self._writer.run(store.pin_tried, self._modem, fingerprint)
        return True

    async def accepted(self) -> None:
        """It was the right one."""
        await self.forget()

    async def forget(self) -> None:
        """It may be tried once more."""
        await self._writer.run(store.pin_tried, self._modem, "")
