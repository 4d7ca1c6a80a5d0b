# SPDX-License-Identifier: GPL-2.0-or-later
"""Addresses that the edge does not listen to any more."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from firmware import times
from firmware.edge.rpc import NOT_FOUND, Rpc, RpcError
from firmware.errors import Invalid, NotFound

_TABLE, _COUNTS = "ban", "fail"


@dataclass(frozen=True, slots=True)
class Ban:
    """`reason` is "flood" (too many messages), "scanner" (by its name) or "guessing" (passwords or numbers)."""

    address: str
    reason: str
    since: datetime
    until: datetime

    def as_json(self) -> dict[str, Any]:
        """As the API and the control socket show it."""
        since, until = times.iso(self.since), times.iso(self.until)
        return {"address": self.address, "reason": self.reason, "since": since, "until": until}


def bans(rpc: Rpc, ban_s: int) -> list[Ban]:
    """Those of now, newest first. Unavailable."""
    found = [_ban(item, ban_s) for slot in rpc.call("htable.dump", _TABLE) for item in slot["slot"]]
    return sorted(found, key=lambda ban: ban.since, reverse=True)


def _ban(item: dict[str, Any], ban_s: int) -> Ban:
    reason, _, since = str(item["value"]).partition("|")
    at = datetime.fromtimestamp(int(since or 0), UTC)
    return Ban(str(item["name"]), reason, at, at + timedelta(seconds=ban_s))


def lift(rpc: Rpc, address: str) -> None:
    """The address is heard again, its wrong guesses forgotten. Invalid, NotFound (`no_such_ban`), Unavailable."""
    try:
        ipaddress.ip_address(address)
    except ValueError:
        raise Invalid(f'"{address}" is no IP address.', field="address") from None
    try:
        rpc.call("htable.delete", _TABLE, address)
    except RpcError as error:
        if error.status == NOT_FOUND:
            raise NotFound(f"{address} is not banned.", code="no_such_ban", field="address") from None
        raise
    try:
        rpc.call("htable.delete", _COUNTS, address)
    except RpcError as error:
        if error.status != NOT_FOUND:
            raise
