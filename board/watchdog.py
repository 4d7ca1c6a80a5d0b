# SPDX-License-Identifier: GPL-2.0-or-later
"""The hardware watchdog (Linux Documentation/watchdog/watchdog-api.rst)."""

from __future__ import annotations

import fcntl
import os
import struct
from contextlib import suppress

from board.board import BoardError
from board.profile import Dog

_SETTIMEOUT = 0xC0045706  # WDIOC_SETTIMEOUT, linux/watchdog.h
_MAGIC = b"V"  # written before close: it is to stop


class HardwareWatchdog:
    """Begins to count when it is opened."""

    def __init__(self, wanted: Dog) -> None:
        self._device = wanted.device
        try:
            self._fd = os.open(wanted.device, os.O_WRONLY | os.O_CLOEXEC)
        except FileNotFoundError as error:
            said = f"There is no watchdog {wanted.device}: a box that hangs does not restart by itself."
            raise BoardError(f"{said} Load its driver (on PCs: iTCO_wdt or sp5100_tco).") from error
        except OSError as error:
            raise BoardError(f"The watchdog {wanted.device} cannot be used: {error.strerror}.") from error
        self.timeout_s = float(wanted.timeout_s)
        with suppress(OSError):  # one of a fixed time
            answer = fcntl.ioctl(self._fd, _SETTIMEOUT, struct.pack("i", wanted.timeout_s))
            self.timeout_s = float(struct.unpack("i", answer)[0])

    def feed(self) -> None:
        """Any byte but the magic one. BoardError when it is gone."""
        try:
            os.write(self._fd, b"\0")
        except OSError as error:
            raise BoardError(f"The watchdog {self._device} cannot be fed: {error.strerror}.") from error

    def close(self) -> None:
        """Stops it, unless it was compiled to go on for ever (nowayout)."""
        with suppress(OSError):
            os.write(self._fd, _MAGIC)
        os.close(self._fd)
