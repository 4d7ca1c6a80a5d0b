# SPDX-License-Identifier: GPL-2.0-or-later
"""history.db with a million calls: its size, every report of a month, pages of the list, the commit of a call.

The year is made once (`history_year`, some minutes) and kept below build/bench until the schema changes.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from firmware.reports import lines, staffing
from firmware.reports.choice import By, Choice, Of, Office
from firmware.reports.report import report
from firmware.store import migrations
from firmware.store.access import Access
from firmware.store.config_db import ConfigDb
from firmware.store.history import History
from hil.benches import history_commits, history_year
from webui.app import make_app
from webui.box import Box

CALLS = 1_000_000
TRIES = 5
MONTH = (date(2026, 10, 1), date(2026, 11, 1))  # with a day on which the clocks change
NOW = datetime(2027, 1, 2, tzinfo=UTC)
DOCUMENT: dict[str, Any] = {
    "site": {"timezone": "Europe/Berlin"},
    "queue": [{"name": name, "service_level_s": 15 + 5 * n} for n, name in enumerate(history_year.QUEUES)],
    "agent": [{"id": name} for name in history_year.AGENTS],
}
LISTS = {
    "newest": "",
    "of_a_number": "number=%2B15550100000",
    "of_a_queue": "queue=support",
    "of_an_agent": "agent=agent07",
    "of_a_day": "since=2026-03-02T00:00:00Z&until=2026-03-03T00:00:00Z",
    "of_a_queue_before_summer": "queue=sales&until=2026-06-01T00:00:00Z",
    "abandoned": "disposition=abandoned",
    "of_a_queue_overflowed": "queue=support&disposition=overflowed",
    "of_an_agent_failed": "agent=agent07&disposition=failed",
    "far_behind": "cursor=2026-02-01T12:00:00.000Z~x",
}


def run() -> dict[str, Any]:
    """Times in milliseconds, the slowest of five runs each; sizes in bytes."""
    made_s = made(state := state_of_a_year())
    with contextlib.closing(History(state / "history.db")) as history:
        reports, cpu = _reports(history, time.perf_counter), _reports(history, time.thread_time)
    pages = _pages(state)
    return {
        "calls": CALLS,
        **({"made_in_s": round(made_s)} if made_s else {}),
        "bytes": (state / "history.db").stat().st_size,
        "report_of_a_month_ms_median": round(statistics.median(reports.values()), 1),
        "report_of_a_month_ms_slowest": max(reports.values()),
        "report_of_a_month_cpu_ms_slowest": max(cpu.values()),
        "list_page_ms_slowest": max(pages.values()),
        "reports_ms": reports,
        "list_pages_ms": pages,
        **history_commits.measure(state),
    }


def state_of_a_year() -> Path:
    """Where the year is kept."""
    return Path("build/bench") / f"history-{migrations.VERSIONS['history.db']}-{CALLS}"


def made(state: Path) -> float | None:
    """Makes the year; how long it took; None when it is there since before."""
    whole = state / "whole"
    if whole.exists():
        return None
    print(f"making {CALLS} calls in {state}, which takes some minutes", file=sys.stderr)
    (state / "history.db").unlink(missing_ok=True)
    took = history_year.fill(state, CALLS)
    whole.touch()
    return took


def _slowest_ms(work: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> float:
    work()  # templates and catalogs are read once
    took = []
    for _ in range(TRIES):
        began = clock()
        work()
        took.append(1000 * (clock() - began))
    return round(max(took), 1)


def _reports(history: History, clock: Callable[[], float]) -> dict[str, float]:
    """Every report of October."""
    office = Office.of(DOCUMENT)
    since, until = map(office.clock.midnight, MONTH)
    found = {}
    for of in Of:
        for by in By:
            choice = Choice(since, until, of, by)
            found[f"{of}_by_{by}"] = _slowest_ms(lambda choice=choice: history.read(report, choice, office, NOW), clock)  # type: ignore[misc]
    choice = Choice(since, until)
    found["lines"] = _slowest_ms(lambda: history.read(lines.occupancy, choice, office), clock)
    found["staffing"] = _slowest_ms(lambda: history.read(staffing.staffing, choice, office), clock)
    return found


def _pages(state: Path) -> dict[str, float]:
    """The API's list and the page of it, through the whole web application but its sockets."""
    ConfigDb(state).apply({"site": {"timezone": "Europe/Berlin"}}, "bench")
    app, token = make_app(Box.open(state)), Access(state).create_token("readonly", "bench")
    found = {f"api_{name}": _slowest_ms(lambda q=q: _get(app, "/api/v1/calls", q, token)) for name, q in LISTS.items()}  # type: ignore[misc]
    return found | {"page": _slowest_ms(lambda: _get(app, "/calls", "", token))}


def _get(app: Callable[..., Any], path: str, query: str, token: str) -> bytes:
    said: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "bench", "SERVER_PORT": "80",
        "wsgi.input": BytesIO(), "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http",
        "HTTP_AUTHORIZATION": f"Bearer {token}",
    }  # fmt: skip
    body = b"".join(app(environ, lambda status, headers, exc_info=None: said.append(status)))
    if not said[0].startswith("200"):
        raise RuntimeError(f"{path}?{query}: {said[0]} {body[:200]!r}")
    return body
