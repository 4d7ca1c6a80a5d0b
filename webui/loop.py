# SPDX-License-Identifier: GPL-2.0-or-later
"""A thread that waits for many sockets, and that other threads can wake."""

from __future__ import annotations

import contextlib
import queue
import selectors
import socket
import threading
from typing import Any, TypeVar

T = TypeVar("T")


class Loop(threading.Thread):
    """Whoever waits for a socket registers it with some data, which is never None."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.selector = selectors.DefaultSelector()
        self._wake_in, self._wake_out = socket.socketpair()
        for end in (self._wake_in, self._wake_out):
            end.setblocking(False)
        self.selector.register(self._wake_out, selectors.EVENT_READ, None)
        self.running = True

    def wake(self) -> None:
        """From any thread."""
        with contextlib.suppress(OSError):  # a wake-up is already on its way, or the thread has ended
            self._wake_in.send(b".")

    def stop(self) -> None:
        """Ends the thread within a second."""
        self.running = False
        self.wake()
        if self.is_alive():
            self.join(timeout=1)

    def wait(self, timeout_s: float) -> list[tuple[Any, int]]:
        """The data of sockets that have something, with what they have; sooner than the time when woken."""
        found = [(key.data, mask) for key, mask in self.selector.select(timeout_s)]
        with contextlib.suppress(BlockingIOError):
            while self._wake_out.recv(4096):
                continue
        return [(data, mask) for data, mask in found if data is not None]

    def close(self) -> None:
        """The last act of `run`."""
        self.selector.close()
        self._wake_in.close()
        self._wake_out.close()


def all_of(waiting: queue.SimpleQueue[T]) -> list[T]:
    """What is in a queue now."""
    found = []
    with contextlib.suppress(queue.Empty):
        while True:
            found.append(waiting.get_nowait())
    return found
