# SPDX-License-Identifier: GPL-2.0-or-later
"""Which channel is told of which alarm, and when."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from firmware.alarms.quiet import Quiet
from firmware.alarms.routing import due_at, wants
from firmware.config import ConfigInvalid, check

BERLIN = ZoneInfo("Europe/Berlin")
MAIL = {"name": "office", "mail": ["a@example.com"]}
CALL = {"name": "phone", "call": ["201"]}


def alarm(severity: str = "error", kind: str = "trunk:a") -> dict[str, str]:
    return {"kind": kind, "severity": severity}


@pytest.mark.parametrize(
    ("channel", "what", "raised", "expected"),
    [
        (MAIL, "raised", alarm("warning"), True),
        (MAIL, "cleared", alarm("warning"), True),
        (MAIL | {"cleared": False}, "cleared", alarm(), False),
        (MAIL | {"severity": "error"}, "raised", alarm("warning"), False),
        (MAIL | {"severity": "error"}, "raised", alarm("critical"), True),
        (MAIL | {"areas": ["trunks"]}, "raised", alarm(), True),
        (MAIL | {"areas": ["lines"]}, "raised", alarm(), False),
        (MAIL | {"areas": ["lines"]}, "raised", alarm(kind="quality:line:fxo1"), True),
        (CALL, "raised", alarm("error"), False),  # people are called for the worst only, unless they want more
        (CALL, "raised", alarm("critical"), True),
        (CALL | {"severity": "error"}, "raised", alarm("error"), True),
        (CALL, "cleared", alarm("critical"), False),
        (MAIL, "raised", alarm(kind="alarm_channel:office"), False),
        (MAIL, "raised", alarm(kind="alarm_channel:phone"), True),
    ],
)
def test_a_channel_is_told_of_what_it_wants(channel: dict, what: str, raised: dict, expected: bool) -> None:
    assert wants(channel, what, raised) is expected


@pytest.mark.parametrize(
    ("at", "over"),
    [("21:59", None), ("22:00", "2026-11-23 07:00"), ("23:30", "2026-11-23 07:00"), ("07:00", None),
     ("06:59", "2026-11-22 07:00")],
)  # fmt: skip
def test_quiet_hours_go_over_midnight(at: str, over: str | None) -> None:
    now = datetime.fromisoformat(f"2026-11-22 {at}").replace(tzinfo=BERLIN)
    found = Quiet.parse("22:00-07:00").over_at(now)
    assert (found and f"{found:%Y-%m-%d %H:%M}") == over


def test_quiet_hours_within_a_day() -> None:
    assert Quiet.parse("12:00-13:00").over_at(datetime(2026, 11, 22, 12, 30, tzinfo=BERLIN))
    assert not Quiet.parse("12:00-13:00").over_at(datetime(2026, 11, 22, 13, 30, tzinfo=BERLIN))


def test_the_worst_comes_through_in_quiet_hours() -> None:
    night = datetime(2026, 11, 22, 23, tzinfo=BERLIN)
    channel = MAIL | {"quiet": "22:00-07:00"}
    assert due_at(channel, alarm("critical"), night) == night
    assert due_at(channel, alarm("error"), night) == datetime(2026, 11, 23, 7, tzinfo=BERLIN)
    assert due_at(channel | {"quiet_severity": "error"}, alarm("error"), night) == night


MAIL_SERVER = {"server": "mail.example.com", "sender": "box@example.com"}


@pytest.mark.parametrize(
    ("channel", "paths"),
    [
        (MAIL, []),
        (CALL, []),
        ({"name": "x"}, [""]),
        (MAIL | {"call": ["201"]}, [""]),
        ({"name": "x", "webhook": "crm"}, ["webhook"]),
        (MAIL | {"quiet": "22:00"}, ["quiet"]),
        (MAIL | {"quiet": "22:00-22:00"}, ["quiet"]),
        (MAIL | {"areas": ["weather"]}, ["areas[0]"]),
        ({"name": "x", "snmp": {"server": "192.0.2.1"}}, ["snmp.community"]),
        ({"name": "x", "snmp": {"server": "192.0.2.1", "community": "public", "user": "u"}}, ["snmp.community"]),
        ({"name": "x", "snmp": {"server": "192.0.2.1", "user": "u", "privacy_password": "12345678"}},
         ["snmp.password"]),
        ({"name": "x", "snmp": {"server": "192.0.2.1:162", "user": "u", "password": "short"}}, ["snmp.password"]),
        ({"name": "x", "syslog": {"server": "log.example.com", "transport": "tls"}}, []),
        ({"name": "x", "syslog": {"server": "a b"}}, ["syslog.server"]),
        ({"name": "x", "call": ["ring me"]}, ["call[0]"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_channel_is_named(channel: dict, paths: list[str]) -> None:
    try:
        check({"mail": MAIL_SERVER, "alarm_channel": [channel]})
        found = []
    except ConfigInvalid as invalid:
        found = [problem.path.removeprefix("alarm_channel[0]").removeprefix(".") for problem in invalid.errors]
    assert found == paths


def test_mail_needs_a_server() -> None:
    with pytest.raises(ConfigInvalid, match="mail server"):
        check({"alarm_channel": [MAIL]})
