# SPDX-License-Identifier: GPL-2.0-or-later
"""What a recorder left of a message becomes a file to listen to, whenever the power went."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest

from firmware import times
from firmware.records import Message, MessageState
from firmware.store import message_files
from hil.signals import load_wav

MESSAGE = Message("m1", "201", "c1", "5551234", "ANNA", times.now())
SPEECH = [6000 if n // 10 % 2 else -6000 for n in range(8000 * 3)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "201").mkdir()
    return tmp_path


def recorded(folder: Path, left: list[int], cut: int = 0) -> Path:
    """What a recorder has on the disk: header, then left and right; `cut` octets are missing at its end."""
    frames = array("h", [x for sample in left for x in (sample, 0)]).tobytes()
    raw = message_files.raw_path(folder, MESSAGE)
    raw.write_bytes(bytes(44) + frames[: len(frames) - cut])
    return raw


def test_a_message_is_mono_hashed_and_new(folder: Path) -> None:
    raw = recorded(folder, SPEECH)
    done = message_files.finish(MESSAGE, folder)
    assert done
    assert (done.duration_s, done.state, len(done.sha256)) == (3.0, MessageState.NEW, 64)
    assert list(load_wav(message_files.sound_path(folder, MESSAGE))) == SPEECH
    assert not raw.exists()


@pytest.mark.parametrize("cut", [1, 2, 3, 5, 16001])
def test_a_recording_that_was_cut_anywhere_is_heard_up_to_there(folder: Path, cut: int) -> None:
    recorded(folder, SPEECH, cut)
    done = message_files.finish(MESSAGE, folder)
    assert done
    assert done.duration_s == pytest.approx(3.0 - cut / 32000, abs=0.001)


def test_the_key_that_ended_a_message_is_not_in_it(folder: Path) -> None:
    recorded(folder, SPEECH + [20000, -20000] * 800)
    assert message_files.finish(MESSAGE, folder, cut_s=0.2)
    assert list(load_wav(message_files.sound_path(folder, MESSAGE))) == SPEECH


def test_finishing_twice_is_harmless_also_when_only_the_row_was_lost(folder: Path) -> None:
    recorded(folder, SPEECH)
    assert message_files.finish(MESSAGE, folder) == message_files.finish(MESSAGE, folder)


@pytest.mark.parametrize("left", [SPEECH[:7000], [30] * 40000, []])
def test_what_is_too_short_or_silent_leaves_nothing_behind(folder: Path, left: list[int]) -> None:
    recorded(folder, left)
    assert message_files.finish(MESSAGE, folder) is None
    assert list((folder / "201").iterdir()) == []


def test_a_message_whose_file_was_never_made_is_none(folder: Path) -> None:
    assert message_files.finish(MESSAGE, folder) is None
