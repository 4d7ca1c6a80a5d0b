# SPDX-License-Identifier: GPL-2.0-or-later
"""Alarms of processes that live shortly, in history.db as those of every service beside the core."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Collection
from pathlib import Path

from firmware import times
from firmware.errors import Unavailable
from firmware.ids import uuid7
from firmware.records import Alarm, Severity
from firmware.store import history, migrations
from firmware.store.connect import open_for_writing, transaction

log = logging.getLogger(__name__)


def forget_acknowledged(state: Path, kinds: Collection[str]) -> None:
    """Clears those that somebody has acknowledged: nothing else will."""
    path = state / "history.db"
    if not path.exists():
        return
    try:
        migrations.ensure(path)
        with contextlib.closing(open_for_writing(path)) as db, transaction(db, path):
            for alarm in history.standing_alarms(db):
                if alarm.kind in kinds and alarm.acknowledged_at:
                    history.alarm_cleared(db, alarm.id, times.now(), cloud=True)
    except Unavailable as error:
        log.error("%s", error)


def say(state: Path, kind: str, text: str, severity: Severity = Severity.ERROR) -> None:
    """Raises the alarm of this kind in place of a former one; "" clears it.

    A history that is away costs an alarm, not what it tells of.
    """
    path = state / "history.db"
    try:
        migrations.ensure(path)
        with contextlib.closing(open_for_writing(path)) as db, transaction(db, path):
            standing = [alarm for alarm in history.standing_alarms(db) if alarm.kind == kind]
            for alarm in standing:
                if alarm.text != text:
                    history.alarm_cleared(db, alarm.id, times.now(), cloud=True)
            if text:
                history.alarm_raised(db, Alarm(uuid7(), kind, severity, text, times.now()), cloud=True)
    except Unavailable as error:
        log.error("%s", error)
