# SPDX-License-Identifier: GPL-2.0-or-later
"""The web service in this process, and how tests wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from webui.app import make_app
from webui.box import Box
from webui.server import Server

PASSWORD = "harbour lamp seagull"


def serve(state: Path) -> Iterator[tuple[Box, Server]]:
    box = Box.open(state)
    server = Server(("127.0.0.1", 0), make_app(box))
    server.expiration_interval = 0.02  # how soon it sees that it is to end
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    box.start()
    thread.start()
    yield box, server
    box.stop()
    server.stop()
    thread.join(timeout=5)


def wait_until(holds: Callable[[], bool], timeout_s: float = 10.0) -> None:
    """Until something that no event tells of is so."""
    pause = threading.Event()
    for _ in range(int(timeout_s / 0.01)):
        if holds():
            return
        pause.wait(0.01)
    raise AssertionError("it did not happen in time")
