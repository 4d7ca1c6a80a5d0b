# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of the board: how it is, the drill by hand, what is refused; alarms that are known."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import office
import pytest
from fake_core import CoreError, FakeCore
from web_client import Browser

from firmware import times
from firmware.records import Alarm, Severity
from firmware.store import history

REPORT = {
    "name": "simulated", "title": "Simulated board", "serial": "SIM-0001", "button": "idle",
    "leds": {"power": "on", "line": "on", "call": "off", "alarm": "slow", "update": "off"},
    "watchdog": {"timeout_s": 15.0, "fed": True}, "temperature_c": 45.0, "supply_v": 12.0, "fan": False,
    "lifeline": {"station": "fxs1", "line": "fxo1", "place": "card", "stuck": False}, "missing": {},
    "troubles": [{"kind": "hot", "severity": "warning", "text": "The box is too hot: 80 °C. Let air to it, and see "
                  "whether its fan turns."}],
}  # fmt: skip


def board(**more: Any) -> dict[str, Any]:
    drill = {"id": "1", "at": office.ago(3600), "kind": "drill", "result": "no_dial_tone", "by": "schedule"}
    return {"up": True, "report": REPORT, "drills": [drill], "moves": [], "resets": []} | more


@pytest.fixture
def with_board(core: FakeCore, live_url: str) -> FakeCore:
    core.answers |= {"board": board(), "board.drill": {}, "board.identify": {"seconds": 30.0}}
    return core


def test_an_installer_sees_how_the_board_is_in_words(with_board: FakeCore, owner: Browser) -> None:
    page = owner.get("/settings/board").text
    for said in ("SIM-0001", "blinks slowly", "45 °C", "12.0 V", "too hot: 80 °C", "No dial tone on the line"):
        assert said in page
    owner.submit("/language", "/settings/board", language="zh", next="/settings/board")
    assert "线路上没有拨号音" in owner.get("/settings/board").text


def test_a_machine_without_a_board_says_so(with_board: FakeCore, owner: Browser) -> None:
    with_board.answers["board"] = board(up=False, report=None, drills=[])
    page = owner.get("/settings/board").text
    assert "No board here" in page
    assert "Running since" in page
    assert re.search(r"<dt>Memory</dt><dd>[\d.,]+ [MG]B of [\d.,]+ [MG]B free</dd>", page)


def test_the_drill_and_the_leds_are_started_by_hand(with_board: FakeCore, owner: Browser) -> None:
    for what in ("drill", "identify"):
        assert owner.submit(f"/settings/board/{what}", "/settings/board").status == 303
        assert (f"board.{what}", {}) in with_board.asked


def test_a_reader_sees_the_board_and_finds_no_button(
    with_board: FakeCore, live_url: str, token: Callable[[str], str]
) -> None:
    reader = Browser(live_url, token=token("readonly"))
    page = reader.get("/settings/board")
    assert page.status == 200
    assert "/settings/board/drill" not in page.text.replace("/settings/board/drill-plan", "")
    assert reader.send("POST", "/api/v1/board/drill", {}).status == 403


def test_programs_drill_too_and_are_told_why_not(
    with_board: FakeCore, live_url: str, token: Callable[[str], str]
) -> None:
    program = Browser(live_url, token=token("admin"))
    assert program.send("POST", "/api/v1/board/drill", {}).status == 202
    assert program.get("/api/v1/board").json["report"]["serial"] == "SIM-0001"

    def refuse(params: dict[str, Any]) -> None:
        raise CoreError("in_use", "The lifeline cannot be drilled now: the box is in use.")

    with_board.answers["board.drill"] = refuse
    refused = program.send("POST", "/api/v1/board/drill", {})
    assert (refused.status, refused.json["error"]["code"]) == (409, "in_use")


def test_when_the_lifeline_is_drilled_is_set_in_a_form(with_board: FakeCore, owner: Browser) -> None:
    assert owner.get("/settings/board/drill-plan").status == 200


def test_an_alarm_is_known_once_somebody_says_so(with_board: FakeCore, state: Path, owner: Browser) -> None:
    alarm = Alarm("a1", "board:hot", Severity.WARNING, "The box is hot.", times.now())
    office.write(state, history.alarm_raised, alarm, False)
    with_board.answers["alarms.acknowledge"] = []
    assert "I know of it" in owner.get("/settings/alarms").text
    owner.submit("/settings/alarms/acknowledge", "/settings/alarms", id="a1")
    assert ("alarms.acknowledge", {"ids": ["a1"], "by": "owner"}) in with_board.asked
    office.write(state, history.alarms_acknowledged, ["a1"], times.now())
    page = owner.get("/settings/alarms").text
    assert "I know of it" not in page
    assert ">known<" in page
