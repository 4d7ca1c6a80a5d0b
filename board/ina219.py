# SPDX-License-Identifier: GPL-2.0-or-later
"""The supply monitor INA219 on I2C (Texas Instruments SBOS448, section 8.6)."""

from __future__ import annotations

from periphery import I2C, I2CError

from board.board import BoardError
from board.profile import Ina219

BUS_VOLTAGE = 0x02
LSB_V = 0.004


class SupplyMonitor:
    """Volts at its bus pin; its default configuration measures up to 32 V."""

    def __init__(self, where: Ina219) -> None:
        self._where = where
        try:
            self._bus = I2C(where.bus)
        except I2CError as error:
            raise BoardError(f"The supply voltage cannot be measured: {where.bus}: {error.strerror}.") from error

    def read(self) -> float:
        """Volts. BoardError when the chip does not answer."""
        asked, answered = I2C.Message([BUS_VOLTAGE]), I2C.Message([0, 0], read=True)
        try:
            self._bus.transfer(self._where.address, [asked, answered])
        except I2CError as error:
            chip = f"the INA219 at 0x{self._where.address:02x} of {self._where.bus}"
            raise BoardError(f"The supply voltage cannot be measured: {chip}: {error.strerror}.") from error
        high, low = answered.data
        return ((high << 8 | low) >> 3) * LSB_V

    def close(self) -> None:
        """Lets go of the bus."""
        self._bus.close()
