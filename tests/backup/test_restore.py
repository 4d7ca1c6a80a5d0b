# SPDX-License-Identifier: GPL-2.0-or-later
"""A box burns down; another one is what it was."""

from __future__ import annotations

import contextlib
import io
import json
import sqlite3
import tarfile
import threading
from pathlib import Path

import pytest

from firmware.backup import manifest, report, restoring
from firmware.backup.age import Damaged, Decrypting, Encrypting, NotABackup, Truncated, WrongPassphrase
from firmware.backup.manifest import Newer
from firmware.backup.packing import What, pack
from firmware.backup.restoring import stage, take_over
from firmware.errors import TipringError, Unavailable
from firmware.store.access import Access
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_writing
from tests.backup.conftest import CALLS, DOCUMENT, PASSPHRASE, PORTS, count, packed


def restored(state: Path, backup: bytes, passphrase: str = PASSPHRASE) -> restoring.Restored:
    found = stage(state, io.BytesIO(backup), passphrase)
    take_over(state)
    return found


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_box_is_what_the_old_one_was(office: Path, new_box: Path) -> None:
    found = restored(new_box, packed(office, What(True, True)))
    assert ConfigDb(new_box).current().document == DOCUMENT
    assert ConfigDb(new_box).box_id() == ConfigDb(office).box_id()
    assert Access(new_box).verify("owner", "a long password of the owner")
    assert not Access(new_box).needs_setup()
    assert count(new_box, "calls") == CALLS
    for name in ("voicemail/201/m1.wav", "prompts/hello.wav", "edge/key.pem", "recordings/2026/11/r1.opus"):
        assert (new_box / name).read_bytes() == (office / name).read_bytes()
    assert not (new_box / "edge/kamailio.cfg").exists()
    assert found.left_out == []
    assert found.counts["calls"] == CALLS
    assert found.counts["users"] == 1
    assert report.last(new_box) == found.as_json()
    assert not list(new_box.glob("restore*[!d].*")) or not (new_box / "restore").exists()


def test_without_history_what_is_no_call_comes_along(office: Path, new_box: Path) -> None:
    restored(new_box, packed(office, What(history=False)))
    assert count(new_box, "calls") == 0
    assert count(new_box, "contacts") == 1
    assert not (new_box / "recordings").exists()


def test_recordings_of_this_box_stay_when_the_backup_has_none(office: Path) -> None:
    backup = packed(office)
    restored(office, backup)
    assert (office / "recordings/2026/11/r1.opus").exists()
    assert (office / "before-restore/config.db").exists()


def test_age_and_tar_are_enough_to_look_into_it(office: Path) -> None:
    plain = Decrypting(io.BytesIO(packed(office)), PASSPHRASE).read()
    with tarfile.open(fileobj=io.BytesIO(plain), mode="r:gz") as tar:
        names = tar.getnames()
    assert names[0] == "about.json"
    assert names[-1] == "digests"
    assert "config.db" in names


def test_a_backup_is_of_one_moment_while_calls_are_written(office: Path, new_box: Path) -> None:
    path, ended = office / "history.db", threading.Event()

    def work() -> None:
        """Each transaction writes to two tables: a copy has both, or neither."""
        with contextlib.closing(open_for_writing(path)) as db:
            number = 0
            while not ended.is_set():
                number += 1
                db.execute("BEGIN IMMEDIATE")
                db.execute("INSERT INTO switches VALUES (?, '')", (f"a{number}",))
                db.execute("INSERT INTO contacts VALUES (?, '')", (f"1000{number}",))
                db.execute("COMMIT")

    writer = threading.Thread(target=work)
    writer.start()
    try:
        backups = [packed(office) for _ in range(3)]
    finally:
        ended.set()
        writer.join()
    for backup in backups:
        restored(new_box, backup)
        assert count(new_box, "contacts") - 1 == count(new_box, "switches")


def test_recordings_that_come_and_go_meanwhile_spoil_nothing(office: Path, new_box: Path, monkeypatch) -> None:
    from firmware.backup import packing

    walk = packing._below

    def vanishing(folder: Path):  # type: ignore[no-untyped-def]
        for path in walk(folder):
            yield path
            yield path.with_name("gone.opus")

    monkeypatch.setattr(packing, "_below", vanishing)
    restored(new_box, packed(office, What(True, True)))
    assert (new_box / "recordings/2026/11/r1.opus").exists()


