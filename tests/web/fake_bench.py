# SPDX-License-Identifier: GPL-2.0-or-later
"""A bench process without copper: DIR/sim/bench.sock, one SOCK_SEQPACKET connection a far end."""

from __future__ import annotations

import fcntl
import json
import queue
import socket
import threading
from pathlib import Path
from typing import Any

BLOCK = bytes(range(160))


class FakeBench:
    """`said` is every packet of a browser, as (port, JSON or bytes). Phones follow their hook; sound comes back."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.said: queue.Queue[tuple[str, Any]] = queue.Queue()
        self.ends: dict[str, socket.socket] = {}

    def __enter__(self) -> FakeBench:
        for folder in ("run", "sim"):
            (self.state / folder).mkdir(exist_ok=True)
        self._flock = (self.state / "run" / "bench.lock").open("a")
        fcntl.flock(self._flock, fcntl.LOCK_EX)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.bind(str(self.state / "sim" / "bench.sock"))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in list(self.ends.values()):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the browser left before
        (self.state / "sim" / "bench.sock").unlink()
        self._flock.close()

    def show(self, port: str, **state: Any) -> None:
        """Sends a far end's state."""
        self.ends[port].send(json.dumps({"state": state}).encode())

    def _accept(self) -> None:
        while True:
            try:
                end, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(end,), daemon=True).start()

    def _serve(self, end: socket.socket) -> None:
        with end:
            opened = end.recv(65536)
            if not opened:
                return
            port = json.loads(opened)["open"]
            self.ends[port] = end
            self.show(port, hook="on", ringing=False)
            try:
                while packet := end.recv(65536):
                    self._take(port, end, packet)
            except OSError:
                return

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
