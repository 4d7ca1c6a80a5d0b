# SPDX-License-Identifier: GPL-2.0-or-later
"""Recordings as Ogg Opus: as long as before, small, one party on each side, and damage is noticed."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.archive import opus
from hil.listen import speech_like

SPEECH = speech_like(20, seed=1), speech_like(20, seed=2)


def stereo(left: array[int], right: array[int]) -> bytes:
    both = array("h", (0,)) * (2 * len(left))
    both[0::2], both[1::2] = left, right
    return both.tobytes()


def pieces(data: bytes, size: int = 5000) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def encoded(pcm: bytes) -> bytes:
    return b"".join(opus.encode(pieces(pcm), serial=7))


def power(samples: array[int]) -> float:
    return sum(sample * sample for sample in samples) / max(1, len(samples))


def test_speech_of_both_parties_takes_at_most_24_kbit_a_second() -> None:
    file = encoded(stereo(*SPEECH))
    assert len(file) * 8 / 20 <= 24_000


def test_what_one_party_says_is_not_on_the_others_side() -> None:
    speech, nothing = speech_like(4, seed=3), array("h", (0,)) * 32000
    heard = array("h", b"".join(opus.decode(pieces(encoded(stereo(speech, nothing))))))
    assert power(heard[0::2]) > power(speech) / 2
    assert power(heard[1::2]) < 1


@settings(max_examples=30, deadline=None)
@given(samples=st.integers(0, 3000), size=st.integers(1, 4000))
def test_it_has_as_many_samples_as_before_however_it_comes(samples: int, size: int) -> None:
    pcm = stereo(SPEECH[0][:samples], SPEECH[1][:samples])
    file = b"".join(opus.encode(pieces(pcm, size), serial=7))
    assert len(b"".join(opus.decode(pieces(file, size)))) == len(pcm)
    assert opus.samples_of(file, file[-65536:]) == samples


def test_the_same_sound_gives_the_same_file() -> None:
    pcm = stereo(SPEECH[0][:8000], SPEECH[1][:8000])
    assert encoded(pcm) == encoded(pcm)


@pytest.mark.parametrize("cut", [0, 10, 60, 200, 5000])
def test_a_file_that_was_cut_is_damaged(cut: int) -> None:
    file = encoded(stereo(*SPEECH))
    with pytest.raises(opus.DamagedSound):
        b"".join(opus.decode([file[:cut]]))