@pytest.mark.parametrize(
    ("spoil", "kind", "says"),
    [
        (lambda b: b[: len(b) // 2], Truncated, "cut off"),
        (lambda b: b[:-1], Truncated, "cut off"),
        (lambda b: b[:5000] + bytes([b[5000] ^ 64]) + b[5001:], (Damaged, Truncated), "damaged|changed"),
        (lambda b: b"GIF89a" + b[6:], NotABackup, "no backup"),
        (lambda b: b + b"more", (Truncated, Damaged), "changed"),
        (lambda b: b"", NotABackup, "no backup"),
    ],
)
def test_a_spoilt_file_is_refused_by_name_and_changes_nothing(
    office: Path, new_box: Path, spoil, kind, says: str
) -> None:  # type: ignore[no-untyped-def]
    before = everything(new_box)
    with pytest.raises(kind, match=says):
        stage(new_box, io.BytesIO(spoil(packed(office))), PASSPHRASE)
    assert everything(new_box) == before
    assert not report.is_ready(new_box)


def test_another_passphrase_is_refused_and_changes_nothing(office: Path, new_box: Path) -> None:
    before = everything(new_box)
    with pytest.raises(WrongPassphrase):
        stage(new_box, io.BytesIO(packed(office)), "not the passphrase")
    assert everything(new_box) == before


def _made(members: dict[str, bytes], kind: bytes = tarfile.REGTYPE) -> bytes:
    out = io.BytesIO()
    sealed = Encrypting(out, PASSPHRASE, 4)
    with tarfile.open(fileobj=sealed, mode="w|gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            if name != "about.json":
                info.type, info.linkname = kind, "/etc/passwd"
                info.size = len(content) if kind == tarfile.REGTYPE else 0
            tar.addfile(info, io.BytesIO(content))
    sealed.finish()
    return out.getvalue()


def _about(**changed: object) -> bytes:
    about = manifest.About("2026-11-22T00:00:00Z", "b", "n", [], True, False, 0)
    return json.dumps(about.as_json() | changed).encode()


@pytest.mark.parametrize("changed", [{"schemas": {"config.db": 99}}, {"format": 2}])
def test_one_from_a_newer_box_is_refused_with_a_sentence(new_box: Path, changed: dict[str, object]) -> None:
    with pytest.raises(Newer, match=r"newer Tipring .* Update this box first"):
        stage(new_box, io.BytesIO(_made({"about.json": _about(**changed)})), PASSPHRASE)


@pytest.mark.parametrize("name", ["../evil", "voicemail/../../evil", "/etc/evil", "voicemail//x"])
def test_no_member_leaves_its_folder(new_box: Path, name: str) -> None:
    with pytest.raises(Damaged, match="impossible name"):
        stage(new_box, io.BytesIO(_made({"about.json": _about(), name: b"x"})), PASSPHRASE)
    assert not (new_box.parent / "evil").exists()


def test_links_are_refused(new_box: Path) -> None:
    with pytest.raises(TipringError):
        stage(new_box, io.BytesIO(_made({"about.json": _about(), "edge/key.pem": b""}, tarfile.SYMTYPE)), PASSPHRASE)


@pytest.mark.parametrize("members", [{}, {"readme": b"hello"}, {"about.json": b"{}"}, {"about.json": _about()}])
def test_an_archive_of_something_else_is_refused(new_box: Path, members: dict[str, bytes]) -> None:
    with pytest.raises(NotABackup):
        stage(new_box, io.BytesIO(_made(members)), PASSPHRASE)


def test_a_list_that_is_not_that_of_the_files_is_refused(new_box: Path) -> None:
    members = {"about.json": _about(), "prompts/x.wav": b"x", "digests": b"00  prompts/x.wav\n"}
    with pytest.raises(Damaged, match="not those of its list"):
        stage(new_box, io.BytesIO(_made(members)), PASSPHRASE)


def test_a_backup_of_an_older_version_is_brought_to_this_one(office: Path, new_box: Path) -> None:
    """As the first release wrote it: the schema of then, and the number of then."""
    for name in ("config.db", "history.db"):
        (office / name).unlink()
        _old(office / name)
    out = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("firmware.store.migrations.ensure", lambda path: None)
        patch.setattr(
            "firmware.backup.packing._about",
            lambda state, what: manifest.About(
                "2026-01-01T00:00:00Z", "old", "Old", PORTS, True, False, 0, "0.0.1", {"config.db": 1, "history.db": 1}
            ),
        )
        patch.setattr("firmware.backup.packing._recording_key", lambda state: None)
        pack(office, What(), PASSPHRASE, out)
    restored(new_box, out.getvalue())
    assert ConfigDb(new_box).current().document["site"]["name"] == "Old"
    assert count(new_box, "calls") == 0


def _old(path: Path) -> None:
    from sqlite_utils import Database

    from firmware.store.schema import SETS

    with contextlib.closing(sqlite3.connect(path)) as connection:
        set_ = SETS[path.name]
        first = next(iter(set_.pending(Database(connection))))
        set_.apply(Database(connection), stop_before=None) if False else _only(set_, Database(connection), first.name)
        if path.name == "config.db":
            text = json.dumps(DOCUMENT | {"site": {"name": "Old"}})
            connection.execute("INSERT INTO revisions (at, author, document) VALUES ('2026-01-01', 'x', ?)", (text,))
        connection.execute("PRAGMA user_version = 1")
        connection.commit()


def _only(set_, database, name: str) -> None:  # type: ignore[no-untyped-def]
    following = [one.name for one in set_.pending(database)][1]
    set_.apply(database, stop_before=following)


def test_on_other_ports_what_does_not_fit_is_left_out_and_listed(office: Path, new_box: Path) -> None:
    ConfigDb(new_box).remember_ports(["fxo1", "fxs1"])
    found = restored(new_box, packed(office))
    document = ConfigDb(new_box).current().document
    assert [line["port"] for line in document["line"]] == ["fxo1"]
    assert document["trunk"] == [{"name": "lines", "ports": ["fxo1"]}]
    assert [extension["number"] for extension in document["extension"]] == ["201", "203"]
    assert {item["path"].split(" · ")[0] for item in found.left_out} >= {"line fxo2", "extension 202", "route fxo2"}
    assert ConfigDb(new_box).revisions()[0].author == "restore"
    assert ConfigDb(new_box).revision(1).document == DOCUMENT


def test_a_full_disk_is_told_before_anything_is_unpacked(office: Path, new_box: Path, monkeypatch) -> None:
    backup = packed(office)
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 1000})())
    with pytest.raises(Unavailable, match="no room") as told:
        stage(new_box, io.BytesIO(backup), PASSPHRASE)
    assert told.value.code == "disk_full"
    with pytest.raises(Unavailable, match="no room"):
        packed(office)
    assert not (office / "backup-scratch").exists()


