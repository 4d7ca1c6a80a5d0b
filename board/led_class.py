# SPDX-License-Identifier: GPL-2.0-or-later
"""LEDs that the kernel has a driver for (/sys/class/leds)."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from periphery import LED, LEDError

from board.board import BoardError

CLASS = Path("/sys/class/leds")


class ClassLed:
    """One of them. What the kernel showed on it before (heartbeat, disk) is switched off."""

    def __init__(self, what: str, name: str) -> None:
        self._what = what
        try:
            with suppress(OSError):  # a LED without triggers
                (CLASS / name / "trigger").write_text("none")
            self._led = LED(name, False)
        except LookupError as error:
            raise BoardError(f"The {what} cannot be used: there is no LED {name} in {CLASS}.") from error
        except LEDError as error:
            raise BoardError(f"The {what} cannot be used: {name}: {error.strerror or error}.") from error

    def set(self, on: bool) -> None:
        """At full brightness, or off. BoardError when it is gone."""
        try:
            self._led.write(on)
        except LEDError as error:
            raise BoardError(f"The {self._what} does not obey: {error.strerror or error}.") from error

    def close(self) -> None:
        """It stays as it is."""
        self._led.close()
