# SPDX-License-Identifier: GPL-2.0-or-later
"""Each question of the reader follows an index: a year of calls answers as fast as a day."""

import contextlib
import itertools
import sqlite3
from datetime import UTC, datetime

import pytest

from firmware.store import queries

AT = datetime(2026, 1, 1, tzinfo=UTC)
SPANS = [
    queries.Span(since, until, after)
    for since, until, after in itertools.product((None, AT), (None, AT), (None, ("2026-01-01T00:00:00.000Z", "x")))
]
CHOICES = [None, "x"]
CHOSEN = list(itertools.product(CHOICES, repeat=3))
WITHIN = ["a", "b"]
"""The queues that somebody sees: pages of each, merged."""
WANTED = [
    *(queries.Wanted(*chosen) for chosen in itertools.product(CHOICES, repeat=4)),
    *(
        queries.Wanted(number=number, tag=tag, text=text, line="x", name="x", state="ready", held=True, long_s=5.0)
        for number, tag, text in itertools.product(CHOICES, repeat=3)
    ),
]
ALL = [
    *(queries.calls(span, *chosen) for span in SPANS for chosen in itertools.product(CHOICES, repeat=3)),
    *(
        queries.calls(span, *chosen, how)
        for span in SPANS
        for chosen in itertools.product(CHOICES, repeat=3)
        for how in ("answered", "abandoned")
    ),
    *(queries.recordings(span, wanted) for span in SPANS for wanted in WANTED),
    *(queries.calls(SPANS[-1], *chosen, how, WITHIN) for chosen in CHOSEN for how in (None, "answered", "abandoned")),
    *(queries.recordings(SPANS[-1], wanted, WITHIN) for wanted in WANTED),
    *(queries.messages(SPANS[-1], box, None, within) for box in CHOICES for within in (WITHIN, [])),
    *(queries.call_backs(SPANS[-1], queue, open_, WITHIN) for queue in CHOICES for open_ in (True, False)),
    *(queries.agent_changes(SPANS[-1], agent, within) for agent in CHOICES for within in (WITHIN, [])),
    *(queries.survey_figures(AT, AT, *chosen, 4, WITHIN) for chosen in itertools.product(CHOICES, repeat=2)),
    queries.ended_after(7, 10, WITHIN),
    *(queries.messages(span, *chosen) for span in SPANS for chosen in itertools.product(CHOICES, repeat=2)),
    *(queries.call_backs(span, *chosen) for span in SPANS for chosen in itertools.product(CHOICES, (True, False))),
    *(queries.agent_changes(span, agent) for span in SPANS for agent in CHOICES),
    queries.Query("SELECT * FROM agent_changes WHERE agent = ? AND at >= ?", ("x", "2026")),
    queries.Query("SELECT * FROM agent_changes WHERE agent = ? ORDER BY at DESC, id DESC LIMIT 1", ("x",)),
    queries.Query("SELECT * FROM agent_calls WHERE agent = ? AND at >= ?", ("x", "2026")),
    queries.Query("SELECT * FROM agent_calls WHERE talk_s IS NULL OR wrap_s IS NULL", ()),
    *(queries.by_id(table, "x") for table in ("calls", "recordings", "messages")),
    *(queries.of_call(table, "x") for table in ("trail", "legs", "survey_answers")),
    *(queries.survey_figures(AT, AT, *chosen, 4) for chosen in itertools.product(CHOICES, repeat=2)),
    queries.Query("SELECT * FROM call_backs WHERE ended_at IS NULL ORDER BY started_at, id", ()),
    queries.ended_after(7, 10),
    queries.Query("SELECT coalesce(max(seq), 0) + 1 FROM calls WHERE seq > 0", ()),
    queries.recordings_of(["x", "y"]),
    queries.calls_of(["x", "y"]),
    queries.alarms(True, 10),
    queries.alarms(False, 10),
    queries.Query("SELECT * FROM outbox WHERE parked IS NULL ORDER BY seq LIMIT ?", (100,)),
    queries.Query("SELECT count(*) FROM outbox WHERE parked IS NOT NULL", ()),
    queries.Query("SELECT * FROM calls WHERE ended_at IS NULL ORDER BY id", ()),
    queries.Query("SELECT * FROM recordings WHERE state = 'recording' ORDER BY id", ()),
    queries.Query("SELECT * FROM alarms WHERE kind = ? AND text = ? AND cleared_at IS NULL", ("x", "y")),
]


@pytest.fixture
def plan(state):
    with contextlib.closing(sqlite3.connect(state / "history.db")) as db:
        yield lambda query: [
            row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {query.sql}", query.parameters).fetchall()
        ]


def test_no_question_walks_a_table(plan):
    for query in ALL:
        for step in plan(query):
            walks = step.startswith("SCAN") and "USING" not in step and "VIRTUAL TABLE INDEX" not in step
            assert not walks or step.startswith("SCAN (subquery"), (query.sql, step)


FEW = ("UNION", "cleared_at IS NULL", " IN (", "WHERE call = ?")
"""Two pages merged (a number's two sides), standing alarms, the recordings of a page of calls or of one."""


def test_no_question_sorts_more_than_a_few_rows(plan):
    for query in ALL:
        sorts = any("TEMP B-TREE FOR ORDER BY" in step for step in plan(query))
        assert not sorts or any(few in query.sql for few in FEW), query.sql


@pytest.mark.parametrize(("filters", "index"), [((None, "x", None), "queue"), ((None, None, "x"), "agent")])
def test_a_filter_follows_its_own_index(plan, filters, index):
    steps = plan(queries.calls(queries.Span(), *filters))
    assert any(f"({index}=?" in step for step in steps), steps


def test_what_did_not_work_out_follows_its_own_index(plan):
    for queue in CHOICES:
        steps = plan(queries.calls(queries.Span(), None, queue, None, "abandoned"))
        assert any("(disposition=?" in step for step in steps), steps


def test_a_number_is_looked_up_on_both_sides(plan):
    steps = " ".join(plan(queries.calls(queries.Span(AT), "x", "x", "x")))
    assert "(from_number=?" in steps
    assert "(to_number=?" in steps


def test_each_form_of_a_number_is_looked_up_on_both_sides(plan):
    forms = ("+12015550123", "2015550123")
    for query in (queries.calls(queries.Span(), forms, None, None, within=WITHIN),
                  queries.recordings(queries.Span(), queries.Wanted(number=forms))):  # fmt: skip
        steps = plan(query)
        for side in ("from_number", "to_number"):
            assert sum(f"({side}=?" in step for step in steps) == len(forms), steps
        assert not any(step.startswith(("SCAN calls", "SCAN recordings")) for step in steps)


def test_who_sees_some_queues_walks_along_theirs(plan):
    for query in (queries.calls(queries.Span(), None, None, None, within=WITHIN),
                  queries.recordings(queries.Span(), queries.Wanted(), WITHIN),
                  queries.call_backs(queries.Span(), None, False, WITHIN)):  # fmt: skip
        steps = plan(query)
        assert sum("(queue=?" in step for step in steps) == len(WITHIN), steps
        assert not any("SCAN calls" in step or "SCAN recordings" in step for step in steps)
