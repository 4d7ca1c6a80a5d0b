# SPDX-License-Identifier: GPL-2.0-or-later
"""Encrypted recordings: any part can be read, nothing can be changed, moved or left out."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.archive.sealed import CHUNK, HEAD_BYTES, Key, Sealed, Tampered, new_key, read_key, seal
from firmware.errors import Unavailable

KEY = Key(bytes(range(32)))
SOUND = bytes(n * 7 % 251 for n in range(3 * CHUNK + 1000))


def sealed(sound: bytes = SOUND, name: str = "one") -> bytes:
    return b"".join(seal([sound[:100], sound[100:]], KEY, name))


def opened(file: bytes, name: str = "one", key: Key = KEY) -> bytes:
    return b"".join(Sealed(io.BytesIO(file), len(file), key, name).read())


@settings(max_examples=60, deadline=None)
@given(size=st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, len(SOUND)]), data=st.data())
def test_any_part_is_read_as_it_was_written(size: int, data: st.DataObject) -> None:
    sound = SOUND[:size]
    file = sealed(sound)
    start, length = data.draw(st.integers(0, size)), data.draw(st.none() | st.integers(0, size + 10))
    reader = Sealed(io.BytesIO(file), len(file), KEY, "one")
    assert reader.size == size
    assert b"".join(reader.read(start, length)) == (sound[start:] if length is None else sound[start : start + length])


def test_nothing_of_the_sound_is_in_the_file_and_two_files_of_it_differ() -> None:
    assert SOUND[:32] not in sealed()
    assert sealed()[HEAD_BYTES:] != sealed()[HEAD_BYTES:]


def flipped(file: bytes, at: int) -> bytes:
    return file[:at] + bytes((file[at] ^ 1,)) + file[at + 1 :]


CHUNK_IN_FILE = CHUNK + 16
CHANGES = {
    "a bit of sound": lambda file: flipped(file, HEAD_BYTES + 500),
    "a bit of the last octet": lambda file: flipped(file, len(file) - 1),
    "the salt": lambda file: flipped(file, HEAD_BYTES - 1),
    "the last chunk left out": lambda file: file[: HEAD_BYTES + 3 * CHUNK_IN_FILE],
    "the end cut": lambda file: file[:-7],
    "the first chunk left out": lambda file: file[:HEAD_BYTES] + file[HEAD_BYTES + CHUNK_IN_FILE :],
    "two chunks swapped": lambda file: (
        file[:HEAD_BYTES]
        + file[HEAD_BYTES + CHUNK_IN_FILE : HEAD_BYTES + 2 * CHUNK_IN_FILE]
        + file[HEAD_BYTES : HEAD_BYTES + CHUNK_IN_FILE]
        + file[HEAD_BYTES + 2 * CHUNK_IN_FILE :]
    ),
    "only a header": lambda file: file[:HEAD_BYTES],
    "nothing": lambda file: b"",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_every_change_is_noticed(change) -> None:
    with pytest.raises(Tampered):
        opened(change(sealed()))


def test_a_file_cannot_stand_for_another_recording_or_key() -> None:
    with pytest.raises(Tampered):
        opened(sealed(), name="two")
    with pytest.raises(Tampered, match="another key"):
        opened(sealed(), key=Key(bytes(32)))


def test_a_key_is_read_only_where_it_is_safe(tmp_path: Path) -> None:
    state, file = tmp_path / "state", tmp_path / "key"
    state.mkdir()
    file.write_text(new_key())
    file.chmod(0o640)
    assert len(read_key(file, state).secret) == 32
    file.chmod(0o644)
    with pytest.raises(Unavailable, match="everybody"):
        read_key(file, state)
    inside = state / "key"
    inside.write_text(new_key())
    with pytest.raises(Unavailable, match="lies with the data"):
        read_key(inside, state)
    file.chmod(0o640)
    file.write_text("short")
    with pytest.raises(Unavailable):
        read_key(file, state)
    with pytest.raises(Unavailable, match="cannot be read"):
        read_key(tmp_path / "none", state)
