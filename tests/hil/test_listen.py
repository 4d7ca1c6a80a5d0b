# SPDX-License-Identifier: GPL-2.0-or-later
"""The ears of the tests hear every gap and slip, and nothing else."""

from __future__ import annotations

import pytest

from hil.g711 import Law, Pcm, decode, encode
from hil.listen import align, faults, speech_like, tone_level_dbm0
from hil.signals import quiet, sines


@pytest.fixture(scope="module")
def sent() -> Pcm:
    return speech_like(8)


@pytest.mark.parametrize("law", ["ulaw", "alaw"])
def test_one_companding_is_no_fault(sent: Pcm, law: Law) -> None:
    heard = quiet(333) + decode(encode(sent, law), law) + quiet(100)
    found = align(sent, heard)
    assert found.offset_ms == 333
    assert found.correlation > 0.998
    assert faults(sent, heard) == []


def test_a_late_listener_misses_only_the_beginning(sent: Pcm) -> None:
    assert align(sent, sent[4000:]).offset == -4000
    assert faults(sent, sent[4000:]) == []


def test_a_lost_block_is_a_gap(sent: Pcm) -> None:
    heard = sent[:24000] + quiet(20) + sent[24160:]
    (fault,) = faults(sent, heard)
    assert (fault.kind, fault.at_ms) == ("gap", 3000)


def test_a_block_too_many_and_one_too_few_are_slips(sent: Pcm) -> None:
    heard = sent[:16000] + quiet(20) + sent[16000:40000] + sent[40160:]
    kinds = [(fault.kind, fault.detail) for fault in faults(sent, heard) if fault.kind == "slip"]
    assert kinds == [("slip", "+160 samples"), ("slip", "-160 samples")]


def test_a_tone_is_measured() -> None:
    audio = sines([(440, -13), (480, -19)], 1000)
    assert tone_level_dbm0(audio, 440) == pytest.approx(-13, abs=0.1)
    assert tone_level_dbm0(audio, 480) == pytest.approx(-19, abs=0.1)
    assert tone_level_dbm0(audio, 350) < -60
