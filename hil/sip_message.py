# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP messages and session descriptions as far ends read and write them."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field

from hil.rtp import EVENT_PT


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a response. Header names are lower case; of several headers of a name the first counts."""

    first: str
    headers: tuple[tuple[str, str], ...]
    body: str
    source: tuple[str, int] = ("", 0)
    at: float = field(default_factory=time.monotonic)

    @classmethod
    def parse(cls, data: bytes, source: tuple[str, int]) -> Message:
        """A datagram as it came."""
        head, _, body = data.decode(errors="replace").partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return cls(first, tuple((name.strip().lower(), value.strip()) for name, _, value in pairs), body, source)

    @property
    def status(self) -> int:
        """Of a response; 0 for a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/") else 0

    @property
    def method(self) -> str:
        """Of a request, or of the request that was answered."""
        return self["cseq"].split()[-1] if self.status else self.first.split()[0]

    @property
    def uri(self) -> str:
        """Request-URI."""
        return self.first.split()[1]

    def __getitem__(self, name: str) -> str:
        return next((value for known, value in self.headers if known == name.lower()), "")

    def all(self, name: str) -> list[str]:
        """Every header of a name."""
        return [value for known, value in self.headers if known == name]

    @property
    def media(self) -> tuple[str, int] | None:
        """Where its SDP wants RTP."""
        host = re.search(r"^c=IN IP4 (\S+)", self.body, re.M)
        port = re.search(r"^m=audio (\d+)", self.body, re.M)
        return (host[1], int(port[1])) if host and port else None


def contact_of(message: Message) -> str:
    """The URI of its Contact, "" when there is none."""
    found = re.search(r"<?(sips?:[^>;\s]+)", message["contact"])
    return found[1] if found else ""


def routes_of(message: Message) -> list[str]:
    """Its Record-Route entries in order."""
    return [route.strip() for header in message.all("record-route") for route in header.split(",")]


def sdp(port: int, payloads: tuple[int, ...] = (0,), direction: str = "sendrecv", version: int = 1) -> str:
    """An offer or answer for G.711 on 127.0.0.1 with RFC 4733 digits."""
    names = {0: "PCMU/8000", 8: "PCMA/8000", 9: "G722/8000", 18: "G729/8000"}
    lines = ["v=0", f"o=- 1 {version} IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"]
    lines.append(f"m=audio {port} RTP/AVP {' '.join(map(str, payloads))} {EVENT_PT}")
    lines += [f"a=rtpmap:{pt} {names[pt]}" for pt in payloads]
    lines += [f"a=rtpmap:{EVENT_PT} telephone-event/8000", "a=ptime:20", f"a={direction}"]
    return "\r\n".join(lines) + "\r\n"
