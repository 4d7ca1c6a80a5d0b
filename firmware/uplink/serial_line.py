# SPDX-License-Identifier: GPL-2.0-or-later
"""A serial port to write whole lines to, however slowly they are taken, with an end when it is unplugged.

pyserial opens and sets the port; what it does not tell, how much of a write was taken before a time-out, is done here.
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Mapping
from typing import Any

import serial

PARITIES = {"none": serial.PARITY_NONE, "even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD}
ENDS = {"crlf": b"\r\n", "lf": b"\n", "cr": b"\r"}
LOOK_S = 0.25


class Unplugged(Exception):
    """The port is not there, or not any more."""


class SerialLine:
    """Open until `close`. Unplugged when it cannot be opened."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._end = ENDS[settings["line_end"]]
        try:
            self._port = serial.serial_for_url(
                settings["port"],
                baudrate=settings["baud"],
                bytesize=settings["data_bits"],
                parity=PARITIES[settings["parity"]],
                stopbits=settings["stop_bits"],
                rtscts=settings["flow"] == "rtscts",
                xonxoff=settings["flow"] == "xonxoff",
                timeout=0,
                write_timeout=LOOK_S,
            )
            os.set_blocking(self._port.fileno(), False)
        except (OSError, ValueError) as error:
            raise Unplugged(str(error)) from error

    def close(self) -> None:
        self._port.close()

    def write(self, text: str, stopping: threading.Event) -> bool:
        """Returns when the last octet has left the box; False when `stopping` was set before. Unplugged."""
        left = text.encode("ascii", "replace") + self._end
        try:
            while left:
                if stopping.is_set():
                    return False
                if select.select([], [self._port.fileno()], [], LOOK_S)[1]:
                    left = left[os.write(self._port.fileno(), left) :]
            return self._drained(stopping)
        except BlockingIOError:
            return False
        except OSError as error:
            raise Unplugged(str(error)) from error

    def _drained(self, stopping: threading.Event) -> bool:
        """What still waits in the driver would be lost if the cable were pulled now."""
        while getattr(self._port, "out_waiting", 0):
            if stopping.is_set():
                return False
            time.sleep(0.01)
        return True
