# SPDX-License-Identifier: GPL-2.0-or-later
"""A cloud that is a real HTTP server on loopback, and an uplink that is a real process."""

import base64
import contextlib
import hashlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller

from firmware.ids import uuid7
from firmware.records import Cdr, Direction, Disposition, Recording
from firmware.store import history, outbox
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_writing, transaction
from firmware.store.history import History
from tests.uplink.mail_server import Server

START = datetime(2026, 11, 22, 8, 0, 0, tzinfo=UTC)
LIMIT_S = 20.0


def until(condition: Callable[[], object], what: str, limit_s: float = LIMIT_S) -> None:
    """Waits for something that another process does."""
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {limit_s} s"
        time.sleep(0.02)


class FakeCloud:
    """Takes events and audio. `answer` decides what to say to a request: (status, headers) or None for 200."""

    def __init__(self) -> None:
        self.events: list[dict] = []
        self.audio: dict[str, bytes] = {}
        self.requests: list[tuple[str, str, dict, int]] = []
        self.answer: Callable[[str, str, bytes], tuple[int, dict] | None] = lambda method, path, body: None
        self.says: Callable[[], str] = lambda: ""
        self.delay_s = 0.0
        self.port = 0
        self._server: ThreadingHTTPServer | None = None
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/tenant"

    def subjects(self, type: str = "tipring.call.ended") -> list[str]:
        return [event["subject"] for event in self.events if event["type"] == type]

    def up(self, tls: ssl.SSLContext | None = None) -> None:
        cloud = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                cloud._take(self)

            do_PUT = do_POST

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def down(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
        self._server = None

    def _take(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        if self.delay_s:
            time.sleep(self.delay_s)
        status, headers = self.answer(request.command, request.path, body) or (200, {})
        self.requests.append((request.command, request.path, dict(request.headers), status))
        if status == 200 and request.command == "POST":
            self.events += json.loads(body)
        elif status == 200:
            digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
            assert request.headers["Content-Digest"] == f"sha-256=:{digest}:"
            self.audio[request.path.rsplit("/", 1)[1]] = body
        with contextlib.suppress(ConnectionError):
            request.send_response(status)
            text = self.says().encode()
            for name, value in ({"Content-Length": str(len(text))} | headers).items():
                request.send_header(name, value)
            request.end_headers()
            request.wfile.write(text)


class Box:
    """A state directory whose core we play: calls end, recordings are finished."""

    def __init__(self, state, url: str) -> None:
        self.state = state
        (state / "recordings").mkdir()
        self.configs = ConfigDb(state)
        self.history = History(state / "history.db")
        self.db = open_for_writing(state / "history.db")
        self._minute = 0
        self.connect_to(url)

    def connect_to(self, url: str, token: str = "first") -> None:  # noqa: S107
        self.configs.apply({"cloud": {"url": url, "token": token, "recordings": True}}, "test")

    def end_call(self, **fields) -> str:
        self._minute += 1
        at = START + timedelta(minutes=self._minute)
        known = {"from_number": "5550100", "from_name": "安", "to_number": "600", "disposition": Disposition.ANSWERED}
        cdr = Cdr(uuid7(), Direction.INBOUND, started_at=at, ended_at=at, **known | fields)
        with transaction(self.db, "history.db") as db:
            history.call_ended(db, cdr, cloud=True)
        return cdr.id

    def end_recording(self, audio: bytes, keep_file: bool = True) -> str:
        id = uuid7()
        if keep_file:
            (self.state / "recordings" / f"{id}.wav").write_bytes(audio)
        recording = Recording(id, uuid7(), f"{id}.wav", START, 1.0, len(audio), hashlib.sha256(audio).hexdigest())
        with transaction(self.db, "history.db") as db:
            history.recording_ready(db, recording, cloud=True, with_audio=True)
        return id

    def pending(self) -> int:
        return outbox.counts(self.db)[0]

    def parked(self) -> int:
        return outbox.counts(self.db)[1]

    def alarms(self):
        return history.standing_alarms(self.db)

    def close(self) -> None:
        self.db.close()
        self.history.close()


class Uplink:
    """The service as its own process."""

    def __init__(self, state) -> None:
        self._state = state
        self.process: subprocess.Popen | None = None
        self.log = state / "uplink.log"
        self.options: list[str] = []

    def launch(self, notify: str = "") -> None:
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "firmware.uplink", "--state", str(self._state), *self.options],
                env={**os.environ, "NOTIFY_SOCKET": notify},
                stderr=log,
            )

    def start(self) -> None:
        """Starts it and waits until it says that it is ready."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
            address = self._state / "notify.sock"
            address.unlink(missing_ok=True)
            ready.bind(str(address))
            ready.settimeout(LIMIT_S)
            self.launch(str(address))
            assert ready.recv(1000) == b"READY=1"

    def kill(self, number: int = signal.SIGKILL) -> int:
        self.process.send_signal(number)
        return self.process.wait(10)

    def close(self) -> None:
        if self.process and self.process.poll() is None:
            self.kill()


@pytest.fixture
def cloud():
    server = FakeCloud()
    server.up()
    yield server
    server.down()


@pytest.fixture
def box(state, cloud):
    made = Box(state, cloud.url)
    yield made
    made.close()


@pytest.fixture
def uplink(box):
    service = Uplink(box.state)
    yield service
    service.close()


@pytest.fixture(name="until")
def until_():
    return until


@pytest.fixture
def server() -> Server:
    """A mail server that can be told what to answer."""
    return Server()


@pytest.fixture
def address(server: Server) -> Iterator[str]:
    """Where it listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]  # the controller cannot choose one itself
    controller = Controller(
        server, hostname="127.0.0.1", port=port, authenticator=server.log_in, auth_require_tls=False
    )
    controller.start()
    yield f"127.0.0.1:{port}"
    controller.stop()
