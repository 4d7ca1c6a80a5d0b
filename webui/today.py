# SPDX-License-Identifier: GPL-2.0-or-later
"""The figures of today, kept for wallboards: a thread reads the history when calls have ended, at most once a second.

What agents answer counts at once: until the history has a call, its news stand for it. Nobody asks the core.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from firmware import times
from firmware.errors import TipringError
from firmware.reports.choice import Office
from firmware.reports.tally import Tally
from firmware.reports.today import Ended, Stay, ended, with_open
from firmware.store.history import History
from webui.streams import News

log = logging.getLogger(__name__)

COMMIT_S = 0.3  # the core writes a call after it has told of its end
REST_S = 0.7
LOOK_S = 30.0  # a new day begins
PATIENCE_S = 600.0  # a call that the history does not have by then was lost


class Today:
    """`hear` and `hours` may be called from any thread. `on_read` is called when the history was read anew."""

    def __init__(self, history: History, document: Callable[[], dict[str, Any]], on_read: Callable[[], None]) -> None:
        self._history, self._document, self._on_read = history, document, on_read
        self._stays: dict[str, Stay] = {}
        self._over: dict[str, float] = {}  # calls that ended, since when, and that the history does not have yet
        self._ended: Ended | None = None
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._changed, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="today", daemon=True)

    def stop(self) -> None:
        """Ends the thread, if it ever began, within a second."""
        self._stopped.set()
        self._changed.set()
        if self._thread.is_alive():
            self._thread.join(timeout=1)

    @property
    def awaits(self) -> int:
        """How many calls the history does not have yet."""
        return len(self._over)

    def hear(self, news: News) -> None:
        """What may change the figures."""
        match news.name:
            case "call":
                self._goes_on(news.data)
            case "call_ended":
                self._has_ended(news.data)
            case "config":
                self._changed.set()

    def begins(self, calls: Iterable[dict[str, Any]]) -> None:
        """All calls there are: the core has come or gone."""
        with self._lock:
            self._stays.clear()
        for call in calls:
            self._goes_on(call)
        self._changed.set()

    def _goes_on(self, call: dict[str, Any]) -> None:
        if call["queue"] and call["state"] == "talking" and call["direction"] != "outbound":
            stay = Stay(call["queue"], times.parse(call["started_at"]), call.get("wait_s"))
            with self._lock:
                self._stays[call["id"]] = stay

    def _has_ended(self, call: dict[str, Any]) -> None:
        with self._lock:
            if self._ended is None:
                self._stays.pop(call["id"], None)
            elif call["queue"] or call["id"] in self._stays:
                self._over[call["id"]] = time.monotonic()
                self._changed.set()

    def hours(self, queue: str, office: Office) -> dict[int, Tally]:
        """Sums of a queue's hours that had calls. Unavailable when the history cannot be read."""
        if self._ended is None:
            self._begin()
        with self._lock:
            day, found = self._ended, list(self._stays.values())
        assert day
        stays = [stay for stay in found if office.clock.day_of(stay.at) == day.day]
        return with_open(day.hours.get(queue, {}), stays, queue, office)

    def _begin(self) -> None:
        """With the first who asks."""
        with self._reading:
            if self._ended is None:
                self._read()
                self._thread.start()

    def _read(self) -> None:
        document = self._document()
        queues = [queue["name"] for queue in document.get("queue", [])]
        with self._lock:
            asked = list(self._over)
        found = self._history.read(ended, Office.of(document), times.now(), queues, asked)
        late = time.monotonic() - PATIENCE_S
        with self._lock:
            self._ended = found
            for call in [call for call in asked if call in found.known or self._over[call] < late]:
                del self._over[call]
                self._stays.pop(call, None)

    def _run(self) -> None:
        while not self._stopped.is_set():
            if not self._changed.wait(LOOK_S) and not self._is_old():
                continue
            self._stopped.wait(COMMIT_S)
            self._changed.clear()
            try:
                self._read()
            except TipringError as error:
                log.warning("the figures of the day: %s", error)
                self._changed.set()
            else:
                self._on_read()
            if self._over:
                self._changed.set()
            self._stopped.wait(REST_S)

    def _is_old(self) -> bool:
        office = Office.of(self._document())
        return self._ended is None or self._ended.day != office.clock.day_of(times.now())
