# SPDX-License-Identifier: GPL-2.0-or-later
"""Which devices are registered, as the edge says."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from firmware import times
from firmware.edge.rpc import Rpc, RpcError

_UNSET = "[not set]"


@dataclass(frozen=True, slots=True)
class Registration:
    """One device of an extension. `source` is where its packets come from, HOST:PORT."""

    extension: str
    contact: str
    transport: str
    source: str
    user_agent: str
    since: datetime
    expires: datetime

    def as_json(self) -> dict[str, Any]:
        """As the API and the control socket show it."""
        return {
            "extension": self.extension,
            "contact": self.contact,
            "transport": self.transport,
            "source": self.source,
            "user_agent": self.user_agent,
            "since": times.iso(self.since),
            "expires": times.iso(self.expires),
        }


def registrations(rpc: Rpc, numbers: Iterable[str]) -> dict[str, list[Registration]]:
    """The devices of each extension; none of them is an empty list. Unavailable."""
    return {number: _of(rpc, number) for number in numbers}


def _of(rpc: Rpc, number: str) -> list[Registration]:
    try:
        contacts = rpc.call("ul.lookup", "location", number)["Contacts"]
    except RpcError as error:
        if "not found" in str(error):
            return []
        raise
    return [_registration(rpc, number, item["Contact"]) for item in contacts]


def _registration(rpc: Rpc, number: str, contact: dict[str, Any]) -> Registration:
    now = time.time()
    socket, received = str(contact["Socket"]), str(contact["Received"])
    source = received if received != _UNSET else str(contact["Address"])
    return Registration(
        number,
        str(contact["Address"]),
        "wss" if "transport=ws" in source else socket.partition(":")[0],
        source.removeprefix("sip:").partition(";")[0].rpartition("@")[2],
        "" if contact["User-Agent"] == _UNSET else str(contact["User-Agent"]),
        _at(_since(rpc, number, str(contact["Call-ID"])) or contact["Last-Modified"]),
        _at(now + max(_seconds(contact["Expires"]), 0)),
    )


def _since(rpc: Rpc, number: str, call_id: str) -> int | None:
    """When the device came; None when the edge was started anew since then."""
    try:
        return int(rpc.call("htable.get", "since", f"{number}|{call_id}")["item"]["value"])
    except RpcError:
        return None


def _seconds(expires: object) -> int:
    return expires if isinstance(expires, int) else 0  # "permanent", "expired", "deleted"


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def forget(rpc: Rpc, number: str) -> None:
    """Ends all registrations of an extension; nothing when there are none."""
    try:
        rpc.call("ul.rm", "location", number)
    except RpcError as error:
        if "not found" not in str(error).lower():
            raise
