# SPDX-License-Identifier: GPL-2.0-or-later
"""A front-panel controller at a UART: lines `LED name 0|1` to it, `KEY name 0|1` from it (docs/hardware.md)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import serial

from board.board import BoardError
from board.profile import Panel

log = logging.getLogger(__name__)

LONGEST_LINE = 64  # bytes; anything longer is noise


class FrontPanel:
    """The wire. `led` and `key` make its parts."""

    def __init__(self, where: Panel) -> None:
        self._where = where
        self._keys: dict[str, PanelKey] = {}
        self._received = b""
        try:
            self._port = serial.Serial(where.port, where.baud, timeout=0, write_timeout=0)
        except (OSError, ValueError) as error:
            raise BoardError(f"The front panel at {where.port} cannot be used: {error}.") from error
        asyncio.get_running_loop().add_reader(self._port.fileno(), self._readable)

    def led(self, name: str) -> PanelLed:
        """A LED of the panel."""
        return PanelLed(self, name)

    def key(self, name: str) -> PanelKey:
        """A key of the panel."""
        return self._keys.setdefault(name, PanelKey())

    def send(self, line: str) -> None:
        """BoardError when the panel takes nothing."""
        try:
            self._port.write(line.encode() + b"\n")
        except OSError as error:  # SerialException is one
            raise BoardError(f"The front panel at {self._where.port} does not answer: {error}.") from error

    def close(self) -> None:
        """Lets go of the port."""
        asyncio.get_running_loop().remove_reader(self._port.fileno())
        self._port.close()

    def _readable(self) -> None:
        try:
            self._received += self._port.read(256)
        except OSError as error:
            log.error("the front panel is gone: %s", error)
            asyncio.get_running_loop().remove_reader(self._port.fileno())
            return
        *lines, rest = self._received.split(b"\n")
        self._received = rest[-LONGEST_LINE:]
        for line in lines:
            self._said(line.decode("ascii", errors="replace").split())

    def _said(self, words: list[str]) -> None:
        match words:
            case ["KEY", name, "0" | "1" as level] if name in self._keys:
                self._keys[name].said(level == "1")
            case _:
                log.debug("the front panel said %s", words)


class PanelLed:
    """Closed with its panel."""

    def __init__(self, panel: FrontPanel, name: str) -> None:
        self._panel, self._name = panel, name

    def set(self, on: bool) -> None:
        """Tells the panel."""
        self._panel.send(f"LED {self._name} {on:d}")

    def close(self) -> None:
        """Nothing is held open."""


class PanelKey:
    """What the panel said last."""

    def __init__(self) -> None:
        self._down = False
        self._changed: Callable[[bool], None] = lambda down: None

    def said(self, down: bool) -> None:
        """The panel tells."""
        self._down = down
        self._changed(down)

    def read(self) -> bool:
        """Whether it is pressed."""
        return self._down

    def watch(self, changed: Callable[[bool], None]) -> None:
        """Tells each change."""
        self._changed = changed

    def close(self) -> None:
        """Nothing is held open."""
