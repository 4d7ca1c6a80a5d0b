# SPDX-License-Identifier: GPL-2.0-or-later
"""What lines carried, against looking at every moment, whether hours were summed up before or not."""

import contextlib
import dataclasses
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware.store import facts, line_hours, migrations
from firmware.store.connect import open_for_writing
from firmware.store.line_sound import Sound
from firmware.times import HOUR_MS

STEP_MS = 7 * 60_000
DAYS = 4
STEPS = DAYS * 24 * HOUR_MS // STEP_MS
BEGAN = st.integers(0, STEPS)
CALLS = st.lists(
    st.tuples(
        BEGAN, st.integers(1, 40), st.sampled_from(("fxo1", "fxo2", None)), st.sampled_from((None, "provider")),
        st.sampled_from((None, 440, 360, 359, 210)),
    ),
    max_size=40,
).map(lambda them: [(began * STEP_MS, (began + length) * STEP_MS, *more) for began, length, *more in them])  # fmt: skip
several = settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture
def db(tmp_path):
    migrations.ensure(tmp_path / "history.db")
    with contextlib.closing(open_for_writing(tmp_path / "history.db")) as connection:
        yield connection


def tell(db, number, call):
    began, ended, line, trunk, mos = call
    fact = facts.Fact(began, number, 0, "inbound", line=line, trunk=trunk, busy_ms=ended - began, mos=mos)
    db.execute(facts.INSERT, dataclasses.asdict(fact))


def carriers(call):
    _, _, line, trunk, _ = call
    return [("line", line), line_hours.ALL_LINES] * (line is not None) + [("trunk", trunk)] * (trunk is not None)


def looked_at(calls, since, until):
    """The same as `traffic`, minute by minute of the steps that there are."""
    found = {}
    for carrier in {name for call in calls for name in carriers(call)}:
        mine = [call[:2] for call in calls if carrier in carriers(call) and call[0] < until and call[1] > since]
        moments = [sum(began <= at < ended for began, ended in mine) for at in range(since, until, STEP_MS // 7)]
        if mine:
            within = [(max(began, since), min(ended, until)) for began, ended in mine]
            hours = {
                hour: sum(max(0, min(e, (hour + 1) * HOUR_MS) - max(b, hour * HOUR_MS)) for b, e in within)
                for hour in range(since // HOUR_MS, until // HOUR_MS + 1)
            }
            busiest = max(hours, key=lambda hour: hours[hour])
            found[carrier] = line_hours.Traffic(
                sum(began >= since for began, _ in mine), max(moments),
                sum(ended - began for began, ended in within), hours[busiest], busiest,
                heard([
                    (call[4], call[0], number) for number, call in enumerate(calls)
                    if carrier in carriers(call) and since <= call[0] < until and call[4]
                ]),
            )  # fmt: skip
    return found


def heard(scores):
    """Of pairs of a score, when the call began and which it was."""
    poor = sum(score < 360 for score, _, _ in scores)
    return Sound(len(scores), sum(score for score, _, _ in scores), poor, min(scores, default=None))


@several
@given(CALLS, BEGAN, BEGAN, st.integers(0, 2 * DAYS))
def test_a_span_is_told_alike_however_much_of_it_is_summed_up(db, calls, one, other, chunks):
    since, until = sorted((one * STEP_MS, other * STEP_MS))
    until += STEP_MS
    db.execute("DELETE FROM facts")
    db.execute("DELETE FROM line_hours")
    for number, call in enumerate(calls):
        tell(db, number, call)
    for _ in range(chunks):
        line_hours.sum_up(db, (DAYS + 3) * 24 * HOUR_MS)
    assert line_hours.traffic(db, since, until) == looked_at(calls, since, until)


def test_a_call_that_becomes_known_late_is_counted(db):
    later = 10 * 24 * HOUR_MS
    first, last = (0, HOUR_MS, "fxo1", None, None), (later, later + HOUR_MS, "fxo1", None, None)
    for number, call in enumerate((first, last)):
        tell(db, number, call)
    while line_hours.sum_up(db, later):
        pass
    late = (2 * HOUR_MS, 4 * HOUR_MS, "fxo1", None, None)
    tell(db, 2, late)
    line_hours.forget(db, late[0])
    line_hours.sum_up(db, later)
    assert line_hours.traffic(db, 0, later)["line", "fxo1"].calls == 2


def test_years_without_a_call_are_not_walked(db):
    """A box without a clock took a call in 1970."""
    now = 56 * 365 * 24 * HOUR_MS
    for number, at in enumerate((0, now)):
        tell(db, number, (at, at + HOUR_MS, "fxo1", None, None))
    tries = itertools.takewhile(lambda _: line_hours.sum_up(db, now + 48 * HOUR_MS), range(10))
    assert len(list(tries)) < 5
    assert line_hours.traffic(db, now, now + 2 * HOUR_MS)["line", "fxo1"].busy_ms == HOUR_MS


def test_the_hours_after_the_last_call_are_not_summed_up_for_nothing(db):
    tell(db, 0, (0, HOUR_MS, "fxo1", None, None))
    assert not line_hours.sum_up(db, HOUR_MS)
