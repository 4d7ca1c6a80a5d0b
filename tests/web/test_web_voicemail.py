# SPDX-License-Identifier: GPL-2.0-or-later
"""Voicemail and prompts by the API: for those whom they concern, and nothing else than sound."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import office
import pytest
from fake_core import FakeCore
from web_client import Browser

from firmware.ids import uuid7
from firmware.records import Message, MessageState
from firmware.store import voicemail

SOUND = office.wav()


@pytest.fixture
def supervisor(url: str, token: Callable[[str], str]) -> Browser:
    return Browser(url, token("supervisor"))


@pytest.fixture
def admin(url: str, token: Callable[[str], str]) -> Browser:
    return Browser(url, token("admin"))


def message(folder: Path, **more: Any) -> Message:
    known = {"from_number": "5551234", "from_name": "ANNA", "started_at": office.NOON, "duration_s": 1.0,
             "bytes": len(SOUND), "sha256": hashlib.sha256(SOUND).hexdigest(), "state": MessageState.NEW}  # fmt: skip
    made = Message(**{"id": uuid7(), "box": "201", "call": uuid7()} | known | more)
    path = folder / "voicemail" / made.box / f"{made.id}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(SOUND)
    office.write(folder, voicemail.left, made, False, "")
    return made


def test_messages_are_listed_by_box_and_heard_in_part(supervisor: Browser, state: Path) -> None:
    mine, _ = message(state), message(state, box="202")
    message(state, state=MessageState.RECORDING)
    page = supervisor.get("/api/v1/voicemail/messages?box=201").json
    assert [(item["id"], item["from_number"]) for item in page["items"]] == [(mine.id, "5551234")]
    assert len(supervisor.get("/api/v1/voicemail/messages").json["items"]) == 2
    audio = f"/api/v1/voicemail/messages/{mine.id}/audio"
    assert supervisor.get(audio).body == SOUND
    answer = supervisor.get(audio, Range="bytes=44-143")
    assert (answer.status, answer.body) == (206, SOUND[44:144])
    assert supervisor.get(f"{audio}?download=1").headers["content-disposition"].startswith("attachment")


def test_messages_are_private(url: str, token: Callable[[str], str], state: Path) -> None:
    mine = message(state)
    for role in ("agent", "readonly"):
        visitor = Browser(url, token(role))
        for path in ("/voicemail", "/voicemail/messages", f"/voicemail/messages/{mine.id}/audio"):
            assert visitor.get(f"/api/v1{path}").status == 403


def test_a_message_that_is_not_there_is_not_found(supervisor: Browser, state: Path) -> None:
    lost = message(state)
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
