# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports and exports as scripts and people get them, of October 2026 (tests/reports/october.py)."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from web_client import Browser

from firmware.ids import uuid7
from firmware.records import Cdr, Direction, Disposition
from firmware.store import history
from firmware.store.connect import open_for_writing, transaction
from tests.reports import october
from webui.api import exports

Token = Callable[[str], str]
OCTOBER = "since=2026-10-01&until=2026-10-31"


@pytest.fixture
def script(state: Path, url: str, token: Token) -> Browser:
    path = state / "history.db"
    with contextlib.closing(open_for_writing(path)) as db, transaction(db, path):
        october.write(db)
    return Browser(url, token("readonly"))


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_report_is_json_or_a_sheet(script: Browser) -> None:
    report = script.get(f"/api/v1/reports?{OCTOBER}&by=queue").json
    assert (report["timezone"], report["of"], report["by"]) == ("Europe/Berlin", "queues", "queue")
    assert [row["key"] for row in report["rows"]] == ["sales", "support"]
    assert report["total"]["offered"] == 21
    assert report["call_backs"] == {
        "asked": 0, "kept": 0, "failed": 0, "cancelled": 0, "open": 0, "kept_share": None
    }  # fmt: skip
    assert report["surveys"] == []
    sheet = script.get(f"/api/v1/reports?{OCTOBER}&by=queue&format=csv")
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    assert [(row["key"], row["offered"]) for row in table(sheet.text)] == [
        ("sales", "5"), ("support", "16"), ("total", "21")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "by", ["agent", "line", "trunk", "direction", "disposition", "hour", "weekday", "day", "month"]
)
@pytest.mark.parametrize("of", ["queues", "calls"])
def test_every_report_can_be_had(script: Browser, of: str, by: str) -> None:
    report = script.get(f"/api/v1/reports?{OCTOBER}&of={of}&by={by}").json
    assert report["rows"]
    assert table(script.get(f"/api/v1/reports?{OCTOBER}&of={of}&by={by}&format=csv").text)[-1]["key"] == "total"


def test_the_heat_map_lines_and_staffing(script: Browser) -> None:
    cells = script.get(f"/api/v1/reports/heat?{OCTOBER}").json["cells"]
    assert len(cells) == 168
    assert next(cell["offered"] for cell in cells if (cell["weekday"], cell["hour"]) == (3, 9)) == 5
    lines = script.get(f"/api/v1/reports/lines?{OCTOBER}").json
    assert [line["line"] for line in lines["lines"]] == ["fxo1", "fxo2"]
    assert lines["all_lines"]["lines"] == 2
    assert [row["name"] for row in table(script.get(f"/api/v1/reports/lines?{OCTOBER}&format=csv").text)] == [
        "fxo1", "fxo2", "provider"
    ]  # fmt: skip
    assert len(script.get(f"/api/v1/reports/staffing?{OCTOBER}&queue=support").json["hours"]) == 168


def test_a_report_of_more_days_than_a_month_has_its_chart(owner: Browser, script: Browser) -> None:
    page = owner.get("/reports?of=calls&by=day&since=2026-09-01&until=2026-10-31")
    assert page.status == 200
    caption = page.text.partition("<figcaption>")[2].partition("</figcaption>")[0]
    assert caption.count("<span>") == 2  # the first and the last day
    assert "2026-09-01" in caption


def test_the_worst_call_of_a_line_is_one_click_away(owner: Browser, state: Path) -> None:
    began = october.when("10-01 09:00")
    bad = Cdr(
        uuid7(), Direction.INBOUND, "5551234", "", "600", began, "fxo1", answered_at=began,
        ended_at=began + timedelta(minutes=5), talk_s=300.0, mos=2.25, disposition=Disposition.ANSWERED,
    )  # fmt: skip
    with contextlib.closing(open_for_writing(state / "history.db")) as db, transaction(db, state / "history.db"):
        history.call_ended(db, bad, cloud=False)
    page = owner.get(f"/reports?view=lines&{OCTOBER}").text
    assert f'<a href="/calls/{bad.id}">2.25</a>' in page
    assert "100.0 %" in page
    (line,) = owner.get(f"/api/v1/reports/lines?{OCTOBER}").json["lines"]
    assert (line["mos"], line["poor_share"], line["worst_call"]) == (2.25, 1.0, bad.id)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/reports?by=colour", "by"),
        ("/reports?since=soon", "since"),
        ("/reports?format=pdf", "format"),
        ("/reports?colour=red", "colour"),
        ("/reports/staffing?wanted=2", "wanted"),
        ("/exports/calls?format=xml", "format"),
        ("/exports/calls?after=5&queue=support", "queue"),
        ("/exports/calls?after=-1", "after"),
    ],
)
def test_what_cannot_be_asked_is_told_by_its_field(script: Browser, path: str, field: str) -> None:
    answer = script.get(f"/api/v1{path}")
    assert (answer.status, answer.json["error"]["field"]) == (422, field)


