# SPDX-License-Identifier: GPL-2.0-or-later
"""A service of the box as others find it: its lock, and a Unix socket with a thread for each who connects."""

from __future__ import annotations

import contextlib
import fcntl
import socket
import threading
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Self


class FakeService(ABC):
    """`name` is that of the lock, `path` the socket's below the state directory."""

    name: str
    path: str
    kind: socket.SocketKind

    def __init__(self, state: Path) -> None:
        self.state = state
        self._connections: list[socket.socket] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        path = self.state / self.path
        for folder in (self.state / "run", path.parent):
            folder.mkdir(exist_ok=True)
        self._flock = (self.state / "run" / f"{self.name}.lock").open("a")
        fcntl.flock(self._flock, fcntl.LOCK_EX)
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, self.kind)
        self._listener.bind(str(path))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):  # its client left before
                    connection.shutdown(socket.SHUT_RDWR)
        (self.state / self.path).unlink(missing_ok=True)
        self._flock.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._connections.append(connection)
            threading.Thread(target=self._until_gone, args=(connection,), daemon=True).start()

    def _until_gone(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            self._serve(connection)
        with self._lock:
            self._connections.remove(connection)

    @abstractmethod
    def _serve(self, connection: socket.socket) -> None:
        """Until the client is gone; an OSError is that too."""
