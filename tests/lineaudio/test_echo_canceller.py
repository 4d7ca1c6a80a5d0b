# SPDX-License-Identifier: GPL-2.0-or-later
"""The echo canceller on the echo paths of ITU-T G.168, in memory: no time passes."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.lineaudio import EchoReport, cancel_memory
from hil.g168 import PATHS, composite_source, echo_path
from hil.g711 import RATE, Law, Pcm, decode, encode, pcm
from hil.levels import dbm0
from hil.listen import correlation, speech_like
from hil.signals import dtmf, sines

Signal = NDArray[np.float64]
LOSS_DB = 6  # ITU-T G.168, 6.4: the worst line that a canceller must serve


def coded(audio: Pcm | Signal, law: Law = "ulaw") -> Pcm:
    """As it is after the wire."""
    samples = np.clip(np.round(np.asarray(audio, dtype=np.float64)), -32768, 32767).astype(int).tolist()
    return decode(encode(samples, law), law)


def returned(sent: Pcm, path: int, loss_db: float = LOSS_DB, delay_ms: float = 10) -> Signal:
    """The echo of what was sent."""
    response = echo_path(path, loss_db, delay_ms)
    return np.convolve(np.asarray(sent, dtype=np.float64), response)[: len(sent)]


def cancelled(sent: Pcm, received: Pcm, *, suppress: bool = False) -> tuple[Pcm, EchoReport | None]:
    """What is left."""
    left, report = cancel_memory(sent.tobytes(), received.tobytes(), suppress=suppress)
    audio = pcm()
    audio.frombytes(left)
    return audio, report


def part(audio: Pcm | Signal, begin: float, end: float) -> Pcm | Signal:
    """From one second to another."""
    return audio[int(begin * RATE) : int(end * RATE)]


def erle(received: Pcm, left: Pcm, begin: float, end: float) -> float:
    """How much quieter it is, in dB."""
    return dbm0(part(received, begin, end)) - dbm0(part(left, begin, end))


@pytest.mark.parametrize("law", ["ulaw", "alaw"])
@pytest.mark.parametrize("path", PATHS)
def test_echo_is_25_db_quieter_within_a_second_by_the_filter_alone(path: int, law: Law) -> None:
    for level in (-10, -16, -20):
        sent = coded(composite_source(2.5, level), law)
        received = coded(returned(sent, path), law)
        left, report = cancelled(sent, received)
        assert erle(received, left, 1.05, 2.45) >= 25, level
        assert report
        assert report.loss_db == pytest.approx(LOSS_DB, abs=1)
        assert report.cancelled_db > 18  # from the beginning on


@pytest.mark.parametrize("path", PATHS)
def test_speech_brings_it_there_too_and_its_residue_is_not_heard(path: int) -> None:
    sent = coded(speech_like(4))
    received = coded(returned(sent, path))
    left, _ = cancelled(sent, received)
    assert erle(received, left, 2, 4) >= 25
    left, _ = cancelled(sent, received, suppress=True)
    assert erle(received, left, 2, 4) >= 30


@pytest.mark.parametrize("path", PATHS)
def test_both_may_talk_at_once(path: int) -> None:
    sent = coded(composite_source(8, -16))
    echo = returned(sent, path)
    near = np.asarray(composite_source(8, -16, "double"), dtype=np.float64)
    near[: 3 * RATE] = near[6 * RATE :] = 0
    received = coded(echo + near)
    for suppress in (False, True):
        left, _ = cancelled(sent, received, suppress=suppress)
        disturbed = part(np.asarray(left) - near, 3, 6)
        assert dbm0(part(echo, 3, 6).tolist()) - dbm0(disturbed.tolist()) > 15
        assert correlation(part(near, 3, 6), part(left, 3, 6)) > 0.98  # it is heard, undistorted
        assert erle(received, left, 6, 7) >= 25  # and nothing was unlearnt


def test_the_first_syllable_after_silence_is_not_swallowed() -> None:
    sent = coded(speech_like(8))
    near = np.zeros(len(sent))
    near[5 * RATE :] = np.asarray(speech_like(3, seed=5, level_dbm0=-22))
    received = coded(returned(sent, 4, 10) + near)
    left, _ = cancelled(sent, received, suppress=True)
    assert correlation(part(near, 5, 5.3), part(left, 5, 5.3)) > 0.97
    assert correlation(part(near, 5, 8), part(left, 5, 8)) > 0.97


@pytest.mark.parametrize("others", [("speech", 2), ("speech", 3), ("css", 1)])
def test_without_echo_nothing_is_changed(others: tuple[str, int]) -> None:
    kind, seed = others
    near = speech_like(10, seed=seed, level_dbm0=-19) if kind == "speech" else composite_source(10, -19, "double")
    sent, received = coded(speech_like(10, seed=1)), coded(near)
    left, report = cancelled(sent, received, suppress=True)
    assert left == received
    assert report is None


def test_sound_that_only_comes_back_as_loud_as_it_went_is_no_echo() -> None:
    sent = coded(speech_like(12))
    looped = pcm([0] * 160) + sent[:-160]
    left, report = cancelled(sent, looped, suppress=True)
    assert report is None
    assert np.mean(np.asarray(left) != np.asarray(looped)) < 0.1  # until it was known


def test_what_was_learnt_is_kept_over_silence() -> None:
    talk = composite_source(3, -16)
    sent = coded(talk + pcm([0] * (20 * RATE)) + talk)
    noise = np.random.default_rng(1).normal(0, 20, len(sent))  # -58 dBm0
    received = coded(returned(sent, 5) + noise)
    left, _ = cancelled(sent, received)
    assert erle(received, left, 23, 23.25) >= 22


@pytest.mark.parametrize("frequencies", [(697,), (1633,), (697, 1209), (941, 1633), (2100,), (440, 480)])
def test_tones_spoil_nothing(frequencies: tuple[int, ...]) -> None:
    tone = sines([(hz, -13) for hz in frequencies], 5000)
    sent = coded(composite_source(2, -10) + tone + composite_source(1, -10))
    received = coded(returned(sent, 7))
    left, _ = cancelled(sent, received)
    assert erle(received, left, 7, 7.25) >= 25


def test_digits_from_the_near_end_pass_while_the_far_end_talks() -> None:
    sent = coded(speech_like(6))
    keys = np.zeros(len(sent))
    keyed = np.asarray(dtmf("0123456789*#", low_dbm0=-13, high_dbm0=-11))
    keys[3 * RATE : 3 * RATE + len(keyed)] = keyed
    received = coded(returned(sent, 3, 10) + keys)
    left, _ = cancelled(sent, received, suppress=True)
    assert correlation(part(keys, 3, 4.7), part(left, 3, 4.7)) > 0.99


def test_another_path_is_learnt_within_a_second() -> None:
    sent = coded(composite_source(5, -16))
    before, after = returned(sent, 2), returned(sent, 5, delay_ms=13)
    received = coded(np.concatenate([before[: 2 * RATE], after[2 * RATE :]]))
    left, _ = cancelled(sent, received)
    assert erle(received, left, 3.1, 5) >= 25