def test_calls_are_exported_as_lines_an_array_or_a_sheet(script: Browser) -> None:
    lines = [json.loads(line) for line in script.get(f"/api/v1/exports/calls?{OCTOBER}").text.splitlines()]
    assert script.get(f"/api/v1/exports/calls?{OCTOBER}&format=json").json == lines
    sheet = table(script.get(f"/api/v1/exports/calls?{OCTOBER}&format=csv").text)
    assert [row["id"] for row in sheet] == [call["id"] for call in lines]
    assert script.get("/api/v1/exports/calls?since=2020-01-01&until=2020-01-02&format=json").json == []


def test_whoever_keeps_the_last_seq_misses_no_call(script: Browser) -> None:
    first = [json.loads(line)["seq"] for line in script.get("/api/v1/exports/calls?after=0").text.splitlines()]
    assert first == list(range(1, 27))
    assert script.get("/api/v1/exports/calls?after=26").text == ""
    assert [json.loads(line)["seq"] for line in script.get("/api/v1/exports/calls?after=24").text.splitlines()] == [
        25,
        26,
    ]


def test_the_trail_and_the_queue_log(script: Browser) -> None:
    events = [json.loads(line) for line in script.get(f"/api/v1/exports/trail?{OCTOBER}").text.splitlines()]
    assert {"call", "at", "event", "data"} == set(events[0])
    sheet = table(script.get(f"/api/v1/exports/trail?{OCTOBER}&format=csv").text)
    assert [json.loads(row["data"]) for row in sheet] == [event["data"] for event in events]
    log = script.get(f"/api/v1/exports/queue_log?{OCTOBER}")
    assert log.headers["content-type"] == "text/plain; charset=utf-8"
    assert sum("|ENTERQUEUE|" in line for line in log.text.splitlines()) == 22  # one began in November's first second


def test_exports_leave_threads_for_everybody_else(script: Browser) -> None:
    for _ in range(exports.MOST + 1):  # each gives its place back
        assert script.get("/api/v1/exports/calls?after=0").status == 200
    for _ in range(exports.MOST):
        exports._running.acquire()
    try:
        answer = script.get("/api/v1/exports/calls?after=0")
        assert (answer.status, answer.json["error"]["code"]) == (503, "too_many_exports")
    finally:
        for _ in range(exports.MOST):
            exports._running.release()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("by=queue", ["support", "71.4 %", "2:05", "Service level (of answered)"]),
        ("by=day", ["2026-10-25", "<svg"]),
        ("by=agent", ["Alice", "2.1 %"]),
        ("of=calls&by=disposition", ["Answered", "Asked for call-back"]),
        ("view=week", ["heat-8", "Thu"]),
        ("view=lines", ["fxo1", "Erlang B"]),
        ("view=staff&queue=support", ["80 %", "Erlang C"]),
        ("by=queue&since=2020-01-01&until=2020-01-02", ["No calls in this time"]),
        ("since=nonsense", ["must be a day"]),
    ],
)
def test_every_view_is_a_page(script: Browser, owner: Browser, query: str, words: list[str]) -> None:
    page = owner.get(f"/reports?{query}" if "since" in query else f"/reports?{OCTOBER}&{query}")
    assert page.status == 200
    assert [word for word in words if word not in page.text] == []
    assert "style=" not in page.text  # the CSP allows none


def test_the_page_speaks_chinese(script: Browser, owner: Browser) -> None:
    page = owner.get(f"/reports?{OCTOBER}&by=queue", Accept_Language="zh", Cookie="")
    assert page.status in (200, 303)
    owner.cookies["tipring_language"] = "zh"
    assert "服务水平" in owner.get(f"/reports?{OCTOBER}&by=queue").text


def test_a_sheet_is_downloaded_with_the_session(script: Browser, owner: Browser) -> None:
    page = owner.get(f"/reports?{OCTOBER}&by=queue").text
    address = page.partition('href="/api/v1/reports')[2].partition('"')[0].replace("&amp;", "&")
    assert [row["key"] for row in table(owner.get(f"/api/v1/reports{address}").text)] == ["sales", "support", "total"]
