# SPDX-License-Identifier: GPL-2.0-or-later
"""Client of the control socket (docs/reference/control.md). Synchronous: the web, the CLI and the tests use it."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from firmware.errors import KINDS, TipringError, Unavailable

_BLOCK = 65536
_LONGEST_LINE = 64 * 1024 * 1024


def _unavailable(why: str) -> Unavailable:
    return Unavailable(f"Call control does not answer ({why}). Is it running? tipring up starts it.", code=DOWN)


DOWN = "core_unavailable"
"""The code of the error when the core is not there."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that changed in the box: `data` is the whole object as it is now."""

    name: str
    data: dict[str, Any]


class _Connection:
    """One JSON object a line, both ways. Every wait has a bound."""

    def __init__(self, path: Path, timeout_s: float) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout_s)
        self._received = bytearray()
        self._scanned = 0
        try:
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            raise _unavailable(f"{path}: {error.strerror or error}") from error

    def send(self, message: dict[str, Any]) -> None:
        try:
            self._socket.sendall(json.dumps(message, ensure_ascii=False).encode() + b"\n")
        except OSError as error:
            raise _unavailable(str(error)) from error

    def receive(self, timeout_s: float | None) -> dict[str, Any] | None:
        """The next object; None when none came in `timeout_s` (None: wait for ever). Unavailable at the end."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while (line := self._line()) is None:
            left = None if deadline is None else max(deadline - time.monotonic(), 0.0)
            if not self._fill(left):
                return None
        try:
            message = json.loads(line)
        except ValueError as error:
            raise _unavailable(f"it sent no JSON: {error}") from error
        if not isinstance(message, dict):
            raise _unavailable("it sent something else than an object")
        return message

    def _line(self) -> bytes | None:
        end = self._received.find(b"\n", self._scanned)
        if end < 0:
            self._scanned = len(self._received)
            return None
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        self._scanned = 0
        return line

    def _fill(self, timeout_s: float | None) -> bool:
        """Reads what comes; False when nothing came in time."""
        try:
            # A time-out of exactly 0 would make the socket non-blocking, whose error is another one.
            self._socket.settimeout(None if timeout_s is None else max(timeout_s, 0.001))
            block = self._socket.recv(_BLOCK)
        except TimeoutError:
            return False
        except OSError as error:
            raise _unavailable(str(error)) from error
        if not block:
            raise _unavailable("it closed the connection")
        self._received += block
        if len(self._received) > _LONGEST_LINE:
            raise _unavailable("it sent a line without end")
        return True

    def shut(self) -> None:
        """Wakes up a thread that waits in `receive`, with Unavailable."""
        with contextlib.suppress(OSError):  # the other end was faster
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._socket.close()


def _error(error: dict[str, Any]) -> TipringError:
    """The server's error with its own code."""
    if error.get("code") == "config_invalid" and error.get("errors"):
        from firmware.config.problems import ConfigInvalid, ConfigProblem

        return ConfigInvalid(ConfigProblem(problem["path"], problem["message"]) for problem in error["errors"])
    kind = KINDS.get(error.get("kind", ""), TipringError)
    return kind(
        error.get("message", "no reason given"), code=error.get("code", "internal_error"), field=error.get("field")
    )


class Control:
    """A running core. Connects at the first request; not for several threads at once.

    Each method raises TipringError with the core's code, or Unavailable (`core_unavailable`) when the core
    is not there, goes away, or does not answer within `timeout_s`.
    """

    def __init__(self, path: Path | str, timeout_s: float = 10.0) -> None:
        self._path = Path(path)
        self._timeout_s = timeout_s
        self._connection: _Connection | None = None
        self._id = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection; a later request makes a new one."""
        if self._connection:
            self._connection.close()
        self._connection = None

    def request(self, method: str, /, **params: Any) -> Any:
        """The result of a method of docs/reference/control.md."""
        if self._connection is None:
            self._connection = _Connection(self._path, self._timeout_s)
        self._id += 1
        try:
            return _ask(self._connection, self._id, method, params, self._timeout_s)
        except Unavailable as error:
            if error.code == DOWN:
                self.close()
            raise

    def subscribe(self) -> Subscription:
        """The box as it is, and from then on its events, over a connection of their own."""
        return Subscription(self._path, self._timeout_s)


def _ask(connection: _Connection, id: int, method: str, params: dict[str, Any], timeout_s: float) -> Any:
    connection.send({"id": id, "method": method, "params": params})
    answer = connection.receive(timeout_s)
    if answer is None:
        raise _unavailable(f"no answer to {method} within {timeout_s:g} s")
    if answer.get("id") != id:
        raise _unavailable(f"the answer to {method} is not to this request")
    if "error" in answer:
        raise _error(answer["error"])
    return answer.get("result")


class Subscription:
    """Events of the core. `status` is the whole picture at its beginning.

    Iterating waits for events without end; it stops when `close` is called (from any thread) and raises
    Unavailable (`core_unavailable`) when the core goes away.
    """

    def __init__(self, path: Path, timeout_s: float) -> None:
        self._connection = _Connection(path, timeout_s)
        self._closing = False
        try:
            self.status: dict[str, Any] = _ask(self._connection, 1, "subscribe", {}, timeout_s)["status"]
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
        self._connection.close()

    def next(self, timeout_s: float | None) -> Event | None:
        """The next event; None when none came within `timeout_s` seconds, or after `close`."""
        try:
            message = self._connection.receive(timeout_s)
        except Unavailable:
            if self._closing:
                return None
            raise
        return Event(message["event"], message["data"]) if message else None

    def __iter__(self) -> Iterator[Event]:
        while (event := self.next(None)) is not None:
            yield event

    def close(self) -> None:
        """Ends the iteration."""
        self._closing = True
        self._connection.shut()
