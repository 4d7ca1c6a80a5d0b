# SPDX-License-Identifier: GPL-2.0-or-later
"""Voicemail and prompts by the API: for those whom they concern, and nothing else than sound."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import office
import pytest
from fake_core import FakeCore
from web_client import Browser

from firmware.records import MessageState

SOUND = office.wav()


@pytest.fixture
def supervisor(url: str, token: Callable[[str], str]) -> Browser:
    return Browser(url, token("supervisor"))


@pytest.fixture
def admin(url: str, token: Callable[[str], str]) -> Browser:
    return Browser(url, token("admin"))


def test_messages_are_listed_by_box_and_heard_in_part(supervisor: Browser, state: Path) -> None:
    mine, _ = office.message_in(state), office.message_in(state, box="202")
    office.message_in(state, state=MessageState.RECORDING)
    page = supervisor.get("/api/v1/voicemail/messages?box=201").json
    assert [(item["id"], item["from_number"]) for item in page["items"]] == [(mine.id, "5551234")]
    assert len(supervisor.get("/api/v1/voicemail/messages").json["items"]) == 2
    audio = f"/api/v1/voicemail/messages/{mine.id}/audio"
    assert supervisor.get(audio).body == SOUND
    answer = supervisor.get(audio, Range="bytes=44-143")
    assert (answer.status, answer.body) == (206, SOUND[44:144])
    assert supervisor.get(f"{audio}?download=1").headers["content-disposition"].startswith("attachment")


def test_messages_are_private(url: str, token: Callable[[str], str], state: Path) -> None:
    mine = office.message_in(state)
    for role in ("agent", "readonly"):
        visitor = Browser(url, token(role))
        for path in ("/voicemail", "/voicemail/messages", f"/voicemail/messages/{mine.id}/audio"):
            assert visitor.get(f"/api/v1{path}").status == 403


def test_a_message_that_is_not_there_is_not_found(supervisor: Browser, state: Path) -> None:
    lost = office.message_in(state)
    (state / "voicemail/201" / f"{lost.id}.wav").unlink()
    assert supervisor.get(f"/api/v1/voicemail/messages/{lost.id}/audio").json["error"]["code"] == "audio_missing"
    assert supervisor.get("/api/v1/voicemail/messages/none").json["error"]["code"] == "no_such_message"


def test_marking_and_deleting_go_to_the_core(supervisor: Browser, core: FakeCore) -> None:
    core.answers |= {"voicemail.mark": {"id": "m", "state": "saved"}, "voicemail.delete": {}}
    path = "/api/v1/voicemail/messages/m"
    assert supervisor.send("POST", f"{path}/mark", {"state": "saved"}).json["state"] == "saved"
    assert supervisor.ask("DELETE", path).status == 200
    assert [(method, params) for method, params in core.asked if method.startswith("voicemail")] == [
        ("voicemail.mark", {"id": "m", "state": "saved"}),
        ("voicemail.delete", {"id": "m"}),
    ]


def test_a_prompt_is_uploaded_heard_and_deleted(admin: Browser, state: Path) -> None:
    answer = admin.ask("PUT", "/api/v1/prompts/welcome?language=zh", SOUND)
    assert (answer.status, answer.json["duration_s"], answer.json["language"]) == (200, 1.0, "zh")
    assert [prompt["name"] for prompt in admin.get("/api/v1/prompts").json] == ["welcome"]
    heard = admin.get("/api/v1/prompts/welcome/audio?language=zh")
    assert (heard.status, len(heard.body)) == (200, 44 + 16000)
    assert admin.ask("DELETE", "/api/v1/prompts/welcome?language=zh").status == 200
    assert admin.get("/api/v1/prompts/welcome/audio?language=zh").json["error"]["code"] == "no_such_prompt"


def test_what_is_no_sound_or_no_name_is_refused_and_nothing_is_kept(admin: Browser, state: Path) -> None:
    refused = admin.ask("PUT", "/api/v1/prompts/welcome", b"<script>")
    assert (refused.status, refused.json["error"]["code"]) == (422, "bad_sound")
    assert "this is no WAV file" in refused.json["error"]["message"]
    assert admin.ask("PUT", "/api/v1/prompts/..%2Fx", SOUND).status in (404, 422)
    assert admin.ask("PUT", "/api/v1/prompts/x?language=fr", SOUND).json["error"]["field"] == "language"
    assert admin.send("POST", "/api/v1/prompts/x/speak", {"text": ""}).json["error"]["field"] == "text"
    assert admin.get("/api/v1/prompts").json == []


def test_prompts_are_changed_by_admins_only(supervisor: Browser, state: Path) -> None:
    assert supervisor.ask("PUT", "/api/v1/prompts/welcome", SOUND).status == 403
    assert supervisor.send("POST", "/api/v1/prompts/welcome/speak", {"text": "hello"}).status == 403
    assert supervisor.get("/api/v1/prompts").json == []
