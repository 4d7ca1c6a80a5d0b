# SPDX-License-Identifier: GPL-2.0-or-later
"""Alarms for a syslog server: RFC 5424 messages over UDP (RFC 5426), TCP (RFC 6587, counted octets), TLS (RFC 5425)."""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from firmware.records import Severity
from firmware.store.notices import Notice
from firmware.times import iso

ANSWER_S = 15.0
PORTS = {"udp": 514, "tcp": 514, "tls": 6514}
LOCAL0 = 16  # facility
LEVELS = {Severity.WARNING: 4, Severity.ERROR: 3, Severity.CRITICAL: 2}
OVER = 5  # notice: the cause is gone
_STRUCTURED = "tipring@8072"


def message(notice: Notice, host: str) -> bytes:
    """One message, without its frame. The text is UTF-8, marked by a BOM (section 6.4)."""
    alarm = notice.data
    level = LEVELS[notice.severity] if notice.what != "cleared" else OVER
    fields = {
        "id": alarm["id"], "kind": alarm["kind"], "severity": alarm["severity"], "what": notice.what,
        "count": str(alarm.get("count", 1)),
    }  # fmt: skip
    data = " ".join(f'{name}="{_escaped(text)}"' for name, text in fields.items())
    name = re.sub(r"[^\x21-\x7e]", "-", host)[:255] or "-"
    header = f"<{LOCAL0 * 8 + level}>1 {iso(notice.at)} {name} tipring - alarm-{notice.what} [{_STRUCTURED} {data}] "
    return header.encode() + b"\xef\xbb\xbf" + " ".join(alarm["text"].split()).encode()


def _escaped(text: str) -> str:
    return re.sub(r'(["\\\]])', r"\\\1", text)


def send(settings: Mapping[str, Any], notices: Sequence[Notice], host: str) -> None:
    """All of them, as `settings` (a channel's table `syslog`) says. OSError."""
    transport = settings.get("transport", "udp")
    server, port = address_of(settings["server"], PORTS[transport])
    messages = [message(notice, host) for notice in notices]
    if transport == "udp":
        family, kind, protocol, _, address = socket.getaddrinfo(server, port, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, protocol) as out:
            for text in messages:
                out.sendto(text, address)
        return
    with _stream(server, port, transport == "tls", settings.get("ca_file")) as out:
        out.sendall(b"".join(b"%d %s" % (len(text), text) for text in messages))
        out.shutdown(socket.SHUT_WR)
        while out.recv(4096):
            """Its end says that all was taken: a server that died would reset the connection."""


def address_of(text: str, usual: int) -> tuple[str, int]:
    """Of HOST or HOST:PORT, with brackets about an IPv6 address."""
    host, _, port = text.rpartition(":")
    if host and port.isdigit() and not (text.startswith("[") and text.endswith("]")):
        return host.strip("[]"), int(port)
    return text.strip("[]"), usual


@contextlib.contextmanager
def _stream(server: str, port: int, tls: bool, ca_file: str | None) -> Iterator[socket.socket]:
    with socket.create_connection((server, port), ANSWER_S) as plain:
        if not tls:
            yield plain
            return
        import ssl  # a megabyte

        context = ssl.create_default_context(cafile=ca_file)
        with context.wrap_socket(plain, server_hostname=server) as secure:
            yield secure
