# SPDX-License-Identifier: GPL-2.0-or-later
"""The cloud's side of the uplink: CloudEvents 1.0 in batches, and recordings with their digest (RFC 9530)."""

from __future__ import annotations

import base64
import contextlib
import email.utils
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from urllib.parse import quote, urlsplit

from firmware import __version__, times
from firmware.archive.library import TYPES, Sound
from firmware.store.outbox import Item

_IDLE_LIMIT_S = 30.0  # nothing moved on the connection
_EVENTS_LIMIT_S = 60.0  # a whole request
_SLOWEST_BYTES_PER_S = 4096
_LONGEST_WAIT_S = 3600.0
_REASON_BYTES = 2000
_AGAIN = frozenset((408, 425, 429))
_ALREADY_THERE = 409


class Refused(Exception):
    """The cloud will not take this, however often it is sent: `status` and what it said."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status} {reason}".strip())
        self.status = status


class TryAgain(Exception):
    """It did not work this time. `after_s`: how long the cloud asked to wait (0: it said nothing)."""

    def __init__(self, reason: str, after_s: float = 0.0) -> None:
        super().__init__(reason)
        self.after_s = after_s


@dataclass(frozen=True, slots=True)
class CloudSettings:
    """The `[cloud]` table, as far as sending needs it."""

    url: str
    token: str


def cloud_event(item: Item, source: str) -> dict[str, object]:
    """The item as a CloudEvent 1.0."""
    return {
        "specversion": "1.0",
        "id": item.id,
        "source": source,
        "type": item.type,
        "subject": item.subject,
        "time": times.iso(item.time),
        "datacontenttype": "application/json",
        "data": item.data,
    }


class Cloud:
    """One connection to the cloud, opened when needed and kept while requests follow each other.

    The methods return when the cloud has acknowledged (409, already there, is as good), else raise Refused or TryAgain.
    """

    def __init__(self, settings: CloudSettings, source: str) -> None:
        self._settings = settings
        self._source = source
        self._connection: http.client.HTTPConnection | None = None

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None

    def send_events(self, items: Sequence[Item]) -> None:
        """POST {url}/events."""
        body = json.dumps([cloud_event(item, self._source) for item in items], ensure_ascii=False).encode()
        headers = {"Content-Type": "application/cloudevents-batch+json"}
        self._request("POST", "/events", body, len(body), headers, _EVENTS_LIMIT_S)

    def send_recording(self, id: str, sound: Sound, sha256: bytes) -> None:
        """PUT {url}/recordings/ID, read (and decrypted) as it is sent. OSError when the file cannot be read."""
        digest = base64.b64encode(sha256).decode()
        headers = {"Content-Type": TYPES[sound.codec], "Content-Digest": f"sha-256=:{digest}:"}
        limit_s = _EVENTS_LIMIT_S + sound.size / _SLOWEST_BYTES_PER_S
        self._request("PUT", f"/recordings/{quote(id, safe='')}", sound.read(0, None), sound.size, headers, limit_s)

    def _request(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes],
        length: int,
        headers: Mapping[str, str],
        limit_s: float,
    ) -> None:
        try:
            status, reason, after_s = self._exchange(method, path, body, length, headers, limit_s)
        except (OSError, http.client.HTTPException, UnicodeError) as error:  # UnicodeError: a host name that cannot be
            self.close()
            raise TryAgain(f"{type(error).__name__}: {error}") from error
        except BaseException:
            self.close()
            raise
        if 200 <= status < 300 or status == _ALREADY_THERE:
            return
        if 400 <= status < 500 and status not in _AGAIN:
            raise Refused(status, reason)
        raise TryAgain(f"{status} {reason}", after_s)

    def _exchange(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes],
        length: int,
        headers: Mapping[str, str],
        limit_s: float,
    ) -> tuple[int, str, float]:
        connection = self._connect()
        fixed = {"Content-Length": str(length), "User-Agent": f"tipring/{__version__}"}
        if self._settings.token:
            fixed["Authorization"] = f"Bearer {self._settings.token}"
        target = urlsplit(self._settings.url).path.rstrip("/") + path
        with _at_most(limit_s, connection):
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                # A server may refuse before it has read everything: its answer then is waiting behind the error.
                connection.request(method, target, body, {**fixed, **headers})
            response = connection.getresponse()
            said = response.read(_REASON_BYTES)
            if response.read(1):
                self.close()  # a longer answer than anyone should have to read
        return response.status, _reason(response, said), _retry_after(response)

    def _connect(self) -> http.client.HTTPConnection:
        if self._connection is None:
            parts = urlsplit(self._settings.url)
            host, port = parts.hostname or "", parts.port
            if parts.scheme == "https":
                tls = ssl.create_default_context()
                self._connection = http.client.HTTPSConnection(
                    host, port, timeout=_IDLE_LIMIT_S, context=tls, blocksize=65536
                )
            elif parts.scheme == "http":
                self._connection = http.client.HTTPConnection(host, port, timeout=_IDLE_LIMIT_S, blocksize=65536)
            else:
                raise TryAgain(f"cloud.url is neither http nor https: {self._settings.url}")
        return self._connection


def _reason(response: http.client.HTTPResponse, said: bytes) -> str:
    """What the server said, in one line."""
    text = " ".join(said.decode(errors="replace").split())[:200]
    return f"{response.reason}: {text}" if text else response.reason


def _retry_after(response: http.client.HTTPResponse) -> float:
    """Seconds of a Retry-After header (RFC 9110 section 10.2.3), at most an hour; 0 without one."""
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
