# SPDX-License-Identifier: GPL-2.0-or-later
"""Where an agent is logged in, and whether he wants calls: kept over restarts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from firmware.acd import AgentMode


@dataclass(frozen=True, slots=True)
class Presence:
    """`extension` is where the agent sits, None when nowhere. `left`: queues of the agent's that he is logged out of.

    `since` is when `mode` was chosen; None when nobody ever did.
    """

    agent: str
    mode: AgentMode
    extension: str | None = None
    reason: str = ""
    left: frozenset[str] = frozenset()
    since: datetime | None = None

    def queues(self, served: Iterable[str]) -> tuple[str, ...]:
        """Those of the queues he serves in which he is logged in."""
        if self.mode == AgentMode.LOGGED_OUT:
            return ()
        return tuple(queue for queue in served if queue not in self.left)


def first(agent: str, home: str | None) -> Presence:
    """Of an agent whom the box sees for the first time: whoever has a phone of his own is there."""
    return Presence(agent, AgentMode.AVAILABLE if home else AgentMode.LOGGED_OUT, home)


def logged_in(presence: Presence, extension: str, queue: str | None, served: Iterable[str]) -> Presence:
    """Takes calls at this phone, of one queue or of all; of a further one if there are some already."""
    out = presence.mode == AgentMode.LOGGED_OUT
    left = frozenset[str]() if queue is None else (frozenset(served) if out else presence.left) - {queue}
    mode = AgentMode.AVAILABLE if out else presence.mode
    return replace(presence, mode=mode, reason="" if out else presence.reason, extension=extension, left=left)


def logged_out(presence: Presence, queue: str | None, served: Iterable[str], home: str | None) -> Presence:
    """Takes no more calls, of one queue or of any; after the last one he leaves the phone."""
    left = presence.left | {queue} if queue else frozenset[str]()
    if queue and set(served) - left:
        return replace(presence, left=left)
    return replace(presence, mode=AgentMode.LOGGED_OUT, reason="", extension=home, left=frozenset())


def paused(presence: Presence, reason: str) -> Presence:
    """Stays logged in, and gets no calls."""
    return replace(presence, mode=AgentMode.PAUSED, reason=reason)


def ready(presence: Presence) -> Presence:
    """Takes calls again."""
    return replace(presence, mode=AgentMode.AVAILABLE, reason="")
