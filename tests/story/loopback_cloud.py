# SPDX-License-Identifier: GPL-2.0-or-later
"""A cloud on the loopback interface that takes everything."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Cloud:
    """`events` in the order in which they came, `recordings` by id."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.events: list[dict[str, Any]] = []
        self.recordings: dict[str, bytes] = {}

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The data of all events of a kind, each once."""
        found = {event["id"]: event["data"] for event in self.events if event["type"] == f"tipring.{kind}"}
        return list(found.values())

    async def until(self, condition: Callable[[], object], timeout: float = 10) -> None:
        """Waits until what came is as awaited."""
        deadline = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < deadline, f"the cloud has only {self.events} {list(self.recordings)}"
            await asyncio.sleep(0.05)


@contextlib.contextmanager
def serving() -> Iterator[Cloud]:
    """A cloud while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _body(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def _taken(self) -> None:
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            cloud.events += json.loads(self._body())
            self._taken()

        def do_PUT(self) -> None:
            cloud.recordings[self.path.rpartition("/")[2]] = self._body()
            self._taken()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    cloud = Cloud(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield cloud
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
