# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP over one connection: TCP and TLS (RFC 3261, 18.3), and secure WebSocket (RFC 7118), a message a text frame."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import secrets
import ssl
from collections.abc import Callable
from typing import Any

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA  # RFC 6455, 5.2

OnMessage = Callable[[bytes, tuple[str, int]], None]


async def connect(transport: str, host: str, to: tuple[str, int], on_message: OnMessage) -> StreamWire:
    """A connection ("tcp", "tls" or "wss") from `host`; any certificate will do. OSError when there is none."""
    tls = _any_certificate() if transport != "tcp" else None
    reader, writer = await asyncio.open_connection(*to, ssl=tls, local_addr=(host, 0))
    if transport == "wss":
        await _shake_hands(reader, writer, to)
        return WebSocketWire(reader, writer, on_message)
    return StreamWire(reader, writer, on_message)


def _any_certificate() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def _shake_hands(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, to: tuple[str, int]) -> None:
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    lines = ["GET / HTTP/1.1", f"Host: {to[0]}:{to[1]}", "Upgrade: websocket", "Connection: Upgrade"]
    lines += [f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: sip", "", ""]
    writer.write("\r\n".join(lines).encode())
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    if b" 101 " not in answer:
        raise ConnectionRefusedError(answer.decode(errors="replace").splitlines()[0])


class StreamWire:
    """One connection, read until it ends. Whoever sends has no choice of the place."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, on_message: OnMessage) -> None:
        self._reader, self._writer, self._on_message = reader, writer, on_message
        self.ended = asyncio.Event()
        self._task = asyncio.create_task(self._listen())

    def sendto(self, data: bytes, addr: tuple[str, int]) -> None:
        """To the other end."""
        self._writer.write(data)

    def close(self) -> None:
        """Ends the connection."""
        self._task.cancel()
        self._writer.close()

    def get_extra_info(self, name: str) -> Any:
        """As of a transport."""
        return self._writer.get_extra_info(name)

    async def _listen(self) -> None:
        source = self._writer.get_extra_info("peername")
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            while True:
                self._on_message(await self._message(), source)
        self.ended.set()

    async def _message(self) -> bytes:
        head = await self._reader.readuntil(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith((b"content-length:", b"l:"))]
        length = int(lengths[0].partition(b":")[2]) if lengths else 0
        return head.lstrip(b"\r\n") + await self._reader.readexactly(length)


class WebSocketWire(StreamWire):
    """The same in frames; a client's are masked."""

    def sendto(self, data: bytes, addr: tuple[str, int]) -> None:
        self._frame(TEXT, data)

    def _frame(self, opcode: int, data: bytes) -> None:
        mask = secrets.token_bytes(4)
        size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
        self._writer.write(bytes([0x80 | opcode]) + size + mask + masked)

    async def _message(self) -> bytes:
        while True:
            first, second = await self._reader.readexactly(2)
            size = second & 0x7F
            if size > 125:
                size = int.from_bytes(await self._reader.readexactly(2 if size == 126 else 8), "big")
            data = await self._reader.readexactly(size)
            if first & 0xF == PING:
                self._frame(PONG, data)
            elif first & 0xF in (TEXT, BINARY):
                return data
            elif first & 0xF == CLOSE:
                raise ConnectionResetError("closed")
