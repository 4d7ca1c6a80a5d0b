# SPDX-License-Identifier: GPL-2.0-or-later
"""A recording is heard whole, in part, and not at all when it is not there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import office
import pytest
from web_client import Browser


@pytest.fixture
def script(url: str, token: Callable[[str], str]) -> Browser:
    return Browser(url, token("readonly"))


@pytest.fixture
def path(state: Path) -> str:
    cdr = office.past_call(state, office.NOON)
    return f"/api/v1/recordings/{office.recording_of(state, cdr).id}/audio"


def test_a_recording_is_heard_whole(script: Browser, path: str) -> None:
    answer = script.get(path)
    assert (answer.status, answer.body) == (200, office.wav())
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["accept-ranges"] == "bytes"


def test_a_player_seeks_by_range(script: Browser, path: str) -> None:
    answer = script.get(path, Range="bytes=44-143")
    assert (answer.status, answer.body) == (206, office.wav()[44:144])
    assert answer.headers["content-range"] == f"bytes 44-143/{len(office.wav())}"
    assert script.get(path, Range="bytes=-10").body == office.wav()[-10:]


def test_a_range_outside_the_file_is_refused_with_its_size(script: Browser, path: str) -> None:
    answer = script.get(path, Range="bytes=9999999-")
    assert (answer.status, answer.json["error"]["code"]) == (416, "bad_range")
    assert answer.headers["content-range"] == f"bytes */{len(office.wav())}"


def test_head_tells_the_size_and_an_etag_saves_the_second_download(script: Browser, path: str) -> None:
    head = script.ask("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(office.wav()))
    assert script.get(path, If_None_Match=head.headers["etag"]).status == 304


def test_a_recording_is_downloaded_under_a_name_with_its_time(script: Browser, path: str) -> None:
    disposition = script.get(f"{path}?download=1").headers["content-disposition"]
    assert disposition.startswith('attachment; filename="20261120-120000-')


def test_a_recording_that_is_being_made_or_lost_says_so(script: Browser, state: Path) -> None:
    cdr = office.past_call(state, office.NOON)
    running = script.get(f"/api/v1/recordings/{office.recording_of(state, cdr, ready=False).id}/audio")
    assert (running.status, running.json["error"]["code"]) == (409, "recording_not_ready")
    lost = office.recording_of(state, office.past_call(state, office.NOON))
    (state / "recordings" / lost.path).unlink()
    answer = script.get(f"/api/v1/recordings/{lost.id}/audio")
    assert (answer.status, answer.json["error"]["code"]) == (404, "audio_missing")


def test_recordings_are_listed_without_where_they_lie(script: Browser, path: str) -> None:
    items = script.get("/api/v1/recordings").json["items"]
    assert items[0]["state"] == "ready"
    assert "path" not in items[0]
    assert script.get(f"/api/v1/recordings/{items[0]['id']}").json == items[0]
