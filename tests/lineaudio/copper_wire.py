# SPDX-License-Identifier: GPL-2.0-or-later
"""The far end of a line port's descriptor, in this process."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

from drivers.lineaudio import Hear, Heard, HeardKind, Law, LineAudio, NativeEvents
from hil.clock import clock
from hil.g711 import BLOCK, Pcm, decode, encode, pcm
from hil.player import Player
from hil.waiting import Watch

AHEAD = 4  # blocks: this process may be late by so much before a detector hears a gap


class Wire:
    """A line port with a socket pair: what the test says arrives there, what it plays is heard here.

    `say` speaks G.711 blocks at the wire's pace, one each 20 ms; `port.hear` decides what is found in them.
    """

    def __init__(self, port: LineAudio) -> None:
        self.port = port
        self.watch = Watch()
        self.heard: list[Heard] = []
        self.faults: list[str] = []
        self.blocks: list[bytes] = []
        self.law: Law = Law.ULAW
        self.player = Player("ulaw")
        self.open = False

    def plug(self, law: Law = Law.ULAW, ahead: int = AHEAD) -> None:
        """A new pair of sockets; from here on silence flows, `ahead` blocks of it at once."""
        self.law = law
        self.player = Player(self._law)
        self.heard, self.faults, self.blocks = [], [], []
        near, self.far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
        self.far.setblocking(False)
        self.port.set_law(law)
        self.port.on_heard = self._on_heard
        self.port.on_bad_audio = self._on_bad
        self.port.attach(near.fileno())
        near.close()
        self.open = True
        asyncio.get_running_loop().add_reader(self.far, self._readable)
        for _ in range(ahead):
            self.speak()
        self.resume()

    def unplug(self) -> None:
        """Harmless when unplugged."""
        if self.open:
            self.open = False
            self.silent()
            self.hang()
            self.port.detach()
            self.far.close()
        self.port.quiet()
        self.port.hear(Hear.NOTHING)

    def hang(self) -> None:
        """Reads nothing any more."""
        if self.far.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self.far)

    def silent(self) -> None:
        """Not even silence is sent any more."""
        clock().remove(self.speak)

    def resume(self) -> None:
        """A block each 20 ms from now on."""
        clock().add(self.speak)

    @property
    def _law(self) -> str:
        return "alaw" if self.law == Law.ALAW else "ulaw"

    def say(self, audio: Pcm) -> asyncio.Future[None]:
        """Done when it is all on the wire."""
        return self.player.say(encode(audio, self._law))

    def heard_pcm(self) -> Pcm:
        """All that the port played."""
        audio = pcm()
        for block in self.blocks:
            audio += decode(block, self._law)
        return audio

    async def until(self, condition: Callable[[], object], timeout: float = 5) -> None:
        """Waits for something heard. NotSeen says what was."""
        await self.watch.until(lambda: bool(condition()), timeout, "a detector", lambda: f"{self.heard} {self.faults}")

    def of(self, kind: HeardKind) -> list[str | int | bytes]:
        """What of one kind was heard so far."""
        return [heard.value for heard in self.heard if heard.kind == kind]

    @property
    def digits(self) -> str:
        """DTMF digits so far."""
        return "".join(str(digit) for digit in self.of(HeardKind.DIGIT))

    def _on_heard(self, heard: Heard) -> None:
        self.heard.append(heard)
        self.watch.changed()

    def _on_bad(self, why: str) -> None:
        self.faults.append(why)
        self.watch.changed()

    def speak(self) -> None:
        """Sends the next block."""
        with contextlib.suppress(BlockingIOError, BrokenPipeError):  # it is behind, or gone: its counters tell
            self.far.send(self.player.next_block())

    def _readable(self) -> None:
        try:
            block = self.far.recv(4096)
        except OSError:
            block = b""
        if len(block) == BLOCK:
            self.blocks.append(block)
            self.watch.changed()
        else:
            asyncio.get_running_loop().remove_reader(self.far)


class Wires:
    """Line ports are made once and used again: they live as long as the process."""

    def __init__(self, events: NativeEvents) -> None:
        self._events = events
        self._made: list[Wire] = []
        self._used = 0

    def __call__(self, law: Law = Law.ULAW, ahead: int = AHEAD) -> Wire:
        """A plugged wire."""
        if self._used == len(self._made):
            self._made.append(Wire(LineAudio(self._events, law)))
        wire = self._made[self._used]
        self._used += 1
        wire.plug(law, ahead)
        return wire

    def unplug_all(self) -> None:
        """All of them are free again."""
        for wire in self._made:
            wire.unplug()
        self._used = 0
