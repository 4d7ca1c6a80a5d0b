# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports go out by themselves, to a real SMTP server, of the day, week or month that has ended."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from firmware.config import ConfigInvalid, check
from firmware.reports import periods
from firmware.reports.clock import SiteClock
from firmware.store.connect import open_for_writing, transaction
from firmware.store.history import History
from firmware.uplink import report_mail
from firmware.uplink.report_mail import ReportMailer
from tests.reports import october
from tests.uplink.mail_server import Server

BERLIN = SiteClock(ZoneInfo("Europe/Berlin"))
BOSS = "boss@example.com"


def at(text: str) -> datetime:
    return october.when(text)


@pytest.fixture
def look(tmp_path: Path, address: str) -> Iterator[Callable[..., list[str]]]:
    """Looks for reports at a moment; the kinds of alarms that stand then."""
    path = tmp_path / "history.db"
    mailer = ReportMailer(tmp_path, retry_s=(0.0, 0.0))
    with contextlib.closing(open_for_writing(path)) as db, contextlib.closing(History(path)) as history:
        with transaction(db, path):
            october.write(db)

        def make(moment: str, mail: dict[str, Any] | None = None, **settings: Any) -> list[str]:
            report = {"name": "daily", "to": [BOSS], "every": "day", "at": "07:00"} | settings
            server = {"server": address, "security": "none", "sender": "box@example.com"}
            site = {"name": "Praxis", "timezone": "Europe/Berlin"}
            document = october.DOCUMENT | {"site": site, "mail": mail or server, "report": [report]}
            check(document, None)
            mailer.look(db, document, at(moment))
            return [alarm.kind for alarm in history.alarms()]

        yield make


@pytest.mark.parametrize(
    ("every", "now", "first", "end"),
    [
        ("day", "10-02 07:00", "2026-10-01", "2026-10-02"),
        ("day", "10-02 06:59", "2026-09-30", "2026-10-01"),
        ("day", "10-26 07:00", "2026-10-25", "2026-10-26"),
        ("week", "10-05 07:00", "2026-09-28", "2026-10-05"),  # a Monday
        ("week", "10-05 06:59", "2026-09-21", "2026-09-28"),
        ("week", "10-11 23:59", "2026-09-28", "2026-10-05"),
        ("month", "11-01 07:00", "2026-10-01", "2026-11-01"),
        ("month", "11-01 06:00", "2026-09-01", "2026-10-01"),
    ],
)
def test_periods_end_at_midnight_and_are_due_at_their_hour(every: Any, now: str, first: str, end: str) -> None:
    assert periods.last(every, time(7), BERLIN, at(now)) == (date.fromisoformat(first), date.fromisoformat(end))


def test_a_day_is_sent_once_with_its_table_and_its_sheet(look: Callable[..., Any], server: Server) -> None:
    look("10-01 12:00")
    assert server.mails == []  # the day before is not asked for
    look("10-02 06:59")
    look("10-02 07:00")
    look("10-02 07:01")
    (mail,) = server.mails
    assert mail["Subject"] == "daily: 2026-10-01 · Praxis"
    assert mail["To"] == BOSS
    assert mail["Message-ID"] == "<report-daily-2026-10-02@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    html = mail.get_body(("html",))
    assert html
    assert "Service level (of answered)" in html.get_content()
    assert "66.7 %" in html.get_content()  # support: 10 and 20 s, not 21
    plain = mail.get_body(("plain",))
    assert plain
    assert "Offered: 8" in plain.get_content()
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "daily-2026-10-01.csv"
    rows = list(csv.DictReader(io.StringIO(attached.get_content())))
    assert [(row["key"], row["offered"]) for row in rows] == [("sales", "2"), ("support", "6"), ("total", "8")]


def test_a_month_in_chinese_by_day(look: Callable[..., Any], server: Server) -> None:
    month = {"every": "month", "by": "day", "language": "zh", "name": "monat"}
    look("10-15 12:00", **month)
    look("11-01 07:00", **month)
    (mail,) = server.mails
    assert mail["Subject"] == "monat: 2026-10-01 – 2026-10-31 · Praxis"
    html = mail.get_body(("html",))
    assert html
    assert "服务水平" in html.get_content()


def test_what_fell_due_while_the_box_was_off_is_sent_the_newest_only(look: Callable[..., Any], server: Server) -> None:
    look("10-01 12:00")
    look("10-07 12:00")
    assert [mail["Subject"] for mail in server.mails] == ["daily: 2026-10-06 · Praxis"]


def test_a_server_that_is_away_is_tried_again(look: Callable[..., Any], server: Server) -> None:
    look("10-01 12:00")
    server.answer_to_mail = "451 later"
    alarms = [look("10-02 07:00"), look("10-02 07:01"), look("10-02 07:02")]
    assert alarms == [[], [], ["report_unsent:daily"]]
    server.answer_to_mail = "250 OK"
    assert look("10-02 07:03") == []
    assert len(server.mails) == 1


def test_an_address_that_is_refused_is_told_and_not_tried_again(look: Callable[..., Any], server: Server) -> None:
    look("10-01 12:00")
    server.answer_to_recipient = "550 no such mailbox"
    assert look("10-02 07:00") == ["report_unsent:daily"]
    server.answer_to_recipient = "250 OK"
    look("10-02 07:01")
    assert server.mails == []
    assert look("10-03 07:00") == []  # the next one
    assert len(server.mails) == 1


def test_the_mailer_of_the_uplink_looks_by_itself(tmp_path: Path, address: str, server: Server) -> None:
    from firmware import times
    from firmware.store.config_db import ConfigDb
    from tests.uplink.conftest import until

    yesterday = times.now() - timedelta(days=2)
    ConfigDb(tmp_path).apply(
        {
            "site": {"timezone": "UTC"},
            "mail": {"server": address, "security": "none", "sender": "box@example.com"},
            "report": [{"name": "daily", "to": [BOSS], "at": "00:00"}],
        },
        "test",
    )
    History(tmp_path / "history.db").close()
    path = tmp_path / "history.db"
    with contextlib.closing(open_for_writing(path)) as db:
        db.execute(
            "INSERT INTO uplink (key, value) VALUES (?, ?)",
            (f"{report_mail.KEY}daily", f'{{"until": "{yesterday:%Y-%m-%d}"}}'),
        )
    mailer = ReportMailer(tmp_path, look_s=0.02)
    mailer.start()
    until(lambda: server.mails, "the report")
    mailer.stop()
    html = server.mails[0].get_body(("html",))
    assert html
    assert "No calls in this time." in html.get_content()


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"to": []}, "report[0].to"),
        ({"to": ["nobody"]}, "report[0].to[0]"),
        ({"at": "25:00"}, "report[0].at"),
        ({"queue": "sails"}, "report[0].queue"),
        ({"every": "year"}, "report[0].every"),
    ],
)
def test_a_report_that_cannot_be_sent_is_refused(settings: dict[str, Any], path: str) -> None:
    mail = {"server": "mail.example.com", "sender": "box@example.com"}
    report = {"name": "daily", "to": [BOSS]} | settings
    with pytest.raises(ConfigInvalid) as refused:
        check(october.DOCUMENT | {"mail": mail, "report": [report]}, None)
    assert path in [problem.path for problem in refused.value.errors]


def test_a_report_needs_a_mail_server() -> None:
    with pytest.raises(ConfigInvalid, match=r"\[mail\]"):
        check({"report": [{"name": "daily", "to": [BOSS]}]}, None)
