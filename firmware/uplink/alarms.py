# SPDX-License-Identifier: GPL-2.0-or-later
"""Tells people and machines of alarms: each channel in a thread of its own, so that one that hangs holds up no other.

What is to be told is in history.db since the alarm itself: it may be told twice, never not at all within a month.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from firmware import times
from firmware.alarms.routing import OF_CHANNEL, due_at, wants, way_of
from firmware.errors import TipringError, Unavailable
from firmware.records import Severity
from firmware.store import history, notices
from firmware.store.connect import open_for_writing, transaction
from firmware.store.notices import Notice
from firmware.uplink.alarm_ways import Later, Never, Way, ways
from firmware.uplink.document import Latest
from firmware.uplink.follower import Follower

log = logging.getLogger("alarms")

LOOK_S = 0.5
PAUSE_S = 5.0
RETRY_S = (10.0, 1800.0)
BATCH = 50
TELL_AFTER = 3  # tries, then the channel is an alarm itself
FORGET_EVERY_S = 3600.0


class AlarmSender(Follower):
    """Of all channels. `ways` are how they tell, by their names."""

    def __init__(
        self, state: Path, retry_s: tuple[float, float] = RETRY_S, look_s: float = LOOK_S,
        ways: Callable[[Path], dict[str, Way]] = ways,
    ) -> None:  # fmt: skip
        super().__init__("alarms", state, PAUSE_S, look_s)
        self._retry_s, self._ways = retry_s, ways(state)
        self._busy: dict[str, threading.Thread] = {}
        self._forget_at = 0.0

    def _look(self, db: sqlite3.Connection, latest: Latest) -> None:
        document = latest.document()
        channels = document.get("alarm_channel", [])
        now = times.now()
        if db.execute("SELECT 1 FROM alarms WHERE held_until <= ? LIMIT 1", (times.iso(now),)).fetchone():
            with transaction(db, self._path):
                history.tell_held(db, now, cloud="cloud" in document)
        self._make(db, document, channels)
        for channel in channels:
            thread = self._busy.get(channel["name"])
            if (thread is None or not thread.is_alive()) and notices.due(db, channel["name"], now, 1):
                self._begin(channel, document)
        if time.monotonic() >= self._forget_at:
            self._forget_at = time.monotonic() + FORGET_EVERY_S
            with transaction(db, self._path):
                notices.forget(db, [channel["name"] for channel in channels], now)

    def _make(self, db: sqlite3.Connection, document: dict[str, Any], channels: Sequence[dict[str, Any]]) -> None:
        """Notices of what is new, for each channel that wants it."""
        found = notices.news(db, BATCH)
        if not found:
            return
        now = times.now()
        local = now.astimezone(ZoneInfo(document.get("site", {}).get("timezone", "UTC")))
        with transaction(db, self._path):
            for item in found:
                for channel in channels:
                    if wants(channel, item.what, item.alarm):
                        due = due_at(channel, item.alarm, local)
                        notices.add(db, channel["name"], item.what, item.alarm, now, due)
                notices.made_of(db, item.seq)

    def _begin(self, channel: dict[str, Any], document: dict[str, Any]) -> None:
        name = channel["name"]
        thread = threading.Thread(target=self._tell, args=(channel, document), name=f"alarm-{name}", daemon=True)
        self._busy[name] = thread
        thread.start()

    def _tell(self, channel: dict[str, Any], document: dict[str, Any]) -> None:
        """Everything that is due for one channel."""
        try:
            with closing(open_for_writing(self._path)) as db:
                while found := notices.due(db, channel["name"], times.now(), BATCH):
                    if not self._told(db, channel, document, found):
                        return
        except Unavailable as error:
            log.warning("%s", error)

    def _told(
        self, db: sqlite3.Connection, channel: dict[str, Any], document: dict[str, Any], found: list[Notice]
    ) -> bool:
        """False when it has to be tried again."""
        ids, name = [notice.id for notice in found], channel["name"]
        try:
            told = self._ways[way_of(channel)](channel, document, found, db)
        except Never as error:
            log.warning("%s: %s", name, error)
            with transaction(db, self._path):
                notices.failed(db, ids, times.now(), str(error))
                _trouble(db, name)
            return True
        except (Later, OSError, TipringError) as error:
            log.warning("%s: %s", name, error)
            self._later(db, name, found, str(error))
            return False
        with transaction(db, self._path):
            notices.done(db, ids, times.now(), told.said)
            _well(db, name)
        return True

    def _later(self, db: sqlite3.Connection, name: str, found: list[Notice], said: str) -> None:
        first, longest = self._retry_s
        now, tries = times.now(), max(notice.tries for notice in found)
        due = now + timedelta(seconds=min(longest, first * 2.0 ** min(tries, 20)))
        with transaction(db, self._path):
            notices.later(db, [notice.id for notice in found], now, due, said)
            if tries + 1 >= TELL_AFTER:
                _trouble(db, name)


def _trouble(db: sqlite3.Connection, channel: str) -> None:
    text = f"Nobody could be told of alarms by {channel}. They are kept and told later; look at it under Alarms."
    history.alarm_stands(db, OF_CHANNEL + channel, (Severity.WARNING, text), times.now(), cloud=True)


def _well(db: sqlite3.Connection, channel: str) -> None:
    history.alarm_stands(db, OF_CHANNEL + channel, None, times.now(), cloud=True)
