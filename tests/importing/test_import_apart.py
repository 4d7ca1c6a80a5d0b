# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of unknown origin are read by a process that can open and reach nothing, with little memory."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from firmware.errors import Invalid
from firmware.importing import frames, uploads
from firmware.importing.apart import take_files
from firmware.importing.plan import PastCall
from firmware.importing.waiting import FILE, scratch
from tests.importing.conftest import STRONG, freepbx_files, packed, plan_of

TRIES = """
import sys, socket, os
from firmware.importing import parse
parse.confine(parse.CPU_S, parse.MEMORY)
done = []
for name, attempt in (
    ("file", lambda: open("/etc/passwd")), ("connection", lambda: socket.socket()), ("pipe", os.pipe),
    ("memory", lambda: bytearray(parse.MEMORY)),
):
    try:
        attempt()
        done.append(name)
    except (OSError, MemoryError):
        pass
print(done)
"""


def test_it_can_open_nothing_and_has_little_memory() -> None:
    done = subprocess.run([sys.executable, "-c", TRIES], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert done.stdout.strip() == "[]"


def test_it_reads_what_this_process_would(freepbx: Path, tmp_path: Path) -> None:
    files = [freepbx, tmp_path / "people.zip", tmp_path / "chinese.csv"]
    with zipfile.ZipFile(files[1], "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("asterisk/people.csv", f"number,name,password\n301,Ida,{STRONG}\n")
        archive.writestr("asterisk/sub/", "")
        link = zipfile.ZipInfo("asterisk/evil.conf")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    files[2].write_text("number,name\n302,王伟\n", encoding="gb18030")
    heard: list[PastCall] = []
    here = plan_of(files, heard.append)
    with scratch() as waiting:
        take_files(files, waiting)
        there = waiting.plan()
        assert [call for _, call in waiting.calls(0, 100)] == heard
    assert (there.items, there.notes, there.files) == (here.items, here.notes, [file.name for file in files])
    assert {"301", "302"} <= {item.values["number"] for item in there.of("extension")}
    assert not any("evil" in note.where for note in there.notes)


class _Zeros(io.RawIOBase):
    """Nothing, at length."""

    def __init__(self, length: int) -> None:
        self.left = length

    def read(self, size: int = -1, /) -> bytes:
        given = bytes(min(size, self.left))
        self.left -= len(given)
        return given


def _bomb(path: Path, name: str) -> Path:
    """Zeros, of which an import takes half as many."""
    with gzip.open(path, "wb", compresslevel=1) as stream, tarfile.open(fileobj=stream, mode="w|") as archive:
        info = tarfile.TarInfo(name)
        info.size = 2 * uploads.LARGEST_FILE
        archive.addfile(info, _Zeros(info.size))
    return path


def test_zeros_that_swell_are_refused_and_nothing_waits(tmp_path: Path) -> None:
    with scratch() as waiting, pytest.raises(Invalid, match="larger than an import takes"):
        take_files([_bomb(tmp_path / "b.tar.gz", "people.csv")], waiting)


def test_what_takes_too_much_memory_is_refused_and_nothing_waits(tmp_path: Path) -> None:
    deep = b'{"configs":{"Users":{"users":[' + b"{}," * 10_000_000 + b"{}]}}}"
    with scratch() as waiting:
        with pytest.raises(Invalid, match="too much time or memory"):
            take_files([packed({"modulejson/Core.json": deep}, tmp_path / "m.tar.gz")], waiting)
        assert not list(tmp_path.glob(FILE))


def test_an_upload_that_breaks_off_is_refused() -> None:
    sent = io.BytesIO()
    frames.send(sent, [("people.csv", io.BytesIO(b"number,name\n301,Ida\n"))])
    command = [sys.executable, "-m", "firmware.importing.parse"]
    cut = subprocess.run(command, input=sent.getvalue()[:-6], capture_output=True, check=True)
    assert b'"refused"' in cut.stdout
    whole = subprocess.run(command, input=sent.getvalue(), capture_output=True, check=True)
    assert b'"301"' in whole.stdout


def test_archives_in_frames_are_read_one_after_the_other(tmp_path: Path) -> None:
    sent = io.BytesIO()
    archive = packed(freepbx_files(), tmp_path / "b.tar.gz").read_bytes()
    frames.send(sent, [("b.tar.gz", io.BytesIO(archive)), ("c.csv", io.BytesIO(b"x" * 200_000))])
    sent.seek(0)
    found = [(name, stream.read(3)) for name, stream in frames.files(sent)]
    assert found == [("b.tar.gz", archive[:3]), ("c.csv", b"xxx")]
