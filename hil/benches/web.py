# SPDX-License-Identifier: GPL-2.0-or-later
"""Every page and every list of the API on a box with a million calls: the time of a request, without its socket."""

from __future__ import annotations

import asyncio
import gc
import os
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from firmware.errors import TipringError
from firmware.store.access import Access
from firmware.store.config_db import ConfigDb
from hil.benches import history, history_year
from hil.benches.visitor import Visitor
from hil.box import Box as Running
from hil.pages import office
from hil.pages.inventory import places
from webui import api
from webui.app import make_app
from webui.box import Box
from webui.pages import reports

TRIES = 20
GOAL_MS = 50.0
NOT_LISTS = ("/events", "/health", "/backup/file", "/diagnostics")  # files made for the one who asks, a stream
UP_S = 10.0
FILES = ("/exports/calls", "/exports/trail", "/exports/queue_log")
HOUR = "since=2026-03-02T09:00:00Z&until=2026-03-02T10:00:00Z"
Took = tuple[float, float]
"""Milliseconds on the clock, and of this thread's processor time, which what else the machine does leaves alone."""
DOCUMENT: dict[str, Any] = office.document() | {
    "agent": [{"id": name, "number": str(300 + n), "pin": "4711"} for n, name in enumerate(history_year.AGENTS)],
    "queue": [{"name": name} for name in history_year.QUEUES],
    "api": {"requests_per_minute": 100_000},
}


def run() -> dict[str, Any]:
    """Milliseconds of all requests and of each address by itself; the load of the machine before and after."""
    state = history.state_of_a_year()
    history.made(state)
    ConfigDb(state).apply(DOCUMENT, "bench")
    return asyncio.run(_beside_a_core(state))


async def _beside_a_core(state: Path) -> dict[str, Any]:
    """Its own web service stays idle: the one that is measured is in this process, where no socket blurs the times."""
    async with Running(state, arguments=("--bench",)):
        return await asyncio.to_thread(_figures, state)


def _figures(state: Path) -> dict[str, Any]:
    box, before = Box.open(state), os.getloadavg()[0]
    box.start()
    try:
        if not box.live.seen.wait(UP_S):
            raise TipringError(f"Call control did not answer within {UP_S:g} s.")
        visitor = Visitor(make_app(box), _owner(state))
        gc.collect()
        gc.freeze()  # as the service does at its start
        times = {path: _times(visitor, path) for path in _addresses(visitor)}
    finally:
        gc.unfreeze()
        box.stop()
    of_each = {path: _spread(taken) for path, taken in times.items() if taken}
    slowest = sorted(of_each, key=lambda path: -of_each[path]["p95_ms"])
    return {
        "addresses": len(of_each), "all": _spread([took for taken in times.values() for took in taken]),
        "load": [round(before, 1), round(os.getloadavg()[0], 1)],
        "over_the_goal": [path for path in slowest if of_each[path]["p95_ms"] > GOAL_MS],
        "cpu_over_the_goal": [path for path in slowest if of_each[path]["cpu_p95_ms"] > GOAL_MS],
        "not_answered": sorted(set(times) - set(of_each)),
        "each": {path: of_each[path] for path in slowest},
    }  # fmt: skip


def _spread(taken: list[Took]) -> dict[str, float]:
    walls, cpus = zip(*taken, strict=True)
    found = {"p50_ms": statistics.median(walls), "p95_ms": _p95(walls), "max_ms": max(walls), "cpu_p95_ms": _p95(cpus)}
    return {name: round(ms, 1) for name, ms in found.items()}


def _p95(taken: Sequence[float]) -> float:
    return min(statistics.quantiles(taken, n=20)[-1], max(taken))


def _owner(state: Path) -> str:
    """The secret of a session."""
    access = Access(state)
    if access.needs_setup():
        access.set_up(access.create_setup_link(), "owner", office.PASSWORD)
    return access.open_session(access.user("owner"))


def _times(visitor: Visitor, address: str) -> list[Took]:
    """Of each try but the first; none where there is nothing to show. TipringError for another fault."""
    status = visitor.ask(address)[0]
    if status in (404, 503):
        return []
    if status >= 400:
        raise TipringError(f"{address} answers {status}.")
    taken = []
    for _ in range(TRIES):
        began, spent = time.perf_counter(), time.thread_time()
        visitor.ask(address)
        taken.append((1000 * (time.perf_counter() - began), 1000 * (time.thread_time() - spent)))
    return taken


def _api(path: str) -> str:
    """Its address; what is a file of as many calls as are asked for (an export), of an hour."""
    asked = {"/simulate": "?number=201", **dict.fromkeys(FILES, f"?{HOUR}")}
    return f"{api.PREFIX}{path}{asked.get(path, '')}"


def _addresses(visitor: Visitor) -> list[str]:
    """Pages that take a log-in, what the API answers to GET, and lists by every filter."""
    call = visitor.json("/api/v1/calls?limit=1&queue=support")["items"][0]["id"]
    recording = visitor.json("/api/v1/recordings?limit=1")["items"][0]["id"]
    pages = [place.path for place in places(DOCUMENT, {"call": call, "recording": recording}) if place.roles]
    known = [route.path for route in api.ROUTES if route.method == "GET" and "<" not in route.path]
    plain = [_api(path) for path in known if path not in NOT_LISTS]
    lists = [f"{path}?{query}" for path in ("/api/v1/calls", "/calls") for query in history.LISTS.values() if query]
    views = [f"/reports?view={view}" for view in reports.VIEWS]
    return [*pages, *views, *plain, f"/api/v1/calls/{call}", f"/api/v1/recordings/{recording}", *lists]
