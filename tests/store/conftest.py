# SPDX-License-Identifier: GPL-2.0-or-later
"""A fresh state directory, copied from one that was migrated once, and records to fill it."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest

from firmware.ids import uuid7
from firmware.records import Cdr, Direction, Disposition, Recording
from firmware.store.connect import open_for_writing
from firmware.store.history import History

START = datetime(2026, 11, 22, 8, 0, 0, tzinfo=UTC)


@pytest.fixture
def db(state):
    """A connection for writing to history.db."""
    with contextlib.closing(open_for_writing(state / "history.db")) as connection:
        yield connection


@pytest.fixture
def history(state):
    reader = History(state / "history.db")
    yield reader
    reader.close()


@pytest.fixture
def cdr():
    """Makes the CDR of a call that began `minute` minutes after eight."""

    def make(minute=0, **fields) -> Cdr:
        started_at = START + timedelta(minutes=minute)
        known = {"from_number": "5550100", "from_name": "Ann", "to_number": "600", "queue": "support", "line": "fxo1"}
        return Cdr(**{"id": uuid7(), "direction": Direction.INBOUND, "started_at": started_at} | known | fields)

    return make


@pytest.fixture
def ended(cdr):
    """Makes the CDR of a call that was answered and ended a minute later."""

    def make(minute=0, **fields) -> Cdr:
        began = cdr(minute)
        known = {
            "answered_at": began.started_at,
            "ended_at": began.started_at + timedelta(minutes=1),
            "disposition": Disposition.ANSWERED,
            "hangup_cause": 16,
            "hangup_by": "caller",
            "agent": "alice",
            "wait_s": 2.5,
            "talk_s": 57.5,
        }
        return cdr(minute, **known | fields)

    return make


@pytest.fixture
def recording():
    """Makes a recording of a call, begun with it."""

    def make(call: Cdr, **fields) -> Recording:
        id = uuid7()
        return Recording(id, call.id, f"{id}.wav", call.started_at, **fields)

    return make
