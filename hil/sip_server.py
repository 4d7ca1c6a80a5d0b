# SPDX-License-Identifier: GPL-2.0-or-later
"""A SIP provider that is met over TCP or TLS: it takes connections, and talks over them."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any, Self

from hil.sip import Message, SipPeer
from hil.sip_streams import StreamWire


class SipServer(SipPeer):
    """`context` is None for TCP. What it sends goes over the connection from there."""

    def __init__(self, context: ssl.SSLContext | None, user: str = "provider", host: str = "127.0.0.1") -> None:
        super().__init__(user, host)
        self.transport = "tls" if context else "tcp"
        self._context = context
        self._wires: dict[tuple[str, int], StreamWire] = {}
        self._server: asyncio.Server | None = None

    async def open(self, port: int = 0) -> None:
        """Listens."""
        self._server = await asyncio.start_server(self._connected, self.host, port, ssl=self._context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Ends every connection."""
        assert self._server
        self._server.close()
        for wire in self._wires.values():
            wire.close()
        await asyncio.sleep(0)

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer: tuple[str, int] = writer.get_extra_info("peername")[:2]
        self._wires[peer] = StreamWire(reader, writer, self._came)

    def _came(self, data: bytes, source: tuple[Any, ...]) -> None:
        if data.strip():
            self.received(Message.parse(data, (source[0], source[1])))

    def send(self, text: str | bytes, to: tuple[str, int]) -> None:
        """Over the connection from there; the newest one when there is none."""
        wire = self._wires.get(to) or next(reversed(self._wires.values()), None)
        if wire:
            wire.sendto(text.encode() if isinstance(text, str) else text, to)
