# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts at GPIO lines, by the kernel's character device."""

from __future__ import annotations

import asyncio
import fcntl
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from periphery import GPIO, GPIOError

from board.board import BoardError
from board.profile import Pin

_CHIP_INFO = struct.Struct("32s32sI")  # struct gpiochip_info: name, label, lines
_GET_CHIP_INFO = 0x8044B401  # GPIO_GET_CHIPINFO_IOCTL, linux/gpio.h
OLDEST_S = 2.0  # an edge that seems to be older: the time of day was set meanwhile
_BIAS = {"none": "default", "up": "pull_up", "down": "pull_down"}


def device_of(chip: str) -> str:
    """The device of a chip that is given by its label or path. BoardError when there is none."""
    if chip.startswith("/"):
        return chip
    labels = {_label(device): str(device) for device in sorted(Path("/dev").glob("gpiochip*"))}
    if chip not in labels:
        there = ", ".join(filter(None, labels)) or "none"
        raise BoardError(f"There is no GPIO chip {chip} (there are: {there}). Is it the right board profile?")
    return labels[chip]


def _label(device: Path) -> str:
    try:
        with device.open("rb") as chip:
            info = fcntl.ioctl(chip, _GET_CHIP_INFO, bytes(_CHIP_INFO.size))
    except OSError:
        return ""
    return str(_CHIP_INFO.unpack(info)[1].rstrip(b"\0").decode(errors="replace"))


def _open(what: str, pin: Pin, direction: str, edge: str = "none") -> Any:
    where = f"The {what} cannot be used: GPIO line {pin.line} of {pin.chip}"
    try:
        return GPIO(
            device_of(pin.chip), pin.line, direction, edge=edge, bias=_BIAS[pin.pull], inverted=pin.active_low,
            label="tipring",
        )  # fmt: skip
    except LookupError as error:
        raise BoardError(f"{where} is not there. Is it the right board profile?") from error
    except GPIOError as error:
        if error.errno == 16:  # EBUSY
            raise BoardError(f"{where} is in use by something else; gpioinfo tells by what.") from error
        raise BoardError(f"{where}: {error.strerror or error}.") from error


class GpioOutput:
    """A LED, relay or fan at a line. `on` is what it is from the first moment."""

    def __init__(self, what: str, pin: Pin, on: bool = False) -> None:
        self._what, self._gpio = what, _open(what, pin, "high" if on else "low")

    def set(self, on: bool) -> None:
        """Switches it. BoardError when the chip is gone."""
        try:
            self._gpio.write(on)
        except GPIOError as error:
            raise BoardError(f"The {self._what} does not obey: {error.strerror or error}.") from error

    def close(self) -> None:
        """What becomes of the level is the chip's: a relay needs a resistor that lets it fall."""
        self._gpio.close()


class GpioInput:
    """A button or a sense line."""

    def __init__(self, what: str, pin: Pin) -> None:
        self._what, self._gpio = what, _open(what, pin, "in", "both")
        self._watched = False

    def read(self) -> bool:
        """The level now. BoardError when the chip is gone."""
        try:
            return bool(self._gpio.read())
        except GPIOError as error:
            raise BoardError(f"The {self._what} cannot be read: {error.strerror or error}.") from error

    def watch(self, changed: Callable[[bool], None]) -> None:
        """Tells each edge, in their order."""

        self.watch_edges(lambda level, at: changed(level))

    def watch_edges(self, changed: Callable[[bool, float], None]) -> None:
        """The same with the kernel's time of each: right however late it is read."""

        def readable() -> None:
            event = self._gpio.read_event()
            age = time.time() - event.timestamp / 1e9  # periphery asks the kernel for the time of day
            changed(event.edge == "rising", time.monotonic() - (age if 0 <= age <= OLDEST_S else 0))

        asyncio.get_running_loop().add_reader(self._gpio.fd, readable)
        self._watched = True

    def close(self) -> None:
        """Lets go of the line."""
        if self._watched:
            asyncio.get_running_loop().remove_reader(self._gpio.fd)
        self._gpio.close()
