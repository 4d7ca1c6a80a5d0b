# SPDX-License-Identifier: GPL-2.0-or-later
"""The box as it is now: one thread listens to the core and keeps the whole picture.

Pages and streams read the picture; only commands go to the core. When the core is away the picture is
empty and `up` is False; the thread comes back by itself.
"""

from __future__ import annotations

import copy
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from firmware.api import DOWN, Control, Subscription
from firmware.errors import TipringError, Unavailable
from webui.streams import News
from webui.trails import Trails

log = logging.getLogger(__name__)

RETRY_S = 0.5
RECENT_S = 1.0
ASK_TIMEOUT_S = 5.0
Picture = dict[str, Any]
EMPTY: Picture = {"degraded": [], "ports": [], "trunks": [], "calls": [], "queues": [], "agents": [], "alarms": []}
# event of control.md -> list of the picture, and the key of its objects
LISTS = {
    "port": ("ports", "id"),
    "trunk": ("trunks", "name"),
    "call": ("calls", "id"),
    "queue": ("queues", "name"),
    "agent": ("agents", "id"),
    "alarm": ("alarms", "id"),
}


def core_unavailable() -> Unavailable:
    """What every request hears that needs the core while it is away."""
    return Unavailable("Call control is not running. It is started again by itself; try in a few seconds.", code=DOWN)


class Live:
    """The picture, kept by a thread between `start` and `stop`. `on_news` is called in that thread."""

    def __init__(self, state: Path, on_news: Callable[[News], None]) -> None:
        self._path = state / "control.sock"
        self._on_news = on_news
        self._picture: Picture = copy.deepcopy(EMPTY)
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._subscription: Subscription | None = None
        self._number = 0
        self._trails = Trails()
        self._recent: dict[str, tuple[float, Any]] = {}
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)
        self._up = False
        self.seen = threading.Event()  # the core was up once

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread within a second."""
        self._ended.set()
        subscription = self._subscription
        if subscription is not None:
            subscription.close()
        if self._thread.is_alive():
            self._thread.join(timeout=1)

    @property
    def up(self) -> bool:
        """Whether the core answers."""
        return self._up

    @property
    def number(self) -> int:
        """The number of the last event told."""
        return self._number

    def picture(self) -> Picture:
        """A copy of the whole picture (the `status` of control.md)."""
        with self._lock:
            return copy.deepcopy(self._picture)

    def agent_name(self, id: str) -> str:
        """How people call an agent; the id while it is not known."""
        with self._lock:
            return next((agent["name"] or id for agent in self._picture["agents"] if agent["id"] == id), id)

    def trail(self, call: str) -> list[dict[str, Any]]:
        """The events `trail` of a call that were heard; the history has them a moment later."""
        return self._trails.of(call)

    def need(self) -> Picture:
        """The picture. Unavailable (`core_unavailable`) when there is none."""
        if not self.up:
            raise core_unavailable()
        return self.picture()

    def ask(self, method: str, **params: Any) -> Any:
        """A request to the core. Its errors come as TipringError; Unavailable (`core_unavailable`) without it."""
        return self.ask_patiently(ASK_TIMEOUT_S, method, **params)

    def ask_patiently(self, patience_s: float, method: str, **params: Any) -> Any:
        """The same, of what takes so long."""
        try:
            with Control(self._path, timeout_s=patience_s) as control:
                return control.request(method, **params)
        except Unavailable as error:
            if error.code != DOWN:
                raise
            log.info("%s: %s", method, error)
            raise core_unavailable() from error

    def ask_recently(self, method: str) -> Any:
        """The answer to a question without parameters, at most a second old: many readers ask the core once."""
        asked_at, answer = self._recent.get(method, (float("-inf"), None))
        if time.monotonic() - asked_at > RECENT_S:
            answer = self.ask(method)
            self._recent[method] = (time.monotonic(), answer)
        return answer

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._listen()
            except TipringError as error:
                log.debug("core: %s", error)
            self._lose()
            self._ended.wait(RETRY_S)

    def _listen(self) -> None:
        with Control(self._path, timeout_s=ASK_TIMEOUT_S) as control, control.subscribe() as subscription:
            self._subscription = subscription
            self._begin(subscription.status)
            for event in subscription:
                self._take(event.name, event.data)
                if self._ended.is_set():
                    return

    def _begin(self, status: Picture) -> None:
        with self._lock:
            self._picture = EMPTY | status
            self._up = True
        self.seen.set()
        log.info("call control is up, version %s", status.get("version"))
        self._tell("core", {"state": "up"})

    def _lose(self) -> None:
        self._subscription = None
        self._trails.forget()
        with self._lock:
            was_up, self._up = self._up, False
            self._picture = copy.deepcopy(EMPTY)
        if was_up and not self._ended.is_set():
            log.warning("call control is gone; waiting for it")
            self._tell("core", {"state": "down"})

    def _take(self, name: str, data: Any) -> None:
        if name == "trail":
            self._trails.hear(data)
        with self._lock:
            before = _before(self._picture, name, data)
            _apply(self._picture, name, data)
        self._tell(name, data, before)

    def _tell(self, name: str, data: Any, before: Any = None) -> None:
        self._number += 1
        self._on_news(News(self._number, name, data, before))


def _before(picture: Picture, name: str, data: Any) -> Any:
    """A call as it was."""
    return next((call for call in picture["calls"] if call["id"] == data["id"]), None) if name == "call" else None


def _apply(picture: Picture, name: str, data: Any) -> None:
    """Brings the picture up to one event."""
    if name == "call_ended":
        picture["calls"] = [call for call in picture["calls"] if call["id"] != data["id"]]
    elif name == "port_gone":
        picture["ports"] = [port for port in picture["ports"] if port["id"] != data["id"]]
    elif name == "night":
        picture["night"] = data
    elif name in LISTS:
        _put(picture, *LISTS[name], data)
        if name == "alarm" and data.get("cleared_at"):
            picture["alarms"] = [alarm for alarm in picture["alarms"] if alarm["id"] != data["id"]]
            picture["degraded"] = [sentence for sentence in picture["degraded"] if sentence != data["text"]]


def _put(picture: Picture, group: str, key: str, item: dict[str, Any]) -> None:
    for index, old in enumerate(picture[group]):
        if old[key] == item[key]:
            picture[group][index] = item
            return
    picture[group].append(item)
