# SPDX-License-Identifier: GPL-2.0-or-later
"""linphone as a registered phone: the field's own, not ours."""

from __future__ import annotations

import shutil
import wave
from pathlib import Path

import pytest

from hil.box import Box
from hil.hearing import assert_heard, when_on_time
from hil.linphone import Linphone
from hil.listen import speech_like
from hil.phone import Phone
from tests.edge.conftest import IN_ONE_LOOP, PASSWORDS, devices_of

pytestmark = [
    IN_ONE_LOOP,
    pytest.mark.skipif(not shutil.which("linphonec"), reason="needs the Debian package linphone-cli"),
]

CLEAR = 0.85  # correlation: it prefers Opus


async def test_linphone_registers_calls_an_analog_phone_and_is_heard(box: Box, tmp_path: Path) -> None:
    spoken = speech_like(1.5, seed=1)
    voice = tmp_path / "voice.wav"
    with wave.open(str(voice), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(spoken.tobytes())
    async with (
        Phone(box.sim, "fxs1", ahead=3) as alice,
        Linphone(tmp_path / "linphone", "203", PASSWORDS["203"], box.sip) as carol,
    ):
        (seen,) = await devices_of(box, "203", 1, timeout=10)
        assert "Linphone" in seen["user_agent"]
        await carol.command(f"call sip:201@{box.sip}")
        await alice.rung(timeout=10)
        alice.pick_up()
        await carol.says("Media streams established")

        async def plays(_: int) -> None:
            began = alice.wire.heard_blocks
            await carol.command(f"play {voice}")
            await alice.listen(3.0)
            assert_heard(spoken, alice.wire.heard_pcm(began), CLEAR)

        await when_on_time(plays, carol)
        await carol.command("terminate")
        call = await box.call_ended()
    assert (call["from_number"], call["to_number"], call["disposition"]) == ("203", "201", "answered")
    assert call["hangup_by"] == "caller"
