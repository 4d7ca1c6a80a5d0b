# SPDX-License-Identifier: GPL-2.0-or-later
"""While no service runs: damaged databases are put aside, so that the box takes calls. Nothing is deleted."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

from firmware.store import alarms, damage, salvage
from firmware.times import iso

log = logging.getLogger("mending")

CONFIG = "config_damaged"  # an alarm


def mend(state: Path) -> None:
    """The configuration's last good copy, and a fresh history. OSError when the disk lets nothing be done."""
    lost = _mend_config(state / "config.db")
    history = state / "history.db"
    if history.exists() and (why := damage.wrong_with(history)):
        log.error("history.db is damaged (%s): it is put aside", why)
        damage.put_aside(history)
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
