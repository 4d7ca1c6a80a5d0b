# SPDX-License-Identifier: GPL-2.0-or-later
"""Recordings in the browser and for programs: found, heard, noted, held, exported; and who did it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import office
import pytest
from web_client import Browser

from firmware.archive.archivist import Archivist
from firmware.archive.sealed import new_key
from firmware.records import Recording
from firmware.store.config_db import ConfigDb


@pytest.fixture
def recording(state: Path) -> Recording:
    """As the core left it: a WAV file of one second."""
    return office.recording_of(state, office.past_call(state, office.NOON))


@pytest.fixture
def script(url: str, token: Callable[[str], str]) -> Browser:
    return Browser(url, token("supervisor"))


def archived(state: Path, **settings: str) -> None:
    if settings:
        ConfigDb(state).apply(office.DOCUMENT | {"recordings": settings}, "test")
    archivist = Archivist(state)
    archivist.follow_configuration()
    while archivist.work():
        pass


@pytest.fixture
def key(tmp_path: Path) -> str:
    file = tmp_path / "key"
    file.write_text(new_key())
    file.chmod(0o600)
    return str(file)


@pytest.mark.parametrize("sealed", [False, True])
def test_an_archived_recording_is_opus_or_wav_as_it_is_asked_for_whole_or_in_part(
    script: Browser, state: Path, recording: Recording, key: str, sealed: bool
) -> None:
    archived(state, **({"key_file": key} if sealed else {}))
    path = f"/api/v1/recordings/{recording.id}/audio"
    whole = script.get(path)
    assert (whole.headers["content-type"], whole.body[:4]) == ("audio/ogg", b"OggS")
    part = script.get(path, Range="bytes=10-99")
    assert (part.status, part.body) == (206, whole.body[10:100])
    assert part.headers["content-range"] == f"bytes 10-99/{len(whole.body)}"
    wav = script.get(f"{path}?format=wav")
    assert (wav.headers["content-type"], len(wav.body)) == ("audio/wav", len(office.wav()))
    assert wav.body[:44] == office.wav()[:44]
    assert script.get(f"{path}?format=wav", Range="bytes=-10").body == wav.body[-10:]
    assert script.get(f"{path}?format=mp3").json["error"]["field"] == "format"


def test_without_the_key_it_says_so(script: Browser, state: Path, recording: Recording, key: str) -> None:
    archived(state, key_file=key)
    Path(key).unlink()
    answer = script.get(f"/api/v1/recordings/{recording.id}/audio")
    assert (answer.status, answer.json["error"]["code"]) == (503, "no_key")


def test_a_damaged_file_is_told_and_nothing_else_breaks(script: Browser, state: Path, recording: Recording) -> None:
    archived(state)
    (file,) = (state / "recordings").rglob("*.opus")
    file.write_bytes(file.read_bytes()[:100])
    answer = script.get(f"/api/v1/recordings/{recording.id}/audio?format=wav")
    assert (answer.status, answer.json["error"]["code"]) == (409, "audio_damaged")


def test_the_outline_has_both_channels_also_when_its_file_is_lost(
    script: Browser, state: Path, recording: Recording
) -> None:
    archived(state)
    path = f"/api/v1/recordings/{recording.id}/peaks"
    outline = script.get(path).json
    assert (outline["channels"], outline["length"], len(outline["data"])) == (2, 100, 400)
    for file in (state / "recordings").rglob("*.peaks"):
        file.unlink()
    assert script.get(path).json["length"] == 100


def test_notes_at_a_time_and_tags_find_it_again(script: Browser, recording: Recording) -> None:
    path = f"/api/v1/recordings/{recording.id}"
    note = script.send("POST", f"{path}/notes", {"at_s": 0.5, "text": "promises a refund"}).json
    assert (note["at_s"], note["author"]) == (0.5, "api:supervisor")
    assert script.send("PUT", f"{path}/tags", {"tags": ["complaint", "refund"]}).json["tags"] == ["complaint", "refund"]
    for choice, count in (
        ("text=refund", 1), ("text=refund%20promises", 1), ("text=nothing", 0), ('text="', 0), ("tag=complaint", 1),
        ("tag=praise", 0), ("number=5551234", 1), ("number=999", 0), ("line=fxo1", 1), ("direction=outbound", 0),
        ("disposition=answered", 1), ("name=anna", 1), ("name=%25", 0), ("long_s=2", 0), ("held=true", 0),
        ("state=ready&queue=support&agent=alice", 1),
    ):  # fmt: skip
        assert len(script.get(f"/api/v1/recordings?{choice}").json["items"]) == count, choice
    assert script.send("DELETE", f"{path}/notes/{note['id']}", {}).status == 200
    assert script.get("/api/v1/recordings?text=refund").json["items"] == []


@pytest.mark.parametrize(
    ("method", "end", "body", "field"),
    [
        ("POST", "notes", {"at_s": 2, "text": "x"}, "at_s"),
        ("POST", "notes", {"at_s": "x", "text": "x"}, "at_s"),
        ("POST", "notes", {"text": ""}, "text"),
        ("PUT", "tags", {"tags": "x"}, "tags"),
        ("PUT", "tags", {"tags": [""]}, "tags"),
        ("PUT", "tags", {"tags": [f"t{n}" for n in range(30)]}, "tags"),
        ("PUT", "hold", {"reason": "x" * 300}, "reason"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(
    script: Browser, recording: Recording, method: str, end: str, body: dict[str, object], field: str
) -> None:
    answer = script.send(method, f"/api/v1/recordings/{recording.id}/{end}", body)
    assert (answer.status, answer.json["error"]["field"]) == (422, field)


def test_what_is_held_is_not_deleted_and_a_deleted_one_is_told(
    script: Browser, url: str, token: Callable[[str], str], recording: Recording
) -> None:
    path, admin = f"/api/v1/recordings/{recording.id}", Browser(url, token("admin"))
    assert script.send("PUT", f"{path}/hold", {"reason": "court"}).json["hold"] == "court"
    assert script.send("DELETE", path, {}).status == 403
    assert admin.send("DELETE", path, {}).json["error"]["code"] == "recording_held"
    script.send("PUT", f"{path}/hold", {"reason": ""})
    assert admin.send("DELETE", path, {}).status == 200
    gone = admin.get(f"{path}/audio")
    assert (gone.status, gone.json["error"]["code"]) == (404, "audio_removed")
    assert admin.get(path).json["gone"] == "deleted"


def test_who_listened_and_exported_is_written_down_once(script: Browser, recording: Recording) -> None:
    path = f"/api/v1/recordings/{recording.id}"
    for _ in range(3):
        script.get(f"{path}/audio", Range="bytes=0-99")
    script.ask("HEAD", f"{path}/audio")
    script.get(f"{path}/audio?download=1")
    script.get(f"{path}/vcon")
    steps = script.get(f"{path}/audit").json["items"]
    assert [(step["who"], step["what"]) for step in reversed(steps)] == [
        ("api:supervisor", what) for what in ("heard", "downloaded", "exported")
    ]


def test_a_vcon_has_parties_dialog_and_analysis(script: Browser, state: Path, recording: Recording) -> None:
    archived(state)
    script.send("POST", f"/api/v1/recordings/{recording.id}/notes", {"at_s": 0.5, "text": "hello"})
    answer = script.get(f"/api/v1/recordings/{recording.id}/vcon")
    assert answer.headers["content-type"] == "application/vcon+json"
    vcon = json.loads(answer.body)
    assert vcon["uuid"][14] == "8"
    assert vcon["parties"] == [
        {"tel": "tel:5551234", "name": "ANNA"},
        {"tel": "tel:600", "name": "Alice", "dept": "support"},
    ]
    (dialog,) = vcon["dialog"]
    assert (dialog["type"], dialog["parties"], dialog["mediatype"]) == ("recording", [0, 1], "audio/ogg")
    sound = base64.urlsafe_b64decode(dialog["body"] + "==")
    assert sound.startswith(b"OggS")
    digest = base64.urlsafe_b64encode(hashlib.sha512(sound).digest()).decode().rstrip("=")
    assert dialog["content_hash"] == f"sha512-{digest}"
    assert [item["type"] for item in vcon["analysis"]] == ["report", "notes"]
    assert vcon["analysis"][0]["body"]["disposition"] == "answered"


def test_the_disk_is_told_with_the_days_that_are_left(script: Browser, recording: Recording) -> None:
    disk = script.get("/api/v1/recordings/disk").json
    assert disk["used_bytes"] == len(office.wav())
    assert {"days_left", "bytes_a_day", "room_bytes", "limit_bytes", "evicts"} <= set(disk)


def test_who_sets_the_box_up_hears_nothing(url: str, token: Callable[[str], str], recording: Recording) -> None:
    installer = Browser(url, token("installer"))
    for end in ("audio", "peaks", "vcon", "notes"):
        assert installer.get(f"/api/v1/recordings/{recording.id}/{end}").status == 403


# ---- pages ---------------------------------------------------------------------------------------


def test_the_pages_show_the_recording_its_outline_notes_and_who_did_what(
    owner: Browser, state: Path, recording: Recording
) -> None:
    archived(state)
    listed = owner.get("/recordings").text
    assert f'href="/recordings/{recording.id}"' in listed
    assert "Lasts, at this rate" in listed
    page = owner.get(f"/recordings/{recording.id}").text
    for words in (f'data-peaks="/recordings/{recording.id}/peaks"', 'id="speed"', "format=opus", "vcon", "Legal hold"):
        assert words in page
    csrf = owner.csrf(f"/recordings/{recording.id}")
    notes = owner.ask(
        "POST", f"/recordings/{recording.id}/notes", b"at_s=0.25&text=hello", X_CSRF_Token=csrf,
        Content_Type="application/x-www-form-urlencoded",
    ).text  # fmt: skip
    assert 'data-seek="0.25"' in notes
    owner.submit(f"/recordings/{recording.id}/hold", f"/recordings/{recording.id}", reason="court")
    page = owner.get(f"/recordings/{recording.id}").text
    assert "Held: court" in page
    assert "put it on hold" in page
    assert owner.get("/recordings?held=1").text.count('id="recording-') == 1
    assert "No recording matches" in owner.get("/recordings?number=999").text
