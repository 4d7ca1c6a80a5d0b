# SPDX-License-Identifier: GPL-2.0-or-later
"""The far end's side of a simulated port: the two sockets of the contract's section "The simulated copper"."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from hil.clock import clock
from hil.g711 import BLOCK, BLOCK_S, Law, Pcm, decode, pcm
from hil.player import Player
from hil.waiting import Watch

log = logging.getLogger(__name__)

KEEP_ALL = None
CONTROL_KEPT = 10000
KEPT_BY_THE_BOX = 2  # blocks; what is never used beyond them is shed (drivers/lineaudio/native/line_receive.c)


class WireError(ConnectionError):
    """The port cannot be plugged into; the message says why."""


class Shaping(Protocol):
    """What the wire does to the sound: `hil.copper.Copper`."""

    def heard(self, block: bytes) -> bytes:
        """A block from the box, as it arrives here."""

    def said(self, block: bytes) -> bytes:
        """A block from here, as it arrives at the box."""


class Wire:
    """A cable in port `id`: says what `player` has, each 20 ms, and keeps what it hears with its arrival times.

    `ahead` blocks are sent at once in the beginning: a cushion against a sender that is late now and then, at the price
    of delay. `keep` bounds how many heard blocks are remembered (None: all).
    """

    def __init__(self, sim_dir: Path, id: str, law: Law, ahead: int = 0, keep: int | None = KEEP_ALL) -> None:
        self.id = id
        self.law: Law = law
        self.player = Player(law)
        self.copper: Shaping | None = None  # None: a perfect wire
        self.heard: deque[tuple[float, bytes]] = deque(maxlen=keep)
        self.heard_blocks = 0
        self.sent_blocks = 0
        self.unsent_blocks = 0  # the box did not take them
        self.control_log: deque[tuple[float, dict[str, Any]]] = deque(maxlen=CONTROL_KEPT)
        self.watch = Watch()
        self.on_block: Callable[[bytes], None] = lambda block: None
        self.on_control: Callable[[dict[str, Any]], None] = lambda message: None
        self.on_cut: Callable[[str], None] = lambda reason: None
        self.cut = "it was never plugged in"  # why there is no connection; "" while there is one
        self._directory = sim_dir
        self._ahead = ahead
        self.cushion_s = min(max(1, ahead), KEPT_BY_THE_BOX) * BLOCK_S  # it may be late by so much
        self._control: socket.socket | None = None
        self._audio: socket.socket | None = None

    async def plug(self) -> None:
        """Connects both sockets. WireError says what is wrong."""
        loop = asyncio.get_running_loop()
        self._control = await self._connect("control")
        try:
            self._audio = await self._connect("audio")
        except WireError:
            self._control.close()
            raise
        self.cut = ""
        self._audio.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
        loop.add_reader(self._control, self._control_readable)
        loop.add_reader(self._audio, self._audio_readable)
        for _ in range(self._ahead):
            self._tick()
        clock().add(self._tick)

    async def unplug(self) -> None:
        """Pulls the cable."""
        self._cut("it was unplugged")
        await asyncio.sleep(0)

    def send(self, **message: object) -> None:
        """Tells the box a state of the line. WireError when the cable is not plugged in any more."""
        self.send_raw(json.dumps(message).encode())

    def send_raw(self, packet: bytes) -> None:
        """Sends a control packet as it is, right or wrong."""
        if self._control is None:
            raise WireError(f"{self.id} is not connected: {self.cut}.")
        try:
            self._control.send(packet)
        except OSError as error:
            self._cut(f"the box went away: {error.strerror}")
            raise WireError(f"{self.id}: {self.cut}.") from error

    def send_raw_audio(self, packet: bytes) -> None:
        """Sends an audio packet as it is, right or wrong."""
        if self._audio is None:
            raise WireError(f"{self.id} is not connected: {self.cut}.")
        with contextlib.suppress(OSError):
            self._audio.send(packet)

    def heard_pcm(self, since: int = 0) -> Pcm:
        """All that was heard, from block `since` (counted in `heard_blocks`) on."""
        skip = max(0, since - (self.heard_blocks - len(self.heard)))
        audio = pcm()
        for n, (_, block) in enumerate(self.heard):
            if n >= skip:
                audio += decode(block, self.law)
        return audio

    async def _connect(self, name: str) -> socket.socket:
        path = self._directory / f"{self.id}.{name}"
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)
        try:
            async with asyncio.timeout(5):
                await asyncio.get_running_loop().sock_connect(connection, str(path))
        except (OSError, TimeoutError) as error:
            connection.close()
            raise WireError(f"Cannot plug into {path}: {error}. Is the box up, and has it a port {self.id}?") from error
        return connection

    def _tick(self) -> None:
        block = self.player.next_block()
        if self._audio is None:
            return
        if self.copper:
            block = self.copper.said(block)
        try:
            self._audio.send(block)
        except BlockingIOError:
            self.unsent_blocks += 1
        except OSError as error:
            self._cut(f"the box went away: {error.strerror}")
        else:
            self.sent_blocks += 1

    def _audio_readable(self) -> None:
        while self._audio is not None:
            try:
                block = self._audio.recv(4096)
            except BlockingIOError:
                return
            except OSError as error:
                self._cut(f"the box went away: {error.strerror}")
                return
            if len(block) != BLOCK:
                self._cut(f"the box sent {len(block)} bytes of audio" if block else "the box closed the audio socket")
                return
            if self.copper:
                block = self.copper.heard(block)
            self.heard.append((time.monotonic(), block))
            self.heard_blocks += 1
            self.on_block(block)
            self.watch.changed()

    def _control_readable(self) -> None:
        if self._control is None:
            return
        try:
            packet = self._control.recv(4096)
        except BlockingIOError:
            return
        except OSError as error:
            self._cut(f"the box went away: {error.strerror}")
            return
        if not packet:
            self._cut("the box closed the control socket")
            return
        message = json.loads(packet)
        self.control_log.append((time.monotonic(), message))
        self.on_control(message)
        self.watch.changed()

    def _cut(self, reason: str) -> None:
        if self._control is None:
            return
        loop = asyncio.get_running_loop()
        clock().remove(self._tick)
        for connection in (self._control, self._audio):
            if connection is not None:
                loop.remove_reader(connection)
                connection.close()
        self._control = self._audio = None
        self.cut = reason
        log.debug("%s: %s", self.id, reason)
        self.player.stop()
        self.on_cut(reason)
        self.watch.changed()
