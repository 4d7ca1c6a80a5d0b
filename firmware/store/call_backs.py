# SPDX-License-Identifier: GPL-2.0-or-later
"""Call-backs and answers to surveys in history.db: what `HistoryWriter` runs, as in `history.py`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from firmware.records import CallBack, SurveyAnswer
from firmware.store import outbox, rows
from firmware.store.history import upsert


def saved(db: sqlite3.Connection, call_back: CallBack, cloud: bool) -> None:
    """As it is now; the cloud is told of its end."""
    upsert(db, "call_backs", call_back)
    if call_back.ended_at:
        outbox.put_event(db, "tipring.call_back.ended", call_back.id, call_back.as_json(), call_back.ended_at, cloud)


def open_ones(db: sqlite3.Connection) -> list[CallBack]:
    """Those that are still to be kept, oldest first."""
    found = db.execute("SELECT * FROM call_backs WHERE ended_at IS NULL ORDER BY started_at, id")
    return [rows.call_back(row) for row in found]


def surveyed(db: sqlite3.Connection, answers: Iterable[SurveyAnswer], cloud: bool) -> None:
    """All answers of one caller."""
    given = list(answers)
    names = rows.columns(SurveyAnswer)
    places = ", ".join(f":{name}" for name in names)
    db.executemany(
        f"INSERT INTO survey_answers ({', '.join(names)}) VALUES ({places})",  # noqa: S608
        [rows.values(answer) for answer in given],
    )
    if given:
        told, at = survey_json(given), given[0].started_at
        outbox.put_event(db, "tipring.survey.answered", given[0].call, told, at, cloud)


def survey_json(answers: list[SurveyAnswer]) -> dict[str, object]:
    """A caller's answers, as the cloud is told."""
    first = answers[0].as_json()
    scores = {answer.question: answer.score for answer in answers}
    return {name: first[name] for name in ("call", "survey", "queue", "agent", "started_at")} | {"scores": scores}
