# SPDX-License-Identifier: GPL-2.0-or-later
"""How calls sounded, by line, trunk and agent; each score is a call of a hand."""

import contextlib
import sqlite3
from datetime import timedelta

import pytest

from firmware.ids import uuid7
from firmware.records import Cdr, Direction, Disposition
from firmware.reports import lines
from firmware.reports.report import report
from firmware.store import history as told
from firmware.store import migrations
from firmware.store.connect import open_for_writing
from firmware.store.history import History
from tests.reports import october

SCORES = [  # line, trunk, agent, score
    ("fxo1", None, "alice", 4.4), ("fxo1", None, "alice", 3.6), ("fxo1", None, "bob", 3.5), ("fxo1", None, "bob", 2.1),
    ("fxo2", None, "bob", None), (None, "provider", None, 4.2),
]  # fmt: skip


def _write(db):
    calls = []
    for n, (line, trunk, agent, mos) in enumerate(SCORES):
        began = october.when("10-01 09:00") + timedelta(minutes=n)
        call = Cdr(
            uuid7(), Direction.INBOUND, "5551234", "", "600", began, line, trunk, agent=agent,
            answered_at=began, ended_at=began + timedelta(minutes=5), talk_s=300.0, mos=mos,
            disposition=Disposition.ANSWERED,
        )  # fmt: skip
        told.call_ended(db, call, cloud=False)
        calls.append(call)
    return calls


@pytest.fixture
def path(tmp_path):
    return tmp_path / "history.db"


@pytest.fixture
def calls(path):
    migrations.ensure(path)
    with contextlib.closing(open_for_writing(path)) as db:
        return _write(db)


def test_lines_tell_how_their_calls_sounded_and_which_was_worst(path, calls, office, chosen):
    with contextlib.closing(History(path)) as history:
        found = history.read(lines.occupancy, chosen(), office)
    fxo1, fxo2 = found["lines"]
    assert {name: fxo1[name] for name in ("judged", "mos", "poor", "poor_share", "worst_mos", "worst_call")} == {
        "judged": 4, "mos": 3.4, "poor": 2, "poor_share": 0.5, "worst_mos": 2.1, "worst_call": calls[3].id,
    }  # fmt: skip
    assert (fxo2["judged"], fxo2["mos"], fxo2["poor_share"], fxo2["worst_call"]) == (0, None, None, None)
    (provider,) = found["trunks"]
    assert (provider["mos"], provider["poor_share"], provider["worst_call"]) == (4.2, 0.0, calls[5].id)
    assert found["all_lines"]["judged"] == 4


def test_the_worst_call_is_not_named_once_it_is_erased(path, calls, office, chosen):
    with contextlib.closing(open_for_writing(path)) as db:
        db.execute("DELETE FROM calls WHERE id = ?", (calls[3].id,))
    with contextlib.closing(History(path)) as history:
        fxo1 = history.read(lines.occupancy, chosen(), office)["lines"][0]
    assert (fxo1["worst_mos"], fxo1["worst_call"]) == (2.1, None)


def test_every_report_of_calls_has_the_mean_and_the_share_of_bad_ones(path, calls, office, chosen):
    with contextlib.closing(History(path)) as history:
        found = history.read(report, chosen(of="calls", by="agent"), office, october.when("11-20 12:00"))
    assert {row["key"]: (row["judged"], row["mos"], row["poor_share"]) for row in found.rows} == {
        "alice": (2, 4.0, 0.0), "bob": (2, 2.8, 1.0), None: (1, 4.2, 0.0),
    }  # fmt: skip
    assert (found.total["mos"], found.total["poor_share"]) == (3.56, 0.4)


def test_calls_that_were_judged_before_reports_told_it_are_in_them_after_the_update(path, calls, office, chosen):
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE facts DROP COLUMN mos")
        for column in ("judged", "score", "poor", "worst", "worst_at", "worst_call"):
            db.execute(f"ALTER TABLE line_hours DROP COLUMN {column}")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'sound_of_lines'")
        db.execute("PRAGMA user_version = 27")
        db.commit()
    migrations.ensure(path)
    with contextlib.closing(History(path)) as history:
        fxo1 = history.read(lines.occupancy, chosen(), office)["lines"][0]
    assert (fxo1["judged"], fxo1["worst_call"]) == (4, calls[3].id)
