# SPDX-License-Identifier: GPL-2.0-or-later
"""The two sockets of a simulated port, and the far end that is connected to them.

The protocol is in the contract's section "The simulated copper": `ID.audio` carries one 160-byte G.711 block each
20 ms, `ID.control` one JSON object a packet, both SOCK_SEQPACKET. The far end is another process and may be hostile:
what it sends is checked, bounded in size and rate, and never raises here. What it does wrong pulls its plug.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import select
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from drivers.port import AudioPath

log = logging.getLogger(__name__)

CONTROL_PACKET_MAX = 4096  # bytes
# A flood is read at this pace: a rotary dial makes 24 hook changes a second, a test perhaps a hundred.
PACKETS_A_WINDOW = 50
WINDOW_S = 0.1
# So that a far end that does not read is at most some 0.4 s behind: the kernel doubles it and counts about 770 bytes
# for a packet of 160.
AUDIO_SEND_BUFFER = 8192

Message = Mapping[str, object]


class BadControl(ValueError):
    """A control packet that the contract does not know; the text says what is wrong with it."""


class Wire(Protocol):
    """The port as its sockets see it."""

    def plugged_in(self) -> None:
        """A far end connected its control socket."""

    def pulled_out(self) -> None:
        """The far end is gone, or was thrown out."""

    def said(self, message: Message) -> None:
        """The far end sent `message`, whose keys and values are known ones."""


def decode(packet: bytes, allowed: Mapping[str, tuple[object, ...]]) -> Message:
    """One control packet as a dictionary. BadControl unless each key is in `allowed` with one of its values."""
    try:
        message = json.loads(packet.decode())
    except (ValueError, RecursionError) as error:
        raise BadControl(f"is not JSON: {type(error).__name__}") from error
    if not isinstance(message, dict) or not message:
        raise BadControl("is not a JSON object with something in it")
    for key, value in message.items():
        if key not in allowed:
            raise BadControl(f"has the unknown key {key[:40]!r}; known: {', '.join(allowed)}")
        # `1 == True`, and unhashable values, keep this from being a simple `in`.
        if not any(type(value) is type(known) and value == known for known in allowed[key]):
            raise BadControl(f"has {key} = {str(value)[:40]!r}; known: {', '.join(map(str, allowed[key]))}")
    return message


class SocketPair:
    """Listens for the far end of port `id` and talks with it. All in the asyncio thread.

    `allowed` maps each key of a control packet from the far end to the values it may have.
    """

    def __init__(self, id: str, directory: Path, wire: Wire, allowed: Mapping[str, tuple[object, ...]]) -> None:
        self._id = id
        self._paths = {"control": directory / f"{id}.control", "audio": directory / f"{id}.audio"}
        self._wire = wire
        self._allowed = allowed
        self._path: AudioPath | None = None
        self._listeners: dict[str, socket.socket] = {}
        self._control: socket.socket | None = None
        self._audio: socket.socket | None = None
        self._window_ends = 0.0
        self._packets = 0
        self._resume: asyncio.TimerHandle | None = None

    @property
    def plugged(self) -> bool:
        """True while a far end holds the control socket."""
        return self._control is not None

    def open(self) -> None:
        """Begins to listen, on control last: a far end that has come as far as that finds its audio too.

        OSError when the files cannot be made.
        """
        loop = asyncio.get_running_loop()
        for name, path in reversed(self._paths.items()):
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)
            self._listeners[name] = listener
            listener.bind(str(path))
            listener.listen(16)
            accept = self._accept_control if name == "control" else self._accept_audio
            loop.add_reader(listener, accept)

    def close(self) -> None:
        """Drops the far end, stops listening and removes the files. Harmless when not open."""
        self.pull("the card was stopped", logging.DEBUG)
        loop = asyncio.get_running_loop()
        for name, listener in self._listeners.items():
            loop.remove_reader(listener)
            listener.close()
            self._paths[name].unlink(missing_ok=True)
        self._listeners.clear()

    def connect_audio(self, path: AudioPath) -> None:
        """Audio of this and every later far end goes through `path`."""
        self._detach_audio()
        self._path = path
        self._attach_audio()

    def send(self, message: Message) -> None:
        """Tells the far end; nobody hears it when none is there."""
        if self._control is None:
            return
        try:
            self._control.send(json.dumps(message).encode())
        except OSError as error:
            self.pull(f"the far end does not take control packets: {error.strerror}")

    def pull(self, reason: str, level: int = logging.WARNING) -> None:
        """Pulls the plug: both connections are closed, the port is told, one line is logged."""
        control, audio = self._control, self._audio
        if control is None and audio is None:
            return
        self._detach_audio()
        self._stop_reading()
        self._control = self._audio = None
        for connection in (control, audio):
            if connection is not None:
                connection.close()
        log.log(level, "%s: unplugged: %s", self._id, reason)
        if control is not None:
            self._wire.pulled_out()

    def _accept(self, name: str, held: socket.socket | None) -> socket.socket | None:
        """The next client, or None when another one already holds this socket."""
        if held is not None and _hung_up(held):
            self.pull("the far end disconnected", logging.INFO)
            held = None
        try:
            connection, _ = self._listeners[name].accept()
        except OSError as error:  # it went away before it was accepted, or descriptors ran out
            log.debug("%s: accept: %s", self._id, error)
            return None
        if held is None:
            connection.setblocking(False)
            return connection
        connection.close()
        log.info("%s: a second client on %s was turned away", self._id, self._paths[name].name)
        return None

    def _accept_control(self) -> None:
        connection = self._accept("control", self._control)
        if connection is not None:
            self._control = connection
            self._read_on()
            self._wire.plugged_in()

    def _accept_audio(self) -> None:
        connection = self._accept("audio", self._audio)
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, AUDIO_SEND_BUFFER)
            self._audio = connection
            self._attach_audio()

    def _attach_audio(self) -> None:
        if self._path is not None and self._audio is not None:
            self._path.on_bad_audio = self.pull
            self._path.attach(self._audio.fileno())

    def _detach_audio(self) -> None:
        if self._path is not None and self._audio is not None:
            self._path.detach()
            self._path.on_bad_audio = None

    def _read_on(self) -> None:
        self._resume = None
        if self._control is not None:
            asyncio.get_running_loop().add_reader(self._control, self._control_readable)

    def _stop_reading(self) -> None:
        if self._resume is not None:
            self._resume.cancel()
            self._resume = None
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control)

    def _control_readable(self) -> None:
        """One packet a wakeup; the event loop comes back for the next after everybody else had a turn."""
        if self._control is None or self._flooded(self._control):
            return
        try:
            packet, _, flags, _ = self._control.recvmsg(CONTROL_PACKET_MAX)
        except BlockingIOError:
            return
        except OSError as error:
            self.pull(f"the far end is gone: {error.strerror}", logging.INFO)
            return
        if not packet:
            self.pull("the far end disconnected", logging.INFO)
        elif flags & socket.MSG_TRUNC:
            self.pull(f"the far end sent a control packet of more than {CONTROL_PACKET_MAX} bytes")
        else:
            self._said(packet)

    def _said(self, packet: bytes) -> None:
        try:
            message = decode(packet, self._allowed)
        except BadControl as error:
            self.pull(f"the far end sent a control packet that {error}")
        else:
            self._wire.said(message)

    def _flooded(self, control: socket.socket) -> bool:
        """True when enough was read in this window; reading goes on when the next one begins."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        if now >= self._window_ends:
            self._window_ends, self._packets = now + WINDOW_S, 0
        self._packets += 1
        if self._packets <= PACKETS_A_WINDOW:
            return False
        loop.remove_reader(control)
        self._resume = loop.call_at(self._window_ends, self._read_on)
        return True


def _hung_up(connection: socket.socket) -> bool:
    poller = select.poll()
    with contextlib.suppress(OSError):
        poller.register(connection, select.POLLRDHUP)
        return bool(poller.poll(0))
    return True
