# SPDX-License-Identifier: GPL-2.0-or-later
"""The cloud's side of the uplink: CloudEvents 1.0 in batches, and recordings with their digest (RFC 9530)."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from firmware import times
from firmware.archive.library import TYPES, Sound
from firmware.store.outbox import Item
from firmware.uplink.peer import REQUEST_LIMIT_S, Peer, Refused, Request, TryAgain

__all__ = ["Cloud", "CloudSettings", "Refused", "TryAgain", "cloud_event"]

_SLOWEST_BYTES_PER_S = 4096


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
        self._peer = Peer(settings.url)

    def close(self) -> None:
        self._peer.close()

    def send_events(self, items: Sequence[Item]) -> None:
        """POST {url}/events."""
        body = json.dumps([cloud_event(item, self._source) for item in items], ensure_ascii=False).encode()
        headers = {"Content-Type": "application/cloudevents-batch+json"}
        self._request(Request("POST", "/events", body, len(body), headers))

    def send_recording(
        self, id: str, sound: Sound, sha256: bytes, sent_more: Callable[[], None] = lambda: None
    ) -> None:
        """PUT {url}/recordings/ID, read (and decrypted) as it is sent, `sent_more` called with each piece.

        OSError when the file cannot be read.
        """
        digest = base64.b64encode(sha256).decode()
        headers = {"Content-Type": TYPES[sound.codec], "Content-Digest": f"sha-256=:{digest}:"}
        limit_s = REQUEST_LIMIT_S + sound.size / _SLOWEST_BYTES_PER_S
        target = f"/recordings/{quote(id, safe='')}"
        body = _told(sound.read(0, None), sent_more)
        self._request(Request("PUT", target, body, sound.size, headers, limit_s))

    def _request(self, asked: Request) -> None:
        token = self._settings.token
        target = urlsplit(self._settings.url).path.rstrip("/") + asked.target
        headers = {**({"Authorization": f"Bearer {token}"} if token else {}), **asked.headers}
        self._peer.request(dataclasses.replace(asked, target=target, headers=headers))


def _told(pieces: Iterable[bytes], sent_more: Callable[[], None]) -> Iterator[bytes]:
    for piece in pieces:
        sent_more()
        yield piece
