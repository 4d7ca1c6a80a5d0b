# SPDX-License-Identifier: GPL-2.0-or-later
"""A bench process without copper: DIR/sim/bench.sock, one SOCK_SEQPACKET connection a far end."""

from __future__ import annotations

import json
import queue
import socket
from pathlib import Path
from typing import Any

from fake_service import FakeService

BLOCK = bytes(range(160))


class FakeBench(FakeService):
    """`said` is every packet of a browser, as (port, JSON or bytes). Phones follow their hook; sound comes back."""

    name, path, kind = "bench", "sim/bench.sock", socket.SOCK_SEQPACKET

    def __init__(self, state: Path) -> None:
        super().__init__(state)
        self.said: queue.Queue[tuple[str, Any]] = queue.Queue()
        self.ends: dict[str, socket.socket] = {}

    def show(self, port: str, **state: Any) -> None:
        """Sends a far end's state."""
        self.ends[port].send(json.dumps({"state": state}).encode())

    def _serve(self, connection: socket.socket) -> None:
        opened = connection.recv(65536)
        if not opened:
            return
        port = json.loads(opened)["open"]
        self.ends[port] = connection
        self.show(port, hook="on", ringing=False)
        while packet := connection.recv(65536):
            self._take(port, connection, packet)

    def _take(self, port: str, end: socket.socket, packet: bytes) -> None:
        if packet[:1] != b"{":
            self.said.put((port, packet))
            end.send(packet)
            return
        command = json.loads(packet)
        self.said.put((port, command))
        if command["do"] in ("pick_up", "hang_up"):
            lifted = command["do"] == "pick_up"
            self.show(port, hook="off" if lifted else "on", hearing="dial_tone" if lifted else "", dialled="")
        elif command["do"] == "digits":
            self.show(port, hook="off", dialled=command["digits"])
        elif command["do"] == "call":
            self.show(port, hook="on", ringing=True)
