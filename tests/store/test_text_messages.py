# SPDX-License-Identifier: GPL-2.0-or-later
"""Text messages in history.db: parts put together once, reports counted, PINs remembered."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.records import Direction, Sms, SmsState
from firmware.store import migrations, sms
from firmware.store.connect import open_for_writing

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "history.db"
    migrations.ensure(path)
    connection = open_for_writing(path)
    yield connection
    connection.close()


def part(number: int, text: str, reference: int = 7, at: datetime = AT) -> sms.Incoming:
    return sms.Incoming("mobile", "+491", text, f"pdu {reference} {number} {text}", at, (reference, 3, number))


def test_parts_are_one_message_in_whatever_order_they_come_and_each_counts_once(db: sqlite3.Connection) -> None:
    assert sms.received(db, part(3, "c"), False) is None
    assert sms.received(db, part(1, "a"), False) is None
    assert sms.received(db, part(1, "a"), False) is None  # the modem was read again
    whole = sms.received(db, part(2, "b"), False)
    assert whole
    assert (whole.text, whole.number, whole.parts) == ("abc", "+491", 3)
    assert sms.received(db, part(2, "b"), False) is None
    assert [one.text for one in sms.newest(db, None, 10)] == ["abc"]


def test_parts_that_never_come_are_marked_after_a_day(db: sqlite3.Connection) -> None:
    sms.received(db, part(2, "b"), False)
    assert sms.overdue(db, AT + timedelta(hours=23), False) == []
    assert [one.text for one in sms.overdue(db, AT + timedelta(hours=25), False)] == ["[…]b[…]"]
    assert sms.overdue(db, AT + timedelta(hours=26), False) == []


@pytest.mark.parametrize("quick", [False, True])
def test_a_message_is_delivered_when_all_its_parts_are(db: sqlite3.Connection, quick: bool) -> None:
    """Also when the reports are quicker than the modem's own answer."""
    sent = Sms("s1", Direction.OUTBOUND, "mobile", "+491", "x", AT, SmsState.SENT, parts=2, sent_at=AT)
    if not quick:
        sms.saved(db, sent, False)
    for reference in (254, 255):
        sms.part_sent(db, "mobile", reference, "s1")
    sms.reported(db, "mobile", 254, "delivered", AT, False)
    sms.reported(db, "mobile", 255, "delivered", AT, False)
    if quick:
        sms.saved(db, sent, False)
    assert [one.state for one in sms.newest(db, None, 10)] == [SmsState.DELIVERED]


def test_one_part_that_failed_fails_the_message_and_webhooks_are_told(db: sqlite3.Connection) -> None:
    sms.saved(db, Sms("s1", Direction.OUTBOUND, "m", "+491", "x", AT, SmsState.SENT, parts=2, sent_at=AT), True)
    sms.part_sent(db, "m", 1, "s1")
    found = sms.reported(db, "m", 1, "failed", AT, True)
    assert found
    assert found.state is SmsState.FAILED
    assert [row["type"] for row in db.execute("SELECT type FROM outbox")] == ["tipring.sms.ended"]


def test_a_refused_pin_is_remembered(db: sqlite3.Connection) -> None:
    assert sms.refused_pin(db, "m") == ""
    sms.pin_tried(db, "m", "abc")
    assert sms.refused_pin(db, "m") == "abc"
