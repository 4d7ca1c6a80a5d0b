# SPDX-License-Identifier: GPL-2.0-or-later
"""A voice state: the modem's descriptor belongs to the native pump, and the line port to the modem."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable

from drivers.lineaudio.line import Law
from drivers.lineaudio.voice_modem import SampleFormat, VoicePump, Ways
from drivers.modem.serial_line import SerialLine
from drivers.port import AudioPath

SEND_BUFFER = 8192  # of the socket to the line port, as of simulated copper: some 0.2 s


class Pumping:
    """Begins at once. `received` is given what the modem says beside the sound; `on_dead` why sound ended."""

    def __init__(
        self, line: SerialLine, audio: AudioPath | None, format: SampleFormat, law: str, ways: Ways,
        received: Callable[[bytes], None], on_dead: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._line, self._audio, self._received = line, audio, received
        line.pause()
        self._near, self._far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._far.setblocking(False)
        for end in (self._near, self._far):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self._codes, told = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._told = told
        self._pump = VoicePump(line.fd, self._far.fileno(), told, format, Law[law.upper()], ways)
        if audio:
            audio.on_bad_audio = on_dead
            audio.attach(self._near.fileno())
        asyncio.get_running_loop().add_reader(self._codes, self._readable)

    def leave(self, code: int) -> None:
        """Asks the modem to end the state."""
        self._pump.leave(code)

    def close(self) -> None:
        """The descriptor is read by the dialogue again."""
        if self._audio:
            self._audio.detach()
            self._audio.on_bad_audio = None
        self._pump.close()
        asyncio.get_running_loop().remove_reader(self._codes)
        self._readable()  # what is left
        for fd in (self._codes, self._told):
            os.close(fd)
        self._near.close()
        self._far.close()
        self._line.resume()

    def _readable(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._received(os.read(self._codes, 4096))
