# SPDX-License-Identifier: GPL-2.0-or-later
"""The night switch: the schedules decide, or a person has. It stays where it is over restarts."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from firmware.calls.journal import Journal
from firmware.config import Config, Schedule
from firmware.routing.schedules import Night, is_open, next_change
from firmware.store import tolls as store

log = logging.getLogger(__name__)

BY_KEY = {"0": Night.AUTO, "1": Night.DAY, "2": Night.NIGHT}


class NightSwitch:
    """`now` is the time at the site."""

    def __init__(self, journal: Journal, config: Callable[[], Config], now: Callable[[], datetime]) -> None:
        self._journal, self._config, self._now = journal, config, now
        self.mode = Night.AUTO

    def set(self, mode: Night, by: str) -> None:
        """Decides from now on."""
        log.info("night switch -[%s]> %s", by, mode)
        self.mode = mode
        self._journal.write(store.night_saved, mode)
        self._journal.announce("night", self.as_json())

    def as_json(self) -> dict[str, Any]:
        """The switch, and each schedule: open or not, and until when by itself."""
        local = self._now()
        return {
            "mode": self.mode.value,
            "schedules": [self._schedule(known, local) for known in self._config().schedules],
        }

    def _schedule(self, schedule: Schedule, local: datetime) -> dict[str, Any]:
        until = next_change(schedule, local) if self.mode is Night.AUTO else None
        return {
            "name": schedule.name,
            "open": is_open(schedule, local, self.mode),
            "until": until.isoformat(timespec="minutes") if until else None,
        }
