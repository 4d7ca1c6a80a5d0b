# SPDX-License-Identifier: GPL-2.0-or-later
"""A core without telephony: it speaks docs/reference/control.md over a real Unix socket."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fake_service import FakeService

Json = dict[str, Any]


class CoreError(Exception):
    """What a method answers instead of a result."""

    def __init__(self, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.body = {"code": code, "message": message, "field": None} | more


class FakeCore(FakeService):
    """`asked` is every request; `answers` maps a method to its result, or to a function of the params."""

    name, path, kind = "core", "control.sock", socket.SOCK_STREAM

    def __init__(self, state: Path, status: Json) -> None:
        super().__init__(state)
        self.status = status
        self.asked: list[tuple[str, Json]] = []
        self.answers: dict[str, Any | Callable[[Json], Any]] = {}
        self._subscribers: list[socket.socket] = []
        self._subscribed = threading.Semaphore(0)

    def await_subscriber(self, timeout_s: float = 10.0) -> None:
        """Until the web service listens."""
        assert self._subscribed.acquire(timeout=timeout_s), "nobody subscribed"

    def emit(self, event: str, data: Json) -> None:
        """Tells every subscriber."""
        line = json.dumps({"event": event, "data": data}).encode() + b"\n"
        with self._lock:
            for subscriber in self._subscribers:
                subscriber.sendall(line)

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection.makefile("rb") as lines:
                for line in lines:
                    self._answer(connection, json.loads(line))
        finally:
            with self._lock:
                if connection in self._subscribers:
                    self._subscribers.remove(connection)

    def _answer(self, connection: socket.socket, request: Json) -> None:
        method, params = request["method"], request["params"]
        self.asked.append((method, params))
        try:
            answer: Json = {"result": self._result(method, params)}
        except CoreError as error:
            answer = {"error": error.body}
        with self._lock:
            connection.sendall(json.dumps({"id": request["id"]} | answer).encode() + b"\n")
            if method == "subscribe":
                self._subscribers.append(connection)
        if method == "subscribe":
            self._subscribed.release()

    def _result(self, method: str, params: Json) -> Any:
        if method == "subscribe":
            return {"status": self.status}
        if method == "status":
            return self.status
        if method not in self.answers:
            raise CoreError("unknown_method", f"There is no method {method}.")
        answer = self.answers[method]
        return answer(params) if callable(answer) else answer
