# SPDX-License-Identifier: GPL-2.0-or-later
"""A list asks its databases as often for ten rows as for two: no question per row."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import office
import pytest

from firmware.store.access import Access
from hil.benches.visitor import Visitor
from webui.app import make_app
from webui.box import Box

LISTS = (
    "/calls", "/recordings", "/messages", "/call-backs", "/phone-book", "/reports", "/reports?by=agent",
    "/reports?view=lines", "/history", "/users",
    "/api/v1/calls", "/api/v1/recordings", "/api/v1/voicemail/messages", "/api/v1/call-backs",
    "/api/v1/reports?by=agent", "/api/v1/reports/lines", "/api/v1/exports/calls", "/api/v1/agent-changes",
    "/api/v1/users", "/api/v1/erasures",
)  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement of every connection that is opened from now on."""
    statements: list[str] = []
    connect = sqlite3.connect

    def traced(*given: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*given, **options)
        connection.set_trace_callback(statements.append)
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced)
    return statements


@pytest.fixture
def visitor_of_lists(state: Path, asked: list[str]) -> Iterator[Visitor]:
    """The owner, past the sockets."""
    access = Access(state)
    box = Box.open(state)
    yield Visitor(make_app(box), access.open_session(access.user("owner")))
    box.history.close()


def fill(state: Path, calls: int, day: int) -> None:
    """Recorded calls, with a message each."""
    for n in range(calls):
        cdr = office.past_call(state, office.NOON + timedelta(days=day, minutes=n))
        office.recording_of(state, cdr)
        office.message_in(state, started_at=cdr.started_at)


def counts(visitor: Visitor, asked: list[str]) -> dict[str, int]:
    found = {}
    for address in LISTS:
        visitor.ask(address)  # what is kept is kept by now
        asked.clear()
        assert visitor.ask(address)[0] == 200, address
        found[address] = len(asked)
    return found


def test_more_rows_are_no_more_questions(state: Path, visitor_of_lists: Visitor, asked: list[str]) -> None:
    fill(state, 2, day=0)
    few = counts(visitor_of_lists, asked)
    fill(state, 8, day=1)
    assert counts(visitor_of_lists, asked) == few
