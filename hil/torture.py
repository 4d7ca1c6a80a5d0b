# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages that hurt: those of RFC 4475, and valid ones with seeded damage; and what a port says to them."""

from __future__ import annotations

import asyncio
import os
import random
import re
import socket
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from hil.sip import Message, sdp
from hil.waiting import NotSeen

MESSAGES = Path(__file__).parent / "rfc4475.toml"
SIP_PORT = 5060  # answers go to the Via's port, which the RFC's messages leave at this one
PAUSE_AFTER = 25  # messages, so that no socket buffer runs over
KEPT_TOKENS = (
    b"\x00",
    b"\xff",
    b"%00",
    b'"',
    b"<",
    b">",
    b";",
    b",",
    b"@",
    b"\r\n",
    b"\r\n\r\n",
    b"-1",
    b"99999999999",
)


@dataclass(frozen=True, slots=True)
class Torture:
    """A message of RFC 4475; `section` is where it is described."""

    name: str
    section: str
    data: bytes

    @property
    def call_id(self) -> str:
        """Of its first header of that name; empty when it has none."""
        return understood(self.data, ("", 0))["call-id"]


def rfc4475(run: str = "") -> list[Torture]:
    """All 49 messages of section 3, as appendix A.1 of the RFC gives them.

    With `run` their Call-IDs are of that run: whoever has just answered one would know it again.
    """
    document: dict[str, dict[str, Any]] = tomllib.loads(MESSAGES.read_text())
    return [
        Torture(
            name, item["section"], "\r\n".join(item["lines"]).replace(f"{name}.", f"{name}{run}.").encode("latin-1")
        )
        for name, item in document.items()
    ]


def understood(data: bytes, source: tuple[str, int]) -> Message:
    """A message whose lines may be folded and whose Call-ID may be in its short form (RFC 3261, 7.3)."""
    unfolded = re.sub(rb"\r\n[ \t]+", b" ", data)
    return Message.parse(re.sub(rb"(?i)\r\n(call-id|i)[ \t]*:", b"\r\nCall-ID:", unfolded), source)


def own_address() -> str:
    """An address of the loopback for this process alone: each may bind port 5060 there."""
    return f"127.75.{os.getpid() >> 8 & 255}.{os.getpid() & 255 or 1}"


class Torturer:
    """Sends to a port from `host`:5060, and keeps what comes back."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.log: list[Message] = []

    async def __aenter__(self) -> Self:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._socket.setblocking(False)
        self._socket.bind((self.host, SIP_PORT))
        asyncio.get_running_loop().add_reader(self._socket, self._read)
        return self

    async def __aexit__(self, *exception: object) -> None:
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _read(self) -> None:
        data, source = self._socket.recvfrom(65535)
        self.log.append(understood(data, source))

    def send(self, data: bytes, to: tuple[str, int]) -> None:
        """A datagram, cut to what UDP can carry."""
        self._socket.sendto(data[:65000], to)

    async def send_all(self, messages: Iterator[bytes], to: tuple[str, int]) -> int:
        """As fast as the port reads them; how many."""
        count = 0
        for count, data in enumerate(messages, 1):
            self.send(data, to)
            if count % PAUSE_AFTER == 0:
                await asyncio.sleep(0.01)
        return count

    def finals(self, call_id: str) -> set[int]:
        """The final answers to one message."""
        return {message.status for message in self.log if message["call-id"] == call_id and message.status >= 200}

    async def ping(self, to: tuple[str, int], number: int, timeout: float = 5) -> int:
        """OPTIONS, after which a port has read everything before it; the status. NotSeen."""
        text = plain("OPTIONS", self.host, to, f"ping{number}-{to[1]}")
        until = asyncio.get_running_loop().time() + timeout
        while asyncio.get_running_loop().time() < until:
            self.send(text, to)
            for _ in range(10):
                await asyncio.sleep(0.05)
                if found := self.finals(f"ping{number}-{to[1]}"):
                    return found.pop()
        raise NotSeen(f"no answer to OPTIONS from port {to[1]} within {timeout:g} s")


def plain(method: str, host: str, to: tuple[str, int], call_id: str, number: str = "600") -> bytes:
    """A valid request; an INVITE with an offer."""
    body = sdp(40000) if method == "INVITE" else ""
    where = f"{to[0]}:{to[1]}"
    lines = [
        f"{method} sip:{number}@{where} SIP/2.0",
        f"Via: SIP/2.0/UDP {host}:{SIP_PORT};branch=z9hG4bK{call_id};rport",
        "Max-Forwards: 70",
        f'From: "Anna" <sip:5551234@{host}>;tag=a{call_id}',
        f"To: <sip:{number}@{where}>",
        f"Call-ID: {call_id}",
        f"CSeq: 1 {method}",
        f"Contact: <sip:5551234@{host}:{SIP_PORT}>",
        "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS",
        *(["Content-Type: application/sdp"] if body else []),
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", body]).encode()


METHODS = ("INVITE", "OPTIONS", "REGISTER", "SUBSCRIBE", "BYE", "CANCEL", "ACK", "REFER", "NOTIFY", "MESSAGE", "UPDATE")


def fuzzed(count: int, seed: int, host: str, to: tuple[str, int]) -> Iterator[bytes]:
    """Valid requests and the RFC's messages, each damaged in one to six places: the same ones for the same seed.

    Most call a number that nobody has, so that the parsers are at work and not the telephones.
    """
    rng = random.Random(seed)
    torture = [item.data for item in rfc4475()]
    for number in range(count):
        if rng.random() < 0.25:
            data = rng.choice(torture)
        else:
            called = "600" if rng.random() < 0.02 else "799"
            data = plain(rng.choice(METHODS), host, to, f"fuzz{seed}-{number}", called)
        for _ in range(rng.randint(1, 6)):
            data = _damaged(data, rng)
        yield data


def _damaged(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    kind = rng.randrange(7)
    if kind == 0:
        return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
    if kind == 1:
        return data[:at] + data[at + rng.randint(1, 20) :]
    if kind == 2:
        return data[:at] + rng.choice(KEPT_TOKENS) + data[at:]
    if kind == 3:
        return data[:at] + data[at : at + 8] * rng.choice((2, 20, 200)) + data[at:]
    if kind == 4:
        return data[:at] if rng.random() < 0.2 else data
    return _lines_damaged(data, rng)


def _lines_damaged(data: bytes, rng: random.Random) -> bytes:
    """A line away, twice, or elsewhere."""
    lines = data.split(b"\r\n")
    line = lines.pop(rng.randrange(len(lines)))
    for _ in range(rng.randrange(3)):
        lines.insert(rng.randrange(len(lines) + 1), line)
    return b"\r\n".join(lines)