class _PowerCut(BaseException):
    pass


def test_a_power_cut_at_any_moment_of_taking_over_is_made_good(office: Path, tmp_path: Path, monkeypatch) -> None:
    """Each renaming in turn is the last thing that happens; the next start goes on."""
    backup, cuts = packed(office, What(True, True)), 0
    rename = Path.rename
    while True:
        state = tmp_path / f"box{cuts}"
        state.mkdir()
        (state / "config.db").write_bytes(b"old")
        (state / "config.db-wal").write_bytes(b"old wal")
        left = [cuts]

        def cut(path: Path, target: Path, left: list[int] = left) -> Path:
            if left[0] == 0:
                raise _PowerCut
            left[0] -= 1
            return rename(path, target)

        monkeypatch.setattr(restoring, "_ports", lambda state: None)
        stage(state, io.BytesIO(backup), PASSPHRASE)
        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", cut)
            try:
                take_over(state)
            except _PowerCut:
                pass
            else:
                break
        take_over(state)
        assert ConfigDb(state).current().document == DOCUMENT
        assert count(state, "calls") == CALLS
        assert (state / "recordings/2026/11/r1.opus").exists()
        assert (state / "before-restore/config.db").read_bytes() == b"old"
        assert not (state / "restore").exists()
        cuts += 1
    assert cuts >= 5


def test_the_key_of_recordings_comes_back_to_its_place(office: Path, new_box: Path, tmp_path: Path) -> None:
    key = tmp_path / "keys" / "recordings.key"
    key.parent.mkdir()
    key.write_text("secret")
    ConfigDb(office).apply(DOCUMENT | {"recordings": {"key_file": str(key)}}, "test")
    backup = packed(office)
    key.unlink()
    restored(new_box, backup)
    assert key.read_text() == "secret"
    assert not (new_box / "outside").exists()
