# SPDX-License-Identifier: GPL-2.0-or-later
"""No report walks a table: each follows an index to its span."""

import contextlib
import itertools
import sqlite3

import pytest

from firmware.reports import agents, export
from firmware.reports.choice import FILTERS, By, Of
from firmware.reports.tally import FIGURES, Query, query
from firmware.store import line_hours, line_sound

EXPORTS = [
    Query(export.BEGUN.format(""), (0, "", 1, 500)),
    Query(export.BEGUN.format("AND +queue IN (?, ?) "), (0, "", 1, "a", "b", 500)),
    Query(export.CHANGED, ("2026", "", "2027", 500)),
    Query(export.AUDIO.format("?, ?"), ("a", "b")),
    Query(export.TRAIL.format("?, ?"), ("a", "b")),
    Query(line_hours.CALLS, (0, 1)),
    Query(line_hours.SUMS, (0, 1)),
    Query(line_hours.BUSIEST, (0, 1)),
    Query(line_hours.WORST, (0, 1)),
    Query(line_sound.OF_HOURS, (0, 1, 0, 1)),
    Query(line_sound.BEGUN_AT, (0,)),
    Query(line_hours.NEXT, (0,)),
    *(
        Query(agents.CALLS.format(more), ("a", "2026", "2027", *["x"] * (more != "")))
        for more in ("", "AND queue IN (?)")
    ),
    Query(agents.CHANGES, ("a", "2026", "2027")),
    Query(agents.NEXT, ("a", "2026")),
    Query(agents.NOW, ("a",)),
]


@pytest.fixture
def plan(folder):
    with contextlib.closing(sqlite3.connect(folder / "history.db")) as db:
        yield lambda asked: [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {asked.sql}", asked.parameters)]


def test_every_report_follows_the_span(plan, chosen, office):
    for of, by, name in itertools.product(Of, By, (None, *FILTERS)):
        asked = query(chosen(of=of, by=by, **({name: "x"} if name else {})), office, FIGURES[of])
        assert plan(asked)[0].startswith("SEARCH facts USING PRIMARY KEY (at>? AND at<?"), asked.sql


@pytest.mark.parametrize("asked", EXPORTS, ids=lambda asked: asked.sql[:60])
def test_exports_agents_and_lines_follow_an_index(plan, asked):
    assert all(not step.startswith("SCAN") for step in plan(asked)), plan(asked)


def test_agents_are_found_by_steps_along_the_index(plan):
    for table in ("agent_calls", "agent_changes"):
        steps = plan(Query(agents.EVERYBODY.format(table), ()))
        assert any(f"SEARCH {table}" in step for step in steps)
        assert not any(step == f"SCAN {table}" for step in steps), steps
