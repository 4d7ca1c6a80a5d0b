# SPDX-License-Identifier: GPL-2.0-or-later
"""Backups by pages and API: a passphrase, a place, one now, one to take along, and the way back on a new box."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from applying import applies
from fake_core import FakeCore
from web_client import Browser
from web_service import serve, wait_until

from firmware.backup import report, restoring
from firmware.backup.packing import What, pack
from firmware.backup.status import Status
from firmware.store.access import Access
from firmware.store.config_db import ConfigDb
from webui.box import Box

pytestmark = pytest.mark.timeout(180)

HOME = "/settings/backup"
WORDS = "correct horse battery staple"


PATIENT_S = 55.0  # for a process that gives way to everything on a machine that is busy


@pytest.fixture
def owner(owner: Browser) -> Browser:
    owner.timeout_s = PATIENT_S
    return owner


def revision_of(page: str) -> str:
    return page.split('name="revision" value="')[1].split('"')[0]


def configure(owner: Browser, path: str, **typed: str) -> None:
    answer = owner.submit(path, path, revision=revision_of(owner.get(path).text), **typed)
    assert answer.headers.get("location", answer.text).startswith(HOME)


def with_passphrase(owner: Browser) -> None:
    configure(owner, f"{HOME}/rules", passphrase=WORDS, history="on", enabled="on")


def packed(state: Path) -> bytes:
    out = io.BytesIO()
    pack(state, What(), WORDS, out)
    return out.getvalue()


def test_from_nothing_to_a_tested_backup_on_a_folder(owner: Browser, core: FakeCore, box: Box, tmp_path: Path) -> None:
    applies(core, box.state)
    folder = tmp_path / "nas"
    folder.mkdir()
    assert "Begin with a passphrase" in owner.get(HOME).text
    with_passphrase(owner)
    configure(owner, f"{HOME}/disk/new", name="nas", disk=str(folder))
    assert "None yet" in owner.get(HOME).text
    assert owner.submit(f"{HOME}/places/nas/now", HOME).status == 303
    wait_until(lambda: not box.backups.under_way and Status(box.state).of("nas"), 60)
    assert "good" in Status(box.state).of("nas"), Status(box.state).of("nas")
    assert "Last good one:" in owner.get(HOME).text
    owner.submit(f"{HOME}/places/nas/test", HOME)
    wait_until(lambda: not box.backups.under_way and Status(box.state).test, 60)
    assert "restored from nas" in owner.get(HOME).text


def test_one_to_take_along_opens_with_the_passphrase(owner: Browser, core: FakeCore, box: Box, tmp_path: Path) -> None:
    applies(core, box.state)
    refused = owner.submit(f"{HOME}/download", HOME)
    assert (refused.status, "no passphrase for backups yet" in refused.text) == (409, True)
    with_passphrase(owner)
    given = owner.submit(f"{HOME}/download", HOME)
    assert given.headers["content-disposition"].startswith('attachment; filename="tipring-')
    new = tmp_path / "new"
    new.mkdir()
    restoring.stage(new, io.BytesIO(given.body), WORDS)
    restoring.take_over(new)
    assert ConfigDb(new).box_id() == box.configs.box_id()


@pytest.mark.parametrize(
    ("words", "spoil", "says"),
    [
        ("not the passphrase", lambda data: data, "The passphrase is not that of this backup."),
        (WORDS, lambda data: data[:-10], "The backup is cut off"),
        (WORDS, lambda data: b"GIF89a" + data, "This file is no backup"),
    ],
)
def test_a_restore_that_is_refused_says_why_and_changes_nothing(
    owner: Browser, core: FakeCore, box: Box, words: str, spoil, says: str
) -> None:  # type: ignore[no-untyped-def]
    answer = owner.upload(f"{HOME}/restore", HOME, spoil(packed(box.state)), passphrase=words)
    assert (answer.status, says in answer.text) == (422, True)
    assert not report.is_ready(box.state)
    assert not box.begins_anew


def test_a_restore_needs_the_pages_token_and_a_file(owner: Browser, core: FakeCore, box: Box) -> None:
    stranger = Browser(owner.url, cookies=dict(owner.cookies), timeout_s=PATIENT_S)
    stranger.csrf = lambda page: "another"  # type: ignore[method-assign]
    assert stranger.upload(f"{HOME}/restore", HOME, packed(box.state), passphrase=WORDS).status == 403
    assert "Choose a file." in owner.upload(f"{HOME}/restore", HOME, b"", passphrase=WORDS).text
    assert owner.ask("POST", f"{HOME}/restore", b"{}", Content_Type="application/json").status == 403
    assert not report.is_ready(box.state)


def test_a_restore_begins_everything_anew(owner: Browser, core: FakeCore, box: Box) -> None:
    answer = owner.upload(f"{HOME}/restore", HOME, packed(box.state), passphrase=WORDS)
    assert "The box restarts" in answer.text, answer.text
    assert report.is_ready(box.state)
    wait_until(lambda: box.begins_anew and box.ended.is_set(), 20)


def test_a_new_box_takes_a_backup_instead_of_a_password(new_state: Path) -> None:
    for box, server in serve(new_state):
        browser, code = Browser(server.url, timeout_s=PATIENT_S), Access(new_state).create_setup_link()
        page = f"/setup?code={code}"
        assert "Or make it what another box was" in browser.get(page).text
        backup = packed(new_state)
        refused = browser.upload("/setup/restore", page, backup, passphrase=WORDS, code="wrong")
        assert "This box is new" in refused.text
        wrong = browser.upload("/setup/restore", page, backup, passphrase="something else", code=code)
        assert (wrong.status, "The passphrase is not that of this backup." in wrong.text) == (422, True)
        assert not report.is_ready(new_state)
        taken = browser.upload("/setup/restore", page, backup, passphrase=WORDS, code=code)
        assert "The box restarts" in taken.text
        assert report.is_ready(new_state)
        wait_until(lambda box=box: box.begins_anew, 20)


def test_programs_see_how_backups_are_and_restore(
    url: str, token: Callable[[str], str], core: FakeCore, box: Box
) -> None:
    api = Browser(url, token("admin"), timeout_s=PATIENT_S)
    assert api.get("/api/v1/backup").json["places"] == []
    assert api.send("POST", "/api/v1/backup/now", {"place": "nas"}).status == 404
    assert api.get("/api/v1/backup/file").json["error"]["code"] == "no_passphrase"
    words = base64.b64encode(WORDS.encode()).decode()
    kind = {"Content_Type": "application/octet-stream", "X_Backup_Passphrase": words}
    refused = api.ask("PUT", "/api/v1/restore", b"something else", **kind)
    assert (refused.status, refused.json["error"]["code"]) == (422, "not_a_backup")
    assert api.ask("PUT", "/api/v1/restore", packed(box.state), **kind).status == 202
    assert report.is_ready(box.state)
