# SPDX-License-Identifier: GPL-2.0-or-later
"""Server-sent events for many browsers from one thread.

A stream is a socket taken from the HTTP server. The thread renders each piece of news once for all
streams that look alike (same *view*) and writes to each as far as its socket takes it. A browser
that does not read is cut off; it comes back by itself and starts from a whole picture.
"""

from __future__ import annotations

import logging
import queue
import selectors
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Protocol

from webui.loop import Loop, all_of

log = logging.getLogger(__name__)

MAX_STREAMS = 200
MAX_UNREAD = 512 * 1024
HEARTBEAT_S = 5.0
SETTLE_S = 0.05

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-store\r\n"
    b"X-Accel-Buffering: no\r\nX-Content-Type-Options: nosniff\r\n"
    b"Cross-Origin-Resource-Policy: same-origin\r\nConnection: close\r\n\r\nretry: 2000\n\n"
)


TODAY = "today"
REVOKED = "wallboard_revoked"
ACCESS = "access"
OWN = frozenset((TODAY, REVOKED, ACCESS))
"""News of the web service for its own pages: other figures of the day; a link of a wallboard that is void; what
somebody (`who`) may see is something else, so that streams of theirs end, and begin again by themselves."""


@dataclass(frozen=True, slots=True)
class News:
    """One event of the box: its name (control.md, `core` for the core itself, or of `OWN`), its data, its number.

    `before`: a call as it was.
    """

    number: int
    name: str
    data: Any
    before: Any = None


class View(Protocol):
    """How one kind of stream shows the box. Equal views share their rendering."""

    def hello(self) -> bytes:
        """The whole picture, for a stream that begins."""

    def show(self, news: list[News]) -> bytes | None:
        """What a stream hears of `news`; b"" for nothing, None when it ends."""

    def beat(self) -> bytes:
        """What a stream hears when there was nothing for a while."""
        return b": still here\n\n"


@dataclass(eq=False, slots=True)
class _Stream:
    """`unsent` shares what is rendered with the other streams of its view; `sent` counts bytes of the first of it."""

    socket: socket.socket
    view: View
    owner: str = ""
    unsent: deque[bytes] = field(default_factory=deque)
    sent: int = 0
    waiting: int = 0
    heard_at: float = 0.0

    def put(self, data: bytes) -> None:
        """To be sent."""
        self.unsent.append(data)
        self.waiting += len(data)

    def send(self) -> None:
        """As far as the socket takes it. OSError, among them BlockingIOError."""
        while self.unsent:
            count = self.socket.send(memoryview(self.unsent[0])[self.sent :])
            self.sent, self.waiting = self.sent + count, self.waiting - count
            if self.sent == len(self.unsent[0]):
                self.unsent.popleft()
                self.sent = 0


def frame(name: str, data: str, number: int | None = None) -> bytes:
    """One event in the format of the HTML standard, section 9.2.6. `data` may have several lines."""
    lines = [f"id: {number}"] if number is not None else []
    lines.append(f"event: {name}")
    lines += [f"data: {line}" for line in data.split("\n")]
    return ("\n".join(lines) + "\n\n").encode()


class Streams(Loop):
    """The thread. `publish` and `add` may be called from any other one."""

    def __init__(self, settle_s: float = SETTLE_S) -> None:
        super().__init__("streams")
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._arrived: queue.SimpleQueue[_Stream] = queue.SimpleQueue()
        self._streams: set[_Stream] = set()
        self._slots = threading.BoundedSemaphore(MAX_STREAMS)
        self._settle_s = settle_s

    @property
    def count(self) -> int:
        """How many streams are open."""
        return len(self._streams)

    def reserve(self) -> bool:
        """Takes one of `MAX_STREAMS` places; False when all are taken."""
        return self._slots.acquire(blocking=False)

    def add(self, sock: socket.socket, view: View, owner: str = "") -> None:
        """Begins a stream of somebody in a reserved place. The socket is owned from now on."""
        self._arrived.put(_Stream(sock, view, owner))
        self.wake()

    def publish(self, news: News) -> None:
        """Tells every stream."""
        self._news.put(news)
        self.wake()

    def run(self) -> None:
        while self.running:
            self._listen()
            self._settle()
            self._tell(all_of(self._news))
            for stream in all_of(self._arrived):
                self._begin(stream)
            self._beat()
        for stream in list(self._streams):
            self._drop(stream)
        self.close()

    def _listen(self) -> None:
        for stream, mask in self.wait(HEARTBEAT_S / 5):
            if mask & selectors.EVENT_READ and self._is_gone(stream):
                self._drop(stream)
            elif mask & selectors.EVENT_WRITE:
                self._flush(stream)

    def _settle(self) -> None:
        """News come in bursts; what comes within a moment is rendered once."""
        if self._streams and not self._news.empty():
            time.sleep(self._settle_s)

    @staticmethod
    def _is_gone(stream: _Stream) -> bool:
        try:
            return not stream.socket.recv(4096)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _tell(self, news: list[News]) -> None:
        if not news:
            return
        others = {item.data["who"] for item in news if item.name == ACCESS}
        for stream in [stream for stream in self._streams if stream.owner in others]:
            self._drop(stream)
        rendered: dict[View, bytes | None] = {}
        for stream in list(self._streams):
            if stream.view not in rendered:
                rendered[stream.view] = _safely(stream.view.show, news)
            self._send(stream, rendered[stream.view])

    def _begin(self, stream: _Stream) -> None:
        stream.socket.setblocking(False)
        self.selector.register(stream.socket, selectors.EVENT_READ, stream)
        self._streams.add(stream)
        self._send(stream, HEAD + (_safely(stream.view.hello) or b""))

    def _beat(self) -> None:
        now = time.monotonic()
        for stream in list(self._streams):
            if now - stream.heard_at >= HEARTBEAT_S:
                self._send(stream, _safely(stream.view.beat))

    def _send(self, stream: _Stream, data: bytes | None) -> None:
        if data is None:
            self._drop(stream)
            return
        if not data:
            return
        stream.heard_at = time.monotonic()
        stream.put(data)
        self._flush(stream)
        if stream.waiting > MAX_UNREAD:
            log.info("an event stream does not read; closing it")
            self._drop(stream)

    def _flush(self, stream: _Stream) -> None:
        try:
            stream.send()
        except BlockingIOError:
            pass
        except OSError:
            self._drop(stream)
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if stream.unsent else 0)
        self.selector.modify(stream.socket, wanted, stream)

    def _drop(self, stream: _Stream) -> None:
        if stream not in self._streams:
            return
        self._streams.remove(stream)
        self.selector.unregister(stream.socket)
        stream.socket.close()
        self._slots.release()


def _safely(render: Any, *args: Any) -> bytes | None:
    """One view that cannot be rendered must not end the streams of all others; it is logged in full."""
    try:
        result: bytes | None = render(*args)
    except Exception:
        log.exception("an event stream could not be rendered")
        return b""
    return result
