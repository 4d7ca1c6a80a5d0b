# SPDX-License-Identifier: GPL-2.0-or-later
"""The way of a call as a picture one can follow."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from plans import GERMANY, PLAN, plan

from firmware.config import Config
from firmware.routing.simulate import Question, drawn, simulate

MONDAY, SUNDAY = datetime(2026, 11, 23, 10), datetime(2026, 11, 22, 20)
MENUS: dict[str, Any] = {
    "ivr": [
        {"name": "main", "digits": {"1": "queue:support", "2": "ivr:more", "9": "repeat"}, "timeout": "extension:201"},
        {"name": "more", "digits": {"1": "ivr:main"}},
    ],
    "route": [{"line": "fxo1", "schedule": "day", "to": "ivr:main"}, {"line": "fxo1", "to": "voicemail:201"}],
    "extension": [PLAN["extension"][0] | {"voicemail": True, "forward_busy": "202"}, *PLAN["extension"][1:]],
}


def lines(box: Any, depth: int = 0) -> list[str]:
    """One line for each lead, indented."""
    told = []
    for lead in box.leads:
        mark = "*" if lead.taken else " "
        told.append(f"{'  ' * depth}{mark}{lead.when} {lead.what}> {lead.to.place}{' …' if lead.to.again else ''}")
        told += lines(lead.to, depth + 1)
    return told


def way(config: Config, at: datetime = MONDAY, **asked: str) -> list[str]:
    return lines(drawn(config, simulate(config, GERMANY, Question(at, **asked))))


def test_by_day_a_caller_can_follow_each_key() -> None:
    assert way(plan(**MENUS), line="fxo1") == [
        "*open day> ivr:main",
        "   key 1> queue:support",
        "     after 300> extension:201",
        "       busy > extension:202",
        "       after 20> voicemail:201",
        "   key 2> ivr:more",
        "     key 1> ivr:main …",
        "     nothing > hangup",
        "   key 9> repeat",
        "   nothing > extension:201 …",
        " other > voicemail:201",
    ]


def test_on_sunday_evening_the_other_route_is_taken() -> None:
    assert way(plan(**MENUS), SUNDAY, line="fxo1") == [" open day> ivr:main", "*other > voicemail:201"]


def test_a_call_that_goes_out_shows_each_way_it_tries() -> None:
    assert way(plan(), caller="201", number="030123") == [
        "*then > external:030123", "   try +4930123> trunk:dear", "   try +4930123> trunk:cheap",
        "   try 30123> trunk:lines",
    ]  # fmt: skip
    assert way(plan(), caller="203", number="030123") == ["*then > refused"]


def test_a_line_that_nobody_answers_now_takes_none_of_its_routes() -> None:
    assert way(plan(), SUNDAY, line="fxo2") == [" open day> queue:support"]
