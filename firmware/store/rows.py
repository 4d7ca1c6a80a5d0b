# SPDX-License-Identifier: GPL-2.0-or-later
"""Records as rows of history.db, and back."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from firmware.records import (
    AgentCall,
    AgentChange,
    Alarm,
    CallBack,
    CallBackState,
    Cdr,
    Change,
    Direction,
    Disposition,
    LegRecord,
    Message,
    MessageState,
    OfferOutcome,
    Recording,
    RecordingState,
    Severity,
    Sms,
    SmsState,
    SurveyAnswer,
    TrailEvent,
)
from firmware.times import milliseconds, of_milliseconds, parse

CALL_TIMES = ("started_at", "answered_at", "ended_at")
"""Of `calls`: milliseconds since 1970 instead of text. They are in five indexes, and there are a million calls."""

Stored = Cdr | LegRecord | Recording | Alarm | Message | CallBack | SurveyAnswer | Sms


def columns(record: type[Stored]) -> tuple[str, ...]:
    """The columns of the record's table: its fields (recordings of a call are in their own table)."""
    return tuple(item.name for item in dataclasses.fields(record) if item.name != "recordings")


def values(record: Stored) -> dict[str, Any]:
    """Column values of a record."""
    found = {name: value for name, value in record.as_json().items() if name != "recordings"}
    if isinstance(record, Cdr):
        moments = ((name, getattr(record, name)) for name in CALL_TIMES)
        found |= {name: milliseconds(at) if at else None for name, at in moments}
    return {name: json.dumps(value) if isinstance(value, list) else value for name, value in found.items()}


def _time(text: str | None) -> datetime | None:
    return parse(text) if text else None


def cdr(row: sqlite3.Row, recordings: Iterable[str]) -> Cdr:
    fields = {name: row[name] for name in columns(Cdr)}
    fields |= {name: of_milliseconds(row[name]) if row[name] is not None else None for name in CALL_TIMES}
    fields["direction"] = Direction(row["direction"])
    fields["disposition"] = Disposition(row["disposition"]) if row["disposition"] else None
    return Cdr(**fields, recordings=tuple(recordings))


def trail_event(row: sqlite3.Row) -> TrailEvent:
    return TrailEvent(row["call"], parse(row["at"]), row["event"], json.loads(row["data"]))


def leg(row: sqlite3.Row) -> LegRecord:
    times = {name: _time(row[name]) for name in ("started_at", "ended_at")}
    return LegRecord(**{name: row[name] for name in columns(LegRecord)} | times)


def recording(row: sqlite3.Row) -> Recording:
    fields = {name: row[name] for name in columns(Recording)}
    fields |= {"started_at": parse(row["started_at"]), "archived_at": _time(row["archived_at"])}
    fields |= {"state": RecordingState(row["state"]), "masked": tuple(map(tuple, json.loads(row["masked"])))}
    return Recording(**fields)


def alarm(row: sqlite3.Row) -> Alarm:
    times = {name: _time(row[name]) for name in ("raised_at", "cleared_at", "acknowledged_at")}
    return Alarm(**{name: row[name] for name in columns(Alarm)} | times | {"severity": Severity(row["severity"])})


def message(row: sqlite3.Row) -> Message:
    fields = {name: row[name] for name in columns(Message)}
    return Message(**fields | {"started_at": parse(row["started_at"]), "state": MessageState(row["state"])})


def call_back(row: sqlite3.Row) -> CallBack:
    fields = {name: row[name] for name in columns(CallBack)}
    fields |= {name: _time(row[name]) for name in ("started_at", "since", "due_at", "wanted_at", "ended_at")}
    return CallBack(**fields | {"state": CallBackState(row["state"]), "refused": bool(row["refused"])})


def survey_answer(row: sqlite3.Row) -> SurveyAnswer:
    fields = {name: row[name] for name in columns(SurveyAnswer)}
    return SurveyAnswer(**fields | {"started_at": parse(row["started_at"])})


def survey_figure(row: sqlite3.Row) -> dict[str, Any]:
    """`mean` and `share` (of those who answered) are None when nobody did."""
    answered = row["answered"]
    return {
        **{name: row[name] for name in ("survey", "question", "asked", "answered", "satisfied")},
        "mean": round(row["mean"], 3) if answered else None,
        "share": round(row["satisfied"] / answered, 4) if answered else None,
    }


def agent_change(row: sqlite3.Row) -> AgentChange:
    fields = {item.name: row[item.name] for item in dataclasses.fields(AgentChange)}
    read = {"at": parse(row["at"]), "change": Change(row["change"]), "queues": tuple(row["queues"].split())}
    return AgentChange(**fields | read)


def agent_call(row: sqlite3.Row) -> AgentCall:
    fields = {item.name: row[item.name] for item in dataclasses.fields(AgentCall)}
    return AgentCall(**fields | {"at": parse(row["at"]), "outcome": OfferOutcome(row["outcome"])})


def sms(row: sqlite3.Row) -> Sms:
    """Of a row of `sms`."""
    fields = {name: row[name] for name in columns(Sms)}
    fields |= {name: _time(row[name]) for name in ("at", "sent_at", "delivered_at")}
    return Sms(**fields | {"direction": Direction(row["direction"]), "state": SmsState(row["state"])})
