# SPDX-License-Identifier: GPL-2.0-or-later
"""Fax machines are known by what they say first, and by nothing else."""

from __future__ import annotations

import pytest

from drivers.lineaudio import FaxTone, Hear, HeardKind, hear_memory
from hil.fax import ced, cng
from hil.g711 import Law, Pcm, decode, encode
from hil.listen import speech_like
from hil.signals import dtmf, quiet, sines


def machine(sound: Pcm, law: Law = "ulaw") -> list[FaxTone]:
    """What is heard of a fax machine in a sound that came over the line."""
    came = decode(encode(quiet(200) + sound + quiet(700), law), law)
    return [FaxTone(heard.value) for _, heard in hear_memory(Hear.FAX, came.tobytes()) if heard.kind is HeardKind.FAX]


@pytest.mark.parametrize("law", ["ulaw", "alaw"])
@pytest.mark.parametrize("dbm0", [-3, -11, -25, -36])
@pytest.mark.parametrize(("hz", "on_ms"), [(1100, 500), (1064, 500), (1136, 500), (1100, 430), (1100, 570)])
def test_a_calling_machine_is_known_after_one_burst(law: Law, dbm0: float, hz: float, on_ms: float) -> None:
    assert machine(cng(1, hz=hz, on_ms=on_ms, dbm0=dbm0), law) == [FaxTone.CNG]


def test_each_burst_is_told() -> None:
    assert machine(cng(7.7)) == [FaxTone.CNG] * 3


@pytest.mark.parametrize("dbm0", [-6, -12, -30])
@pytest.mark.parametrize("modulated", [False, True])
def test_an_answering_machine_is_known(dbm0: float, modulated: bool) -> None:
    assert machine(ced(3, reversals=False, modulated=modulated, dbm0=dbm0)) == [FaxTone.CED]


@pytest.mark.parametrize("dbm0", [-6, -12, -30])
@pytest.mark.parametrize("modulated", [False, True])
def test_one_that_wants_no_echo_canceller_says_so_within_two_seconds(dbm0: float, modulated: bool) -> None:
    assert FaxTone.CED_REVERSED in machine(ced(2, modulated=modulated, dbm0=dbm0))


def test_a_tone_that_goes_on_is_no_calling_machine() -> None:
    assert machine(sines([(1100, -11)], 3000)) == []


@pytest.mark.parametrize(
    "sound",
    [
        speech_like(20),
        dtmf("0123456789ABCD*#" * 3),
        sines([(1000, -10)], 500),
        sines([(1200, -10)], 500),
        sines([(1100, -10)], 250),
        sines([(1100, -10), (1500, -12)], 500),
        sines([(425, -10)], 500),
        sines([(2000, -10)], 3000),
    ],
)
def test_other_sounds_are_no_fax(sound: Pcm) -> None:
    assert machine(sound) == []
