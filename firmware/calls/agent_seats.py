# SPDX-License-Identifier: GPL-2.0-or-later
"""Where agents sit, and what keeps the phones there from ringing for callers."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from firmware.calls.ringing import gone, why_not
from firmware.config import Agent
from firmware.store import agents as store

if TYPE_CHECKING:
    from firmware.calls.host import Host


class Seats:
    """Of all agents; kept over restarts."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._taken: dict[str, str] = {}  # by those who do not sit at their own phone
        self._engaged: list[str] = []  # extensions that talk with the box

    def recall(self, taken: Mapping[str, str]) -> None:
        """Those of before a restart."""
        self._taken = dict(taken)

    def of(self, agent: Agent) -> str | None:
        """The extension where the agent takes calls."""
        return self._taken.get(agent.id, agent.extension)

    def take(self, agent: Agent, extension: str | None) -> None:
        """The agent sits there from now on."""
        there = None if extension == agent.extension else extension
        if there == self._taken.get(agent.id):
            return
        if there:
            self._taken[agent.id] = there
        else:
            del self._taken[agent.id]
        self._host.journal.write(store.sat_down, agent.id, there)

    def forget(self, id: str) -> None:
        """There is no such agent any more."""
        if self._taken.pop(id, None):
            self._host.journal.write(store.sat_down, id, None)

    @contextlib.contextmanager
    def engaged(self, extension: str) -> Iterator[None]:
        """For the time of the block the phone talks with the box."""
        self._engaged.append(extension)
        try:
            yield
        finally:
            self._engaged.remove(extension)
            self._host.queues.check_phones(extension)

    def why_not(self, agent: Agent, talking: Collection[str], busy: bool) -> str:
        """Why the agent's phone cannot ring for a caller, "" when it can. `talking`: extensions that are in calls.

        A SIP phone could take a second call, but an agent has one. While a queue's call keeps the agent `busy`, the
        phone only has to be there.
        """
        extension = self._host.config.extension(self.of(agent))
        if not extension:
            return "sits at no phone"
        if busy:
            return gone(self._host, extension)
        if extension.number in self._engaged:
            return "phone is in use"
        if reason := why_not(self._host, extension):
            return reason
        if extension.number in talking:
            return "is on another call"
        return "phone is ringing for another call" if self._host.ringing.rings(extension.number) else ""
