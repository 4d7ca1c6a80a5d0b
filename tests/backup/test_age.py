# SPDX-License-Identifier: GPL-2.0-or-later
"""The age format: by age itself, and with every way in which a file can be wrong."""

from __future__ import annotations

import io
import os
import subprocess
from pathlib import Path

import pytest

from firmware.backup.age import Damaged, Decrypting, Encrypting, NotABackup, Truncated, WrongPassphrase

WORDS = "correct horse battery staple"
CHUNK = 65536


def sealed(plain: bytes, work: int = 4) -> bytes:
    out = io.BytesIO()
    file = Encrypting(out, WORDS, work)
    for at in range(0, len(plain), 10_000):
        file.write(plain[at : at + 10_000])
    file.finish()
    return out.getvalue()


def opened(data: bytes, words: str = WORDS) -> bytes:
    return Decrypting(io.BytesIO(data), words).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 200_000])
def test_what_goes_in_comes_out_whatever_its_length(size: int) -> None:
    plain = os.urandom(size)
    assert opened(sealed(plain)) == plain


def _age(*arguments: str) -> tuple[int, bytes]:
    """age asks the terminal for a passphrase, so it gets one."""
    parent, terminal = os.openpty()
    with subprocess.Popen(
        ["age", *arguments], stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True,
        preexec_fn=lambda: __import__("fcntl").ioctl(0, __import__("termios").TIOCSCTTY, 0),
    ) as process:  # fmt: skip
        os.close(terminal)
        said = b""
        asked = 0
        while True:
            try:
                piece = os.read(parent, 1024)
            except OSError:
                break
            said += piece
            while said.count(b"passphrase") + said.count(b"Confirm") > asked and said.rstrip().endswith(b":"):
                asked = said.count(b"passphrase") + said.count(b"Confirm")
                os.write(parent, WORDS.encode() + b"\n")
        os.close(parent)
        return process.wait(30), said


def test_age_opens_what_the_box_made_and_the_box_what_age_made(tmp_path: Path) -> None:
    plain = os.urandom(150_000)
    (tmp_path / "ours.age").write_bytes(sealed(plain, 10))
    status, said = _age("-d", "-o", str(tmp_path / "ours"), str(tmp_path / "ours.age"))
    assert status == 0, said
    assert (tmp_path / "ours").read_bytes() == plain
    status, said = _age("-e", "-p", "-o", str(tmp_path / "theirs.age"), str(tmp_path / "ours"))
    assert status == 0, said
    assert opened((tmp_path / "theirs.age").read_bytes()) == plain


def test_another_passphrase_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongPassphrase):
        opened(sealed(b"secret"), "another passphrase")


def test_a_cut_anywhere_is_told() -> None:
    whole = sealed(os.urandom(2 * CHUNK + 1000))
    for length in (30, 60, 150, 300, CHUNK, CHUNK + 16 + 215, 2 * CHUNK, len(whole) - 1):
        with pytest.raises((Truncated, Damaged)) as told:
            opened(whole[:length])
        if length > 215:  # the header is whole
            assert told.type is Truncated, length
    header = len(whole) - (2 * CHUNK + 1000 + 3 * 16)
    with pytest.raises(Truncated):  # between two chunks: each one left is whole
        opened(whole[: header + CHUNK + 16])


def test_a_bit_anywhere_is_noticed_and_nothing_false_comes_out() -> None:
    plain = os.urandom(CHUNK + 5000)
    whole = sealed(plain)
    for at in [*range(0, 220, 7), 300, CHUNK, CHUNK + 300, len(whole) - 3]:
        flipped = bytearray(whole)
        flipped[at] ^= 1
        with pytest.raises((Damaged, Truncated, WrongPassphrase, NotABackup)):
            opened(bytes(flipped))
    with pytest.raises(Damaged, match="MB after its beginning"):
        opened(whole[:400] + bytes([whole[400] ^ 1]) + whole[401:])


def test_chunks_cannot_change_places() -> None:
    whole = sealed(os.urandom(3 * CHUNK))
    size, header = CHUNK + 16, len(whole) - 3 * (CHUNK + 16)
    first, second, rest = whole[header : header + size], whole[header + size : header + 2 * size], whole[-size:]
    with pytest.raises(Damaged):
        opened(whole[:header] + second + first + rest)


@pytest.mark.parametrize("wrong", [b"", b"PK\x03\x04 a zip", b"age-encryption.org/v2\n", os.urandom(500)])
def test_another_file_is_told(wrong: bytes) -> None:
    with pytest.raises(NotABackup):
        opened(wrong)


def test_a_file_for_a_key_is_told() -> None:
    with pytest.raises(NotABackup, match="for a key"):
        opened(b"age-encryption.org/v1\n-> X25519 abc\nbody\n--- mac\n" + bytes(32))


def test_a_file_that_wants_all_of_the_memory_is_refused() -> None:
    whole = sealed(b"x")
    with pytest.raises(Damaged):
        opened(whole.replace(b" 4\n", b" 30\n", 1))
