# SPDX-License-Identifier: GPL-2.0-or-later
"""Which updates a box takes: the real rauc looks at signed, foreign, old, broken ones. Nothing is installed here.

How they are installed, and interrupted, is in hil/update, since mounting takes root.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from firmware.update.by_slots import SlotUpdater
from firmware.update.progress import SCHEDULE, Order, Phase, UpdateFiles
from firmware.update.rauc import Rauc, Slots
from firmware.update.versions import newer
from hil.update.maker import Maker

SIZE = 64 << 10
NEWER = "9.0.0"


class Inert(Rauc):
    """Looks as RAUC does, and writes nothing; which slot runs is told."""

    booted = "A"
    marked = ""

    def slots(self) -> Slots:
        return Slots(type(self).booted, "A", frozenset("A"))

    def install(self, file: Path, told: Callable[[int], None]) -> None:
        told(100)

    def mark(self, state: str) -> None:
        type(self).marked = state


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    return Maker(tmp_path_factory.mktemp("maker"))


@pytest.fixture
def updater(tmp_path: Path, maker: Maker) -> SlotUpdater:
    conf = tmp_path / "system.conf"
    conf.write_text(
        "[system]\ncompatible=tipring-bench\nbootloader=noop\n\n"
        f"[keyring]\npath={maker.authority.certificate}\n\n[slot.rootfs.0]\ndevice=/dev/null\nbootname=A\n"
    )
    Inert.booted, Inert.marked = "A", ""
    return SlotUpdater(tmp_path, Inert(conf), lambda: None, pause=lambda seconds: None)


def said(updater: SlotUpdater, source: Path | str, **more: Any) -> str:
    """Why it was refused; "" when it was not."""
    done = updater.run(Order(str(source), **more))
    assert done is (updater.files.progress().phase is Phase.RESTARTING)
    return updater.files.progress().text


def test_a_newer_one_of_the_right_maker_is_taken(updater: SlotUpdater, maker: Maker) -> None:
    assert said(updater, maker.bundle(NEWER, size=SIZE)) == ""
    progress = updater.files.progress()
    assert (progress.version, progress.slot) == (NEWER, "A")


def test_bundles_as_the_images_recipe_makes_them(updater: SlotUpdater, maker: Maker, tmp_path: Path) -> None:
    """Of format verity, and no other: what they hold is then checked by the kernel while it is written."""
    conf = updater.rauc.conf
    conf.write_text(conf.read_text().replace("[system]", "[system]\nbundle-formats=verity"))
    bundle = maker.bundle(NEWER, size=SIZE, form="verity")
    assert said(updater, bundle) == ""
    stranger = Maker(tmp_path / "stranger")
    refused = said(updater, stranger.bundle(NEWER, size=SIZE, form="verity"))
    assert "is not signed by a maker that this box trusts" in refused
    whole = bundle.read_bytes()
    for broken in (whole[:-1], whole[: len(whole) // 2], whole[:-600] + bytes([whole[-600] ^ 1]) + whole[-599:]):
        (tmp_path / "broken.raucb").write_bytes(broken)
        assert said(updater, tmp_path / "broken.raucb").startswith("broken.raucb is ")
    assert "format 'plain' not allowed" in said(updater, maker.bundle("9.1.0", size=SIZE))


def test_an_older_one_is_taken_only_when_asked_for(updater: SlotUpdater, maker: Maker) -> None:
    older = maker.bundle("0.0.1", size=SIZE)
    assert said(updater, older).startswith("Version 0.0.1 is not newer than")
    assert said(updater, older, downgrade=True) == ""


def test_one_for_another_board_is_refused(updater: SlotUpdater, maker: Maker) -> None:
    other = maker.bundle(NEWER, "tipring-other", size=SIZE)
    assert said(updater, other, downgrade=True).startswith(
        "This update is for tipring-other, and this box is a tipring-bench."
    )


def test_whom_the_box_does_not_trust(updater: SlotUpdater, maker: Maker, tmp_path: Path) -> None:
    stranger = Maker(tmp_path / "stranger")
    assert "is not signed by a maker that this box trusts" in said(updater, stranger.bundle(NEWER, size=SIZE))
    late = maker.bundle(NEWER, signer=maker.expired, size=SIZE)
    assert "certificate has expired" in said(updater, late)


def test_what_was_changed_cut_short_or_is_no_bundle(updater: SlotUpdater, maker: Maker, tmp_path: Path) -> None:
    whole = maker.bundle(NEWER, size=SIZE).read_bytes()
    changed = whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:]
    for content in (whole[:-1], whole[: len(whole) // 2], b"", b"not a bundle at all" * 100, changed):
        broken = tmp_path / "broken.raucb"
        broken.write_bytes(content)
        assert said(updater, broken).startswith("broken.raucb is ")
    assert said(updater, tmp_path / "nothing.raucb").startswith("nothing.raucb is damaged, or no update")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *given: Any, **more: Any) -> None:
            super().__init__(*given, directory=str(tmp_path / "www"), **more)

        def send_head(self) -> Any:
            if self.headers.get("If-None-Match") == '"one"':
                self.send_response(304)
                self.end_headers()
                return None
            return super().send_head()

        def end_headers(self) -> None:
            self.send_header("ETag", '"one"')
            super().end_headers()

        def log_message(self, *given: Any) -> None:
            pass

    (tmp_path / "www").mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_it_is_downloaded_and_nothing_is_left_of_it(
    updater: SlotUpdater, maker: Maker, tmp_path: Path, server: str
) -> None:
    maker.bundle(NEWER, size=SIZE).rename(tmp_path / "www" / "new.raucb")
    assert said(updater, f"{server}/new.raucb") == ""
    assert "cannot be downloaded: 404" in said(updater, f"{server}/none.raucb")
    assert "cannot be downloaded" in said(updater, "http://127.0.0.1:1/new.raucb")
    assert not updater.files.bundle.exists()


def test_a_schedule_says_nothing_when_there_is_nothing_newer(
    updater: SlotUpdater, maker: Maker, tmp_path: Path, server: str
) -> None:
    maker.bundle("0.0.1", size=SIZE).rename(tmp_path / "www" / "new.raucb")
    for _ in range(2):  # the second time it is not even downloaded
        assert updater.run(Order(f"{server}/new.raucb", by=SCHEDULE))
        assert updater.files.progress().phase is Phase.NONE
    assert updater.files.etag.read_text() == '"one"'


def test_a_disk_without_room_is_told_before_it_is_full(
    updater: SlotUpdater, maker: Maker, tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker.bundle(NEWER, size=SIZE).rename(tmp_path / "www" / "new.raucb")
    monkeypatch.setattr("firmware.update.download.SPARE_BYTES", 1 << 60)
    assert "there is room for 0 MiB. Free some space." in said(updater, f"{server}/new.raucb")


@pytest.mark.parametrize(
    ("works", "booted", "phase", "ends", "marked"),
    [
        (True, "B", Phase.RESTARTING, Phase.DONE, "good"),
        (True, "B", Phase.INSTALLING, Phase.DONE, "good"),
        (False, "B", Phase.RESTARTING, Phase.TRIAL, "bad"),
        (True, "A", Phase.RESTARTING, Phase.ROLLED_BACK, "good"),
        (True, "A", Phase.TRIAL, Phase.ROLLED_BACK, "good"),
        (True, "A", Phase.INSTALLING, Phase.FAILED, "good"),
        (True, "A", Phase.DOWNLOADING, Phase.FAILED, "good"),
        (True, "A", Phase.NONE, Phase.NONE, "good"),
        (False, "A", Phase.DONE, Phase.DONE, ""),
    ],
)
def test_after_a_start_the_slot_that_runs_tells_how_it_went(
    updater: SlotUpdater, monkeypatch: pytest.MonkeyPatch, works: bool, booted: str, phase: Phase, ends: Phase,
    marked: str,
) -> None:  # fmt: skip
    restarted: list[bool] = []
    updater.progress = updater.files.tell(type(updater.progress)(phase, NEWER, "0.1.0", "A"))
    monkeypatch.setattr(Inert, "booted", booted)
    monkeypatch.setattr(updater, "_answers", lambda: works)
    monkeypatch.setattr(updater, "restart", lambda: restarted.append(True))
    updater.after_start()
    assert (updater.files.progress().phase, Inert.marked) == (ends, marked)
    assert bool(restarted) is (marked == "bad")


def test_an_order_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    files = UpdateFiles(tmp_path)
    files.make()
    assert files.take() is None
    files.give(Order("/a", by="owner"))
    assert files.take() == Order("/a", by="owner")
    (files.folder / "order.json").write_text("{")
    assert files.take() is None
    assert files.take() is None
    (files.folder / "progress.json").write_text('{"phase": "dancing"}')
    assert files.progress().phase is Phase.NONE


def test_versions_are_compared_as_debian_does() -> None:
    ordered = ["0.9", "1.0~rc1", "1.0~rc2", "1.0", "1.0.1", "1.0.2a", "1.2", "1.10", "2"]
    for number, one in enumerate(ordered):
        for other in ordered[:number]:
            assert newer(one, other)
            assert not newer(other, one)
        assert not newer(one, one)
