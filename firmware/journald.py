# SPDX-License-Identifier: GPL-2.0-or-later
"""Log lines as journald keeps them, each with priority and area, by its native protocol (systemd.journal-fields(7))."""

from __future__ import annotations

import logging
import socket
import struct
from pathlib import Path

SOCKET = Path("/run/systemd/journal/socket")
_PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
_DEBUG = 7
_LONGEST = 100_000  # octets of a datagram


class JournalHandler(logging.Handler):
    """`journalctl TIPRING_AREA=firmware.edge -p warning` finds what it sent."""

    def __init__(self, service: str, path: Path = SOCKET) -> None:
        """OSError when there is no journal."""
        super().__init__()
        self._service = service
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        try:
            self._socket.connect(str(path))
        except OSError:
            self._socket.close()
            raise
        self._socket.setblocking(False)  # a journal that does not take lines holds up nothing

    def emit(self, record: logging.LogRecord) -> None:
        """Sends it; what the journal does not take at once is lost there, and stays in the service's own file."""
        fields = {
            "MESSAGE": self.format(record),
            "PRIORITY": str(next((n for level, n in _PRIORITIES if record.levelno >= level), _DEBUG)),
            "SYSLOG_IDENTIFIER": self._service,
            "TIPRING_AREA": record.name,
            "CODE_FUNC": record.funcName or "",
            "CODE_LINE": str(record.lineno),
        }
        try:
            self._socket.send(b"".join(_field(name, text) for name, text in fields.items())[:_LONGEST])
        except OSError:
            return

    def close(self) -> None:
        self._socket.close()
        super().close()


def _field(name: str, text: str) -> bytes:
    value = text.encode(errors="replace")
    if b"\n" not in value:
        return name.encode() + b"=" + value + b"\n"
    return name.encode() + b"\n" + struct.pack("<Q", len(value)) + value + b"\n"
