# SPDX-License-Identifier: GPL-2.0-or-later
"""Where FreePBX sends a call (`ext-queues,600,1`), as a target of ours."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_MAILBOX = re.compile(r"vm[busi]?([0-9]+)")
GONE = {"app-blackhole,hangup", "app-blackhole,busy", "app-blackhole,congestion"}


@dataclass(slots=True)
class Known:
    """What there is, by the other system's numbers and ids: names of ours. `conditions` are time conditions.

    Of Asterisk also: devices by their names (`numbers`: as the dial plan calls them, `peers`: that are there), and the
    contexts that phones (`inner`) and trunks (`outer`) come into.
    """

    extensions: set[str] = field(default_factory=set)
    queues: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    menus: dict[str, str] = field(default_factory=dict)
    trunks: dict[str, str] = field(default_factory=dict)
    conditions: dict[str, dict[str, str]] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    peers: dict[str, str] = field(default_factory=dict)
    inner: set[str] = field(default_factory=set)
    outer: dict[str, list[str]] = field(default_factory=dict)

    def target(self, destination: str) -> str | None:
        """None for what we have nothing like, or do not know."""
        context, _, rest = destination.strip().partition(",")
        which = rest.partition(",")[0]
        if context.startswith("ivr-"):
            return _named("ivr", self.menus.get(context.removeprefix("ivr-")))
        if context == "ext-queues":
            return _named("queue", self.queues.get(which))
        if context == "ext-group":
            return _named("group", self.groups.get(which))
        if context == "ext-trunk":
            return _named("trunk", self.trunks.get(which))
        if context in ("from-did-direct", "ext-local"):
            return self.number(which)
        return None

    def number(self, number: str) -> str | None:
        """What an internal number is."""
        if number in self.extensions:
            return f"extension:{number}"
        if (mailbox := _MAILBOX.fullmatch(number)) and mailbox[1] in self.extensions:
            return f"voicemail:{mailbox[1]}"
        return _named("queue", self.queues.get(number)) or _named("group", self.groups.get(number))


def _named(kind: str, name: str | None) -> str | None:
    return f"{kind}:{name}" if name else None


def is_end(destination: str) -> bool:
    """It hangs up."""
    return destination.strip().rpartition(",")[0] in GONE
