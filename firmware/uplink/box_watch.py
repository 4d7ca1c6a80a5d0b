# SPDX-License-Identifier: GPL-2.0-or-later
"""Looks after services, disk, memory and clock. It lives in the uplink, so that a dead call control is told of, too."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from firmware import service, times
from firmware.alarms import box
from firmware.alarms.box import Wrong
from firmware.alarms.patience import Patience
from firmware.machine import disk_of, is_synchronised, memory_of, running_s
from firmware.store import history
from firmware.store.connect import transaction
from firmware.uplink.document import Latest
from firmware.uplink.follower import Follower

LOOK_S = 3.0
PAUSE_S = 5.0
WATCHED = ("core", "web", "archive")


@dataclass(frozen=True, slots=True)
class Machine:
    """Where figures come from; tests have others."""

    disk: Callable[[Path], tuple[int, int]]
    memory: Callable[[], tuple[int, int]]
    synchronised: Callable[[], bool]
    now: Callable[[], float] = time.time
    running: Callable[[], float] = running_s


class BoxWatch(Follower):
    """`machine` is what is looked at."""

    def __init__(self, state: Path, look_s: float = LOOK_S, machine: Machine | None = None) -> None:
        super().__init__("box", state, PAUSE_S, look_s)
        self._state = state
        self._machine = machine or Machine(disk_of, memory_of, is_synchronised)
        self._patience = Patience(self._machine.running)
        self._offset: float | None = None
        self._jumped_at: float | None = None

    def _look(self, db: sqlite3.Connection, latest: Latest) -> None:
        wrong = {**self._services(), **self._figures(), box.JUMPED: self._jump()}
        cloud = "cloud" in latest.document()
        for kind, found in wrong.items():
            if history.alarm_differs(db, kind, found):
                with transaction(db, self._path):
                    history.alarm_stands(db, kind, found, times.now(), cloud)

    def _services(self) -> dict[str, Wrong]:
        found: dict[str, Wrong] = {}
        for name in WATCHED:
            away = service.was_up(self._state, name) and not service.is_up(self._state, name)
            long = self._patience.lasts(box.SERVICE + name, away, box.AWAY_S)
            found[box.SERVICE + name] = box.service_away(name) if long else None
            found[box.RESTARTS + name] = box.restarting(name, service.starts(self._state, name), self._machine.now())
        return found

    def _figures(self) -> dict[str, Wrong]:
        short = box.memory(*self._machine.memory())
        unset = self._patience.lasts(box.UNSET, not self._machine.synchronised(), box.UNSET_S)
        return {
            box.DISK: box.disk(*self._machine.disk(self._state)),
            box.MEMORY: short if self._patience.lasts(box.MEMORY, short is not None, box.LONG_S) else None,
            box.UNSET: box.unsynchronised() if unset else None,
        }

    def _jump(self) -> Wrong:
        """The wall clock against the one that nobody sets."""
        running = self._machine.running()
        offset = self._machine.now() - running
        if self._offset is not None and abs(offset - self._offset) > box.JUMP_S:
            self._jumped_at = running
        self._offset = offset
        told = self._jumped_at is not None and running - self._jumped_at < box.JUMP_TOLD_S
        return box.jumped() if told else None
