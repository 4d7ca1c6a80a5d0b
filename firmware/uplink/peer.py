# SPDX-License-Identifier: GPL-2.0-or-later
"""A server outside to which the box sends: one request after the other, each with an end, whatever the server does."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from firmware import __version__, times

if TYPE_CHECKING:
    import http.client

_IDLE_LIMIT_S = 30.0  # nothing moved on the connection
REQUEST_LIMIT_S = 60.0  # a whole request
_LONGEST_WAIT_S = 3600.0
_REASON_BYTES = 2000
_AGAIN = frozenset((408, 425, 429))
_ALREADY_THERE = 409


class Refused(Exception):
    """The server will not take this, however often it is sent: `status` and what it said."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status} {reason}".strip())
        self.status = status


class TryAgain(Exception):
    """It did not work this time. `after_s`: how long the server asked to wait (0: it did not); `status`: its answer."""

    def __init__(self, reason: str, after_s: float = 0.0, status: int | None = None) -> None:
        super().__init__(reason)
        self.after_s, self.status = after_s, status


Connect = Callable[..., socket.socket]


@dataclass(frozen=True, slots=True)
class Request:
    """`length` is that of the body in bytes; the whole exchange has `limit_s`."""

    method: str
    target: str
    body: bytes | Iterable[bytes]
    length: int
    headers: Mapping[str, str]
    limit_s: float = REQUEST_LIMIT_S


class Peer:
    """Of an http or https address. Its one connection is opened when needed and kept while requests follow each other.

    `connect`: what opens sockets, as `socket.create_connection` does.
    """

    def __init__(self, url: str, connect: Connect = socket.create_connection) -> None:
        self._parts, self._connect_by = urlsplit(url), connect
        self._connection: http.client.HTTPConnection | None = None

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None

    def request(self, asked: Request) -> int:
        """The status, 2xx or 409 (it is there already), else Refused or TryAgain."""
        import http.client  # 2 MB with ssl and email, which only a box that has somewhere to send needs

        try:
            status, reason, after_s = self._exchange(asked)
        except (OSError, http.client.HTTPException, UnicodeError) as error:  # UnicodeError: a host name that cannot be
            self.close()
            raise TryAgain(f"{type(error).__name__}: {error}") from error
        except BaseException:
            self.close()
            raise
        if 200 <= status < 300 or status == _ALREADY_THERE:
            return status
        if 400 <= status < 500 and status not in _AGAIN:
            raise Refused(status, reason)
        raise TryAgain(f"{status} {reason}", after_s, status)

    def _exchange(self, asked: Request) -> tuple[int, str, float]:
        connection = self._opened()
        fixed = {"Content-Length": str(asked.length), "User-Agent": f"tipring/{__version__}"}
        with _at_most(asked.limit_s, connection):
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                # A server may refuse before it has read everything: its answer then is waiting behind the error.
                connection.request(asked.method, asked.target, asked.body, {**fixed, **asked.headers})
            response = connection.getresponse()
            said = response.read(_REASON_BYTES)
            if response.read(1):
                self.close()  # a longer answer than anyone should have to read
        return response.status, _reason(response, said), _retry_after(response)

    def _opened(self) -> http.client.HTTPConnection:
        import http.client
        import ssl

        if self._connection is None:
            parts, more = self._parts, dict[str, Any](timeout=_IDLE_LIMIT_S, blocksize=65536)
            if parts.scheme == "https":
                tls = ssl.create_default_context()
                made = http.client.HTTPSConnection(parts.hostname or "", parts.port, context=tls, **more)
                self._connection = made
            else:
                self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, **more)
            self._connection._create_connection = self._connect_by  # type: ignore[attr-defined]
        return self._connection


def _reason(response: http.client.HTTPResponse, said: bytes) -> str:
    """What the server said, in one line."""
    text = " ".join(said.decode(errors="replace").split())[:200]
    return f"{response.reason}: {text}" if text else response.reason


def _retry_after(response: http.client.HTTPResponse) -> float:
    """Seconds of a Retry-After header (RFC 9110 section 10.2.3), at most an hour; 0 without one."""
    import email.utils

    text = (response.getheader("Retry-After") or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), _LONGEST_WAIT_S)
    try:
        at = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    wait_s = (at.astimezone(UTC) - times.now()).total_seconds() if at.tzinfo else 0.0
    return min(max(wait_s, 0.0), _LONGEST_WAIT_S)


@contextlib.contextmanager
def _at_most(limit_s: float, connection: http.client.HTTPConnection) -> Iterator[None]:
    """Cuts the connection when the whole exchange takes longer: a server may also answer a byte a minute."""

    def cut() -> None:
        with contextlib.suppress(OSError):
            if connection.sock:
                socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)

    timer = threading.Timer(limit_s, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
