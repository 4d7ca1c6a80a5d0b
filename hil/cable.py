# SPDX-License-Identifier: GPL-2.0-or-later
"""A cable from an FXS port of a simulated card to an FXO port of it: each becomes the other's far end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import Callable
from pathlib import Path

from drivers.port import Battery
from hil.g711 import BLOCK
from hil.line_pair import Fault

PACKET = 4096


class Plug:
    """One end of the cable: the two sockets of port `id`. Tells only what changes."""

    def __init__(self, directory: Path, id: str) -> None:
        self.on_told: Callable[[dict[str, object]], None] = lambda message: None
        self.on_block: Callable[[bytes], None] = lambda block: None
        self._told: dict[str, object] = {}
        self._control, self._audio = (self._connected(directory / f"{id}.{name}") for name in ("control", "audio"))
        loop = asyncio.get_running_loop()
        loop.add_reader(self._control, self._readable)
        loop.add_reader(self._audio, self._audible)

    @staticmethod
    def _connected(path: Path) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        connection.connect(str(path))
        connection.setblocking(False)
        return connection

    def tell(self, **state: object) -> None:
        """The wire's state at this end."""
        news = {key: value for key, value in state.items() if self._told.get(key) != value}
        self._told |= news
        for key, value in news.items():
            self._control.send(json.dumps({key: value}).encode())

    def say(self, block: bytes) -> None:
        """Sound arrives at this end; lost when nobody takes it."""
        with contextlib.suppress(BlockingIOError):
            self._audio.send(block)

    def pull(self) -> None:
        """Out of the socket."""
        for connection in (self._control, self._audio):
            asyncio.get_running_loop().remove_reader(connection)
            connection.close()

    def _readable(self) -> None:
        if packet := self._control.recv(PACKET):
            self.on_told(json.loads(packet))
        else:
            asyncio.get_running_loop().remove_reader(self._control)

    def _audible(self) -> None:
        block = self._audio.recv(PACKET)
        if len(block) == BLOCK:
            self.on_block(block)
        else:
            asyncio.get_running_loop().remove_reader(self._audio)


class Cable:
    """Two wires: battery, polarity and ring voltage go one way, loop current the other, sound both ways.

    A phone on hook says nothing; an exchange can be heard, for the sockets know no hybrid that is switched off.
    """

    def __init__(self, directory: Path, station: str, line: str, silence: bytes) -> None:
        self._silence = silence
        self._faults: dict[str, int] = {"cut": 0, "swapped": 0, "dead": 0}
        self._dropping: asyncio.TimerHandle | None = None
        self._battery, self._ring, self._closed = Battery.NORMAL, False, False
        self._station, self._line = Plug(directory, station), Plug(directory, line)
        self._station.on_told, self._line.on_told = self._station_told, self._line_told
        self._station.on_block = lambda block: self._line.say(block if self._fed else silence)
        self._line.on_block = lambda block: self._station.say(block if self._loop else silence)
        self._update()

    def fault(self, name: Fault, value: int) -> None:
        """See `LinePair.fault`."""
        if name != "drop_ms":
            self._faults[name] = value
            self._update()
            return
        self._dropping = asyncio.get_running_loop().call_later(value / 1000, self._dropped)
        self._update()

    def _dropped(self) -> None:
        self._dropping = None
        self._update()

    def pull(self) -> None:
        """Out of both sockets."""
        if self._dropping:
            self._dropping.cancel()
        self._station.pull()
        self._line.pull()

    @property
    def _fed(self) -> bool:
        whole = not self._faults["cut"] and not self._faults["dead"] and self._dropping is None
        return whole and self._battery is not Battery.NONE

    @property
    def _loop(self) -> bool:
        return self._fed and self._closed

    def _station_told(self, message: dict[str, object]) -> None:
        if "battery" in message:
            self._battery = Battery(str(message["battery"]))
        if "ring" in message:
            self._ring = message["ring"] is True
        self._update()

    def _line_told(self, message: dict[str, object]) -> None:
        if "hook" in message:
            self._closed = message["hook"] == "off"
        self._update()

    def _update(self) -> None:
        battery = Battery.NONE
        if self._fed:
            reversed = (self._battery is Battery.REVERSED) is not bool(self._faults["swapped"])
            battery = Battery.REVERSED if reversed else Battery.NORMAL
        self._line.tell(battery=str(battery), ring=self._ring and self._fed and not self._closed)
        self._station.tell(hook="off" if self._loop else "on")
