# SPDX-License-Identifier: GPL-2.0-or-later
"""While no service runs: damaged databases are put aside, so that the box takes calls. Nothing is deleted."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from firmware.store import damage
from firmware.times import iso

log = logging.getLogger("mending")

CONFIG = "config_damaged"  # an alarm


def mend(state: Path) -> None:
    """The configuration's last good copy, and a fresh history. OSError when the disk lets nothing be done."""
    lost = _mend_config(state / "config.db")
    history = state / "history.db"
    why = damage.wrong_with(history) if history.exists() else ""
    if why:
        log.error("history.db is damaged (%s): it is put aside", why)
        damage.put_aside(history)
    if lost or why or _has_acknowledged(history):
        _tell(state, lost, fresh=bool(why))


def _has_acknowledged(history: Path) -> bool:
    """Whether some alarm may have to go: what the dial tone waits for, so it asks for no more than that."""
    if not history.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(history, timeout=10)) as db:
            asked = "SELECT 1 FROM alarms WHERE cleared_at IS NULL AND acknowledged_at IS NOT NULL LIMIT 1"
            return db.execute(asked).fetchone() is not None
    except sqlite3.Error:
        return True  # of an older version


def _tell(state: Path, lost: str, fresh: bool) -> None:
    from firmware.store import alarms, salvage

    if fresh:
        alarms.say(state, salvage.KIND, salvage.FRESH)
    alarms.forget_acknowledged(state, (salvage.KIND, CONFIG))
    if lost:
        alarms.say(state, CONFIG, lost)


def _mend_config(path: Path) -> str:
    """What an alarm has to tell, "" when all is well. Without a good copy nothing can be done: the core says so."""
    good = path.with_name(damage.GOOD)
    if not good.exists() or not (why := damage.wrong_with(path, thoroughly=True)):
        return ""
    log.error("config.db is damaged (%s): the last good copy is put in its place", why)
    aside = damage.put_aside(path).name if path.exists() else ""
    copied = iso(datetime.fromtimestamp(good.stat().st_mtime, UTC))
    damage.take_good_copy(path)
    kept = f" The damaged file is kept as {aside}." if aside else ""
    return (
        f"The configuration was damaged ({why}). The last good copy, of {copied}, is in force: look whether later "
        f"changes are missing.{kept}"
    )
