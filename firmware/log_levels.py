# SPDX-License-Identifier: GPL-2.0-or-later
"""How much each area of the box says, changed while it runs: STATE/log/levels.json, which every service follows."""

from __future__ import annotations

import json
import logging
import re
import threading
from pathlib import Path

from firmware.errors import Invalid

LEVELS = ("debug", "info", "warning", "error")
EVERY_S = 2.0
_AREA = re.compile(r"[a-z_]{0,40}(\.[a-z_]{1,40}){0,5}")


def _path(state: Path) -> Path:
    return state / "log" / "levels.json"


def levels(state: Path) -> dict[str, str]:
    """By the beginnings of loggers' names, "" for all of them; those that are as delivered are left out."""
    try:
        found = json.loads(_path(state).read_text())
        return {area: level for area, level in found.items() if _AREA.fullmatch(area) and level in LEVELS}
    except (OSError, ValueError, AttributeError):
        return {}


def set_level(state: Path, area: str, level: str) -> dict[str, str]:
    """From now on; level "" is as delivered. What is in force then. Invalid."""
    if not _AREA.fullmatch(area):
        raise Invalid(f'"{area}" is no area; use the beginning of one such as firmware.calls.', field="area")
    if level and level not in LEVELS:
        raise Invalid(f'"{level}" is no level; use one of {", ".join(LEVELS)}.', field="level")
    changed = {known: its for known, its in levels(state).items() if known != area} | ({area: level} if level else {})
    path = _path(state)
    path.parent.mkdir(exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps(changed))
    new.replace(path)
    return changed


class LevelsFollower:
    """Applies them in this process."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._before: dict[str, str] = {}
        self._delivered = logging.getLogger().level

    def start(self) -> None:
        """In a thread, for the life of the process."""
        threading.Thread(target=self._run, name="log-levels", daemon=True).start()

    def look(self) -> None:
        """Follows what is wanted now."""
        wanted = levels(self._state)
        if wanted == self._before:
            return
        for area in set(self._before) - set(wanted):
            logging.getLogger(area).setLevel(logging.NOTSET if area else self._delivered)
        for area, level in wanted.items():
            logging.getLogger(area).setLevel(level.upper())
        self._before = wanted

    def _run(self) -> None:
        waiting = threading.Event()
        while True:
            self.look()
            waiting.wait(EVERY_S)
