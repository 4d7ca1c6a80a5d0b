# SPDX-License-Identifier: GPL-2.0-or-later
"""Every page and every list of the API on a box with a million calls: the time of a request, without its socket."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

from firmware.errors import TipringError
from firmware.store.access import Access
from firmware.store.config_db import ConfigDb
from hil.benches import history, history_year
from hil.benches.visitor import Visitor
from hil.pages import office
from hil.pages.inventory import places
from webui import api
from webui.app import make_app
from webui.box import Box

TRIES = 20
GOAL_MS = 50.0
DOCUMENT: dict[str, Any] = office.document() | {
    "agent": [{"id": name} for name in history_year.AGENTS],
    "queue": [{"name": name} for name in history_year.QUEUES],
    "api": {"requests_per_minute": 100_000},
}


def run() -> dict[str, Any]:
    """Milliseconds: of all requests, and of each page and list the 95th percentile of 20 tries."""
    state = history.state_of_a_year()
    history.made(state)
    ConfigDb(state).apply(DOCUMENT, "bench")
    visitor = Visitor(make_app(Box.open(state)), _owner(state))
    times = {path: _times_ms(visitor, path) for path in _addresses(visitor)}
    found = {path: statistics.quantiles(taken, n=20)[-1] for path, taken in times.items() if taken}
    together = statistics.quantiles([ms for taken in times.values() for ms in taken], n=100)
    slow = {path: round(ms, 1) for path, ms in sorted(found.items(), key=lambda item: -item[1]) if ms > GOAL_MS}
    worst = max(found, key=lambda path: found[path])
    return {
        "addresses": len(found), "p50_ms": round(together[49], 1), "p95_ms": round(together[94], 1),
        "slowest": worst, "slowest_p95_ms": round(found[worst], 1), "over_the_goal": slow,
        "not_answered_alone": sorted(set(times) - set(found)),
    }  # fmt: skip


def _owner(state: Path) -> str:
    """The secret of a session."""
    access = Access(state)
    if access.needs_setup():
        access.set_up(access.create_setup_link(), "owner", office.PASSWORD)
    return access.open_session(access.user("owner"))


def _times_ms(visitor: Visitor, address: str) -> list[float]:
    """Of each try but the first; none where it needs another service. TipringError for another fault."""
    status = visitor.ask(address)[0]
    if status in (404, 503):  # call control or the bench does not run
        return []
    if status != 200:
        raise TipringError(f"{address} answers {status}.")
    taken = []
    for _ in range(TRIES):
        began = time.perf_counter()
        visitor.ask(address)
        taken.append(1000 * (time.perf_counter() - began))
    return taken


def _addresses(visitor: Visitor) -> list[str]:
    """Pages that take a log-in, what the API answers to GET, and lists by every filter."""
    call = visitor.json("/api/v1/calls?limit=1&queue=support")["items"][0]["id"]
    recording = visitor.json("/api/v1/recordings?limit=1")["items"][0]["id"]
    pages = [place.path for place in places(DOCUMENT, {"call": call, "recording": recording}) if place.roles]
    known = [route.path for route in api.ROUTES if route.method == "GET" and "<" not in route.path]
    plain = [f"{api.PREFIX}{path}" for path in known if path not in ("/events", "/health")]
    lists = [f"{path}?{query}" for path in ("/api/v1/calls", "/calls") for query in history.LISTS.values() if query]
    return [*pages, *plain, f"/api/v1/calls/{call}", f"/api/v1/recordings/{recording}", *lists]
