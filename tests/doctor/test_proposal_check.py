# SPDX-License-Identifier: GPL-2.0-or-later
"""A proposal is tried on recorded calls: what would have cut one is not believed."""

from __future__ import annotations

import wave
from datetime import UTC, datetime
from pathlib import Path

from firmware import countries
from firmware.archive.library import Library
from firmware.calls.line import learnt_tone
from firmware.core.line_doctor.check import check
from firmware.media.tone_table import tone_table
from firmware.records import Recording, RecordingState
from hil.g711 import Pcm
from hil.listen import speech_like
from hil.signals import quiet, sines

ODD_BUSY = (sines([(455, -15)], 300) + quiet(300)) * 5


def recorded(path: Path, caller: Pcm) -> Recording:
    """A recording as the box makes them: the caller on the left, the agent on the right."""
    stereo = caller[:0]
    for sample in caller:
        stereo.extend((sample, 0))
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(2)
        wav.setsampwidth(2)
        wav.setframerate(8000)
        wav.writeframes(stereo.tobytes())
    return recording(path.stem)


def recording(id: str) -> Recording:
    return Recording(id, "call", f"{id}.wav", datetime(2026, 1, 1, tzinfo=UTC), state=RecordingState.READY)


def test_a_tone_in_the_middle_of_a_call_condemns_the_proposal_one_at_its_end_does_not(tmp_path: Path) -> None:
    talk = speech_like(8, seed=4)
    calls = [
        recorded(tmp_path / "plain.wav", talk + talk),
        recorded(tmp_path / "hung_up.wav", talk + talk + ODD_BUSY),
        recorded(tmp_path / "machine.wav", talk + ODD_BUSY + talk + talk),
        recording("deleted"),
    ]
    library = Library(tmp_path, lambda: None)
    us = countries.load("us")
    learnt = check(calls, library, tone_table(us, learnt_tone([455], [300, 300])))
    assert [cut.recording for cut in learnt.false_hangups] == ["machine"]
    assert 9 < learnt.false_hangups[0].at_s < 11
    assert (learnt.recordings, round(learnt.seconds)) == (3, 62)
    assert check(calls, library, tone_table(us)).false_hangups == ()
