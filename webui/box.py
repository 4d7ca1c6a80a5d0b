# SPDX-License-Identifier: GPL-2.0-or-later
"""What every handler of the web service works with."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from firmware import service, telephone_numbers
from firmware.archive.library import Library, key_of
from firmware.archive.notebook import Notebook
from firmware.errors import NotFound
from firmware.store.access import Access
from firmware.store.access_log import AccessLog
from firmware.store.config_db import ConfigDb
from firmware.store.history import History
from firmware.store.idempotency import IdempotencyKeys
from firmware.store.scope import Scope
from firmware.store.second_factors import SecondFactors
from firmware.store.wallboards import Wallboards
from webui import kept
from webui.assets import Assets
from webui.backups import Backups
from webui.families import Ended
from webui.imports import Imports
from webui.live import Live
from webui.pending import Pending
from webui.rates import Rates
from webui.renewal import Renewal
from webui.streams import TODAY, News, Streams
from webui.throttle import Throttle
from webui.today import Today

FRESH_S = 2.0


@dataclass
class Box:
    """The box as the web service sees it: its store, the core's picture, the open streams."""

    state: Path
    access: Access
    factors: SecondFactors
    access_log: AccessLog
    configs: ConfigDb
    history: History
    live: Live
    streams: Streams
    today: Today
    wallboards: Wallboards
    notebook: Notebook
    repeats: IdempotencyKeys
    renewal: Renewal
    backups: Backups
    imports: Imports
    counted: Ended = field(default_factory=Ended)
    rates: Rates = field(default_factory=Rates)
    assets: Assets = field(default_factory=Assets)
    throttle: Throttle = field(default_factory=Throttle)
    challenges: Pending[bytes] = field(default_factory=Pending)
    half_in: Pending[str] = field(default_factory=Pending)  # who gave the right password, and no code yet
    new_totp: Pending[str] = field(default_factory=Pending)  # secrets that wait for their first code
    kept: Pending[kept.Kept] = field(default_factory=lambda: Pending(kept.LIFE_S, kept.AT_ONCE))
    _document: tuple[float, dict[str, Any]] = (float("-inf"), {})
    ended: threading.Event = field(default_factory=threading.Event)  # the service is to end
    begins_anew: bool = False  # all services do, to take over a restored backup
    scope: Scope | None = None  # whoever works with it sees no more than that: `webui.limited`

    @classmethod
    def open(cls, state: Path, assets: Assets | None = None) -> Box:
        """Opens the store of a state directory; nothing runs yet."""
        streams, history = Streams(), History(state / "history.db")
        box = cls(
            state,
            Access(state),
            SecondFactors(state),
            AccessLog(state),
            ConfigDb(state),
            history,
            Live(state, lambda news: box.hear(news)),
            streams,
            Today(history, lambda: box.document(), lambda: box.tell(TODAY)),
            Wallboards(state),
            Notebook(state),
            IdempotencyKeys(state),
            Renewal(state, lambda: box.document()),
            Backups(state, lambda: box.document()),
            Imports(state),
            assets=assets or Assets(),
        )
        return box

    def hear(self, news: News) -> None:
        """What the core tells; for the figures of the day, then for all streams."""
        if news.name == "config":
            self._document = (float("-inf"), {})
            self.renewal.look()
        if news.name == "core":
            self.today.begins(self.live.picture()["calls"])
        if news.name == "call_ended":
            self.counted.heard(news.data)
        self.today.hear(news)
        self.streams.publish(news)

    def tell(self, name: str, data: Any = None) -> None:
        """News of the web service itself (`streams.OWN`)."""
        self.streams.publish(News(self.live.number, name, data))

    def library(self) -> Library:
        """The recordings, with the key that the configuration names now."""
        return Library(self.state / "recordings", lambda: key_of(self.state, self.document()))

    def start(self) -> None:
        """Starts the threads that listen to the core and feed the streams."""
        self.streams.start()
        self.live.start()
        self.renewal.start()
        self.backups.start()

    def stop(self) -> None:
        self.renewal.stop()
        self.backups.stop()
        self.live.stop()
        self.today.stop()
        self.streams.stop()

    def site(self) -> dict[str, Any]:
        """The `[site]` part of the configuration, at most two seconds old; {} before there is one."""
        site: dict[str, Any] = self.document().get("site", {})
        return site

    def country(self) -> str:
        """Of the site, by ISO 3166-1."""
        return str(self.site().get("country") or "us")

    def sought(self, number: str | None) -> tuple[str, ...] | None:
        """All forms of a number that somebody looks for; None for nothing."""
        return telephone_numbers.sought(number, self.country())

    def document(self) -> dict[str, Any]:
        """The configuration, at most two seconds old; {} before there is one."""
        read_at, document = self._document
        if time.monotonic() - read_at > FRESH_S:
            document = self.fresh_document()
            self._document = (time.monotonic(), document)
        return document

    def fresh_document(self) -> dict[str, Any]:
        """The configuration in force; {} before there is one."""
        try:
            return self.configs.current().document
        except NotFound:
            return {}

    def labels(self, table: str) -> dict[str, str]:
        """Names of `pause_reason` or `disposition`, as people read them."""
        return {item["name"]: item.get("label") or item["name"] for item in self.document().get(table, [])}

    def services(self) -> dict[str, str]:
        """Each service of this state directory: up or down."""
        running = {name: service.is_up(self.state, name) for name in ("core", "uplink", "archive", "bench")}
        running["core"] = running["core"] and self.live.up
        if not running["bench"]:
            del running["bench"]
        return {name: "up" if up else "down" for name, up in ({"web": True} | running).items()}

    @property
    def bench_socket(self) -> Path:
        """Where the bench process answers."""
        return self.state / "sim" / "bench.sock"

    def has_bench(self) -> bool:
        """True when the card is simulated and the bench process is up."""
        return service.is_up(self.state, "bench") and self.bench_socket.exists()

    def is_new(self) -> bool:
        """True until the owner has set a password."""
        return self.access.needs_setup()
