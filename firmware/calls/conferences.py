# SPDX-License-Identifier: GPL-2.0-or-later
"""Conference rooms: whoever calls one talks with all who are there; the first hears music until the second comes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from firmware import times
from firmware.calls.leg import Leg
from firmware.calls.mixing import mixed
from firmware.calls.talking import hearing

ALONE = 1


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is in a room, by which call, since when."""

    call: str
    number: str
    name: str
    since: datetime

    def as_json(self) -> dict[str, Any]:
        """For the control socket."""
        return {"call": self.call, "number": self.number, "name": self.name, "since": times.iso(self.since)}


class ConferenceRooms:
    """Rooms come into being with the first who enters, and go with the last. `music` is the slot where music plays."""

    def __init__(self, music: Callable[[], int | None]) -> None:
        self._music = music
        self._there: dict[str, list[Leg]] = {}
        self._guests: dict[Leg, Guest] = {}
        self.on_changed: Callable[[str], None] = lambda name: None  # somebody entered this room, or left it
        self._sound: dict[str, contextlib.ExitStack] = {}

    async def stay(self, name: str, leg: Leg, guest: Guest) -> None:
        """The party is in the room until it is cancelled."""
        self._there.setdefault(name, []).append(leg)
        self._guests[leg] = guest
        self._arrange(name)
        leg.on_hold = lambda: self._arrange(name)
        self.on_changed(name)
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            leg.on_hold = lambda: None
            self._there[name].remove(leg)
            del self._guests[leg]
            self._arrange(name)
            self.on_changed(name)

    def count(self, name: str) -> int:
        """How many are there."""
        return len(self._there.get(name, ()))

    def guests(self, name: str) -> list[Guest]:
        """Who is there, the first one first."""
        return [self._guests[leg] for leg in self._there.get(name, ())]

    def _arrange(self, name: str) -> None:
        self._sound.pop(name, contextlib.ExitStack()).close()
        there = [leg for leg in self._there[name] if not leg.holds]
        if not self._there[name]:
            del self._there[name]
            return
        sound = self._sound[name] = contextlib.ExitStack()
        if len(there) > ALONE:
            sound.enter_context(mixed(there, None))
        for leg in there if len(there) == ALONE else ():
            sound.enter_context(hearing(self._music(), leg))
