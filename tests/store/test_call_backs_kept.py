# SPDX-License-Identifier: GPL-2.0-or-later
"""Promises to call back, and what callers thought, outlive whoever noted them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from firmware.records import CallBack, CallBackState, SurveyAnswer
from firmware.store import call_backs
from firmware.store.history import History
from firmware.store.outbox import pending
from firmware.store.writer import HistoryWriter

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)


def call_back(n: int, **known) -> CallBack:
    at = AT + timedelta(minutes=n)
    return CallBack(f"id{n}", "support", f"555000{n}", at, at - timedelta(minutes=5), at, **known)


def answers(call: str, *scores: int | None, **known) -> list[SurveyAnswer]:
    return [SurveyAnswer(call, "happy", f"q{n}", score, AT, **known) for n, score in enumerate(scores, 1)]


def test_those_that_are_still_to_be_kept_come_back_after_a_restart(state):
    writer = HistoryWriter(state / "history.db")
    one, two = call_back(1, name="Anna", language="zh", refused=True), call_back(2)
    for item in (one, two, replace(one, tries=1, reason="busy")):
        writer.submit(call_backs.saved, item, True).result(5)
    writer.submit(call_backs.saved, replace(two, state=CallBackState.KEPT, ended_at=AT), True).result(5)
    assert writer.submit(call_backs.open_ones).result(5) == [replace(one, tries=1, reason="busy")]
    (told,) = writer.submit(pending, 10).result(5)
    assert (told.type, told.data["state"]) == ("tipring.call_back.ended", "kept")
    writer.close()
    history = History(state / "history.db")
    assert [item.id for item in history.call_backs().items] == ["id2", "id1"]
    assert [item.id for item in history.call_backs("support", open_only=True).items] == ["id1"]


def test_figures_of_a_survey_by_hand(state):
    writer = HistoryWriter(state / "history.db")
    for caller in (
        answers("a", 5, 4, queue="support", agent="alice"),
        answers("b", 2, None, queue="support", agent="bob"),
        answers("c", None, queue="sales", agent="alice"),
    ):
        writer.submit(call_backs.surveyed, caller, False).result(5)
    writer.close()
    history = History(state / "history.db")
    day = (AT, AT + timedelta(days=1))
    one, two = history.survey_figures(*day)
    assert one == {
        "survey": "happy", "question": "q1", "asked": 3, "answered": 2, "satisfied": 1, "mean": 3.5, "share": 0.5,
    }  # fmt: skip
    assert (two["asked"], two["answered"], two["mean"], two["share"]) == (2, 1, 4.0, 1.0)
    (bob, _) = history.survey_figures(*day, "support", "bob")
    assert (bob["asked"], bob["mean"], bob["share"]) == (1, 2.0, 0.0)
    (nobody,) = history.survey_figures(*day, "sales", "alice")
    assert (nobody["answered"], nobody["mean"], nobody["share"]) == (0, None, None)
    assert history.survey_figures(day[1], day[1] + timedelta(days=1)) == []
    assert [answer.score for answer in history.survey_answers_of("a")] == [5, 4]
