# SPDX-License-Identifier: GPL-2.0-or-later
"""The bench's socket: who connects plays a far end."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from firmware.errors import Invalid, TipringError
from hil.bench.end import End
from hil.bench.office import Office
from hil.g711 import BLOCK

log = logging.getLogger(__name__)

MOST_CLIENTS = 64
LONGEST_PACKET = 8192
MOST_COMMANDS = 32  # of one client at a time
BRACE, BESIDE_BRACE = b"{", b"|"  # a block must not begin as JSON does; the sample next to it is one step quieter


class Connection:
    """One client. `end` is the far end that it opened."""

    def __init__(self, server: Server, office: Office, connection: socket.socket) -> None:
        self.end: End | None = None
        self._server = server
        self._office = office
        self._socket = connection
        self._tasks: set[asyncio.Task[None]] = set()
        asyncio.get_running_loop().add_reader(connection, self._readable)

    def tell(self, message: Mapping[str, Any]) -> None:
        """Sends JSON; a client that does not read is thrown out, because its picture would be wrong."""
        try:
            self._socket.send(json.dumps(message, ensure_ascii=False).encode())
        except OSError as error:
            log.debug("a bench client is gone: %s", error)
            self.close()

    def let_hear(self, block: bytes) -> None:
        """Sends sound; what a slow client does not take is lost."""
        try:
            self._socket.send(BESIDE_BRACE + block[1:] if block[:1] == BRACE else block)
        except BlockingIOError:
            return
        except OSError as error:
            log.debug("a bench client is gone: %s", error)
            self.close()

    def close(self) -> None:
        """Ends the connection. Harmless when it is closed."""
        if self._socket.fileno() < 0:
            return
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()
        for task in self._tasks:
            task.cancel()
        if self.end:
            self.end.clients.discard(self)
        self._server.connections.discard(self)

    def _readable(self) -> None:
        try:
            packet, _, flags, _ = self._socket.recvmsg(LONGEST_PACKET)
        except BlockingIOError:
            return
        except OSError:
            packet, flags = b"", 0
        if not packet or flags & socket.MSG_TRUNC:
            self.close()
        elif packet[:1] != BRACE:
            self._sound(packet)
        elif len(self._tasks) < MOST_COMMANDS:
            task = asyncio.get_running_loop().create_task(self._command(packet))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _sound(self, packet: bytes) -> None:
        if len(packet) == BLOCK and self.end:
            self.end.speak(packet)
        else:
            self._complain(Invalid(f"Sound is blocks of {BLOCK} bytes, after a far end was opened.", code="bad_sound"))

    async def _command(self, packet: bytes) -> None:
        try:
            command = _parsed(packet)
            done = await self._done(command)
        except TipringError as error:
            self._complain(error)
        else:
            self.tell(done)

    async def _done(self, command: dict[str, Any]) -> Mapping[str, Any]:
        if "list" in command:
            return {"ports": [end.state() for end in self._office.ends.values()]}
        if "open" in command:
            return self._open(self._office.end(str(command["open"])))
        for verb in ("plug", "unplug"):
            if verb in command:
                end = self._office.end(str(command[verb]))
                await (end.plug() if verb == "plug" else end.unplug())
                return {"done": verb}
        if self.end is None:
            raise Invalid('Open a far end first: {"open": "fxs1"}.', code="nothing_open")
        await self.end.do(command)
        return {"done": command.get("do")}

    def _open(self, end: End) -> Mapping[str, Any]:
        if self.end:
            self.end.clients.discard(self)
        self.end = end
        end.clients.add(self)
        return {"state": end.state()}

    def _complain(self, error: TipringError) -> None:
        self.tell({"error": {"code": error.code, "message": error.message, "field": error.field}})


class Server:
    """Listens at `path` (mode 0660)."""

    def __init__(self, office: Office, path: Path) -> None:
        self.connections: set[Connection] = set()
        self._office = office
        self._path = path
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)

    def open(self) -> None:
        """Begins to listen; a socket file that was left over is replaced."""
        self._path.unlink(missing_ok=True)
        self._listener.bind(str(self._path))
        self._path.chmod(0o660)
        self._listener.listen(16)
        asyncio.get_running_loop().add_reader(self._listener, self._accept)

    def close(self) -> None:
        """Ends every connection and removes the file."""
        asyncio.get_running_loop().remove_reader(self._listener)
        self._listener.close()
        self._path.unlink(missing_ok=True)
        for connection in tuple(self.connections):
            connection.close()

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError as error:
            log.debug("accept: %s", error)
            return
        connection.setblocking(False)
        if len(self.connections) >= MOST_CLIENTS:
            log.warning("%d clients play the bench, and that is the limit", MOST_CLIENTS)
            connection.close()
            return
        self.connections.add(Connection(self, self._office, connection))


def _parsed(packet: bytes) -> dict[str, Any]:
    try:
        command = json.loads(packet.decode())
    except (ValueError, RecursionError) as error:
        raise Invalid(f"This is not JSON: {error}", code="bad_command") from error
    if not isinstance(command, dict):
        raise Invalid("A command is a JSON object.", code="bad_command")
    return command
