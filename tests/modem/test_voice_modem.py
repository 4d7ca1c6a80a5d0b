# SPDX-License-Identifier: GPL-2.0-or-later
"""A voice modem as an FXO port, with a modem on a pty that follows V.253: hook, caller ID, what goes wrong."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

import pytest
import pytest_asyncio

from drivers.lineaudio.voice_modem import SampleFormat
from drivers.modem import fxo as driver
from drivers.modem import serial_line
from drivers.modem.voice import formats
from drivers.port import PortError, PortEvent, PortEventRecord
from hil.audio_path import PythonAudioPath
from hil.clock import clock
from hil.g711 import BLOCK, Pcm, decode, encode, silence
from hil.hearing import CLEAR, TRIES, assert_heard
from hil.listen import speech_like
from hil.modem.pty_modem import until
from hil.modem.voice_modem import FORMATS, VoiceModem


class Line:
    """The port, and all that it told."""

    cushion_s = settles_s = 0.0

    def __init__(self, device: Path) -> None:
        self.port = driver.ModemFxo("fxo101", str(device))
        self.audio = PythonAudioPath(silence("ulaw"))
        self.events: list[PortEventRecord] = []
        self.port.on_event = self.events.append
        self.port.connect_audio(self.audio)

    async def __aenter__(self) -> Self:
        self.port.open()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.port.close()

    async def lifted(self) -> None:
        self.port.seize()
        await self.port.settled()

    def say(self, audio: Pcm) -> None:
        spoken = encode(audio, "ulaw")
        self.audio.queue.extend(spoken[at : at + BLOCK] for at in range(0, len(spoken) - BLOCK + 1, BLOCK))

    def heard(self, begin: int = 0) -> Pcm:
        return decode(b"".join(self.audio.heard[begin:]), "ulaw")

    async def told(self, event: PortEvent, count: int = 1) -> PortEventRecord:
        """The newest one, once there are so many."""
        await until(lambda: sum(record.event is event for record in self.events) >= count)
        return next(record for record in reversed(self.events) if record.event is event)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serial_line, "RETRY_S", 0.1)


@pytest_asyncio.fixture
async def far(tmp_path: Path) -> AsyncIterator[VoiceModem]:
    async with VoiceModem(tmp_path / "usb-Voice_Modem-if00") as modem:
        yield modem


@contextlib.asynccontextmanager
async def line_at(far: VoiceModem) -> AsyncIterator[Line]:
    async with Line(far.device) as line:
        await line.told(PortEvent.PLUGGED)
        yield line


@pytest_asyncio.fixture
async def line(far: VoiceModem) -> AsyncIterator[Line]:
    async with line_at(far) as there:
        yield there


def test_the_best_format_is_that_of_the_box() -> None:
    lines = [*FORMATS, '132,"A-Law",8,0,8000,0,0', '140,"2 Bit ADPCM",2,0,8000,0,0']
    assert formats(lines, "ulaw")[0] == (SampleFormat.ULAW, 131)
    assert formats(lines, "alaw")[0] == (SampleFormat.ALAW, 132)
    assert formats(['+VSM: 128,"8-BIT LINEAR",(7200,8000,11025)'], "ulaw") == []
    assert formats(FORMATS[:2], "alaw")[0] == (SampleFormat.UNSIGNED, 1)


async def test_a_ring_tells_who_calls(far: VoiceModem, line: Line) -> None:
    ringing = asyncio.create_task(far.ring("5551234", "ANNA SMITH"))
    await line.told(PortEvent.RING_BEGAN)
    caller = await line.told(PortEvent.CALLER_ID)
    assert (caller.detail, caller.name, caller.private) == ("5551234", "ANNA SMITH", False)
    far.rings = False
    await line.told(PortEvent.RING_ENDED)
    await ringing
    again = asyncio.create_task(far.ring("P"))
    withheld = await line.told(PortEvent.CALLER_ID, 2)
    assert (withheld.detail, withheld.private) == ("", True)
    await line.lifted()
    await again


@pytest.mark.parametrize("format", FORMATS)
async def test_sound_goes_both_ways_in_every_format(tmp_path: Path, format: str) -> None:
    clear = 0.9 if "PCM" in format else CLEAR  # 8 bits without G.711's logarithm
    async with VoiceModem(tmp_path / "modem", formats=[format]) as far, line_at(far) as line:
        far.dial_tone = False
        await line.lifted()
        await asyncio.sleep(far.settles_s)

        async def both(attempt: int) -> None:
            said, answered = (speech_like(1, seed=2 * attempt + way, level_dbm0=-10) for way in (0, 1))
            begin, line_begin = len(far.blocks), len(line.audio.heard)
            line.say(answered)
            await far.say(said)
            await asyncio.sleep(0.6)
            assert_heard(said, line.heard(line_begin), clear)
            assert_heard(answered, far.heard_pcm(begin), clear)

        for attempt in range(TRIES - 1):  # the kernel carries a pty's octets when it has time
            with contextlib.suppress(AssertionError):
                await both(attempt)
                break
        else:
            await both(TRIES)
        assert far.states == ["+VTR"]
        assert far.overruns == 0
    assert not far.off_hook


async def test_a_far_end_that_stood_still_catches_up_before_it_judges() -> None:
    """A busy machine stops the test's process, not the box's clock: what came meanwhile was played meanwhile."""
    far, ticks = clock(), list[int]()

    def tick() -> None:
        ticks.append(1)

    far.add(tick)
    missed = far.missed
    time.sleep(0.1)  # noqa: ASYNC251
    assert not ticks
    far.catch_up()
    far.remove(tick)
    assert len(ticks) + far.missed - missed >= 5


async def test_a_far_end_counts_what_is_too_much(far: VoiceModem) -> None:
    for command in ("AT+FCLASS=8", "AT+VLS=1", "AT+VTR"):
        await far.carry_out(command)
    await until(lambda: far.blocks)
    far.received(bytes(160 * 40))
    assert far.overruns


async def test_it_hangs_up_and_is_lifted_again(far: VoiceModem, line: Line) -> None:
    for _ in range(3):
        await line.lifted()
        assert far.off_hook
        line.port.release()
    await line.lifted()
    assert far.lifts == 4
    line.port.release()
    await until(lambda: not far.off_hook)


async def test_signs_of_a_hang_up_are_told(far: VoiceModem, line: Line) -> None:
    await line.lifted()
    await far.code("b")
    await line.told(PortEvent.BUSY)
    await far.code("l")
    await line.told(PortEvent.LOOP_BROKEN)
    await far.code("5")  # in the sound as well
    await far.code("u")
    assert not [record for record in line.events if record.event is PortEvent.TONE_DIGIT]


async def test_pulses_and_flash_are_the_modems(far: VoiceModem, line: Line) -> None:
    with pytest.raises(PortError, match="on hook"):
        await line.port.flash(500)
    await line.lifted()
    await line.port.dial_pulse("123", 60, 40, 800)
    await line.port.flash(500)
    assert far.dialled == "123"
    assert far.states == ["+VTR"] * 3


async def test_without_vtr_it_speaks_by_turns(tmp_path: Path) -> None:
    async with VoiceModem(tmp_path / "modem", duplex=False) as far, line_at(far) as line:
        await line.lifted()
        assert line.port.by_turns
        assert "one way at a time" in line.port.note
        await line.port.dial_tones("42")
        assert far.dialled == "42"
        line.say(speech_like(1.0, seed=5))
        await until(lambda: far.states[-1] == "+VTX")
        for code in "/555~7":
            await far.code(code)
        await line.told(PortEvent.TONE_DIGIT, 2)
        await until(lambda: far.states[-1] == "+VRX")
        assert [record.digit for record in line.events if record.event is PortEvent.TONE_DIGIT] == ["5", "7"]


async def test_an_unplugged_modem_comes_back_by_itself_also_from_a_call(far: VoiceModem, line: Line) -> None:
    await line.lifted()
    far.unplug()
    fault = await line.told(PortEvent.FAULT)
    assert "plug" in fault.detail.lower()
    assert not line.port.off_hook
    with pytest.raises(PortError, match="cannot be used"):
        line.port.seize()
    far.plug()
    await line.told(PortEvent.PLUGGED, 2)
    await line.lifted()


async def test_a_modem_that_was_left_talking_is_brought_to_its_senses(far: VoiceModem) -> None:
    """The core was killed in the midst of a call: the modem still streams sound."""
    async with line_at(far) as line:
        await line.lifted()
        assert line.port._task
        line.port._task.cancel()
        line.port._stop_pump()
        await line.port._line.close()
        async with line_at(far) as again:
            assert not far.off_hook
            await again.lifted()


async def test_split_lines_and_garbage_change_nothing(far: VoiceModem) -> None:
    far.pieces, far.garbage = 2, True
    async with line_at(far) as line:
        ringing = asyncio.create_task(far.ring("5551234"))
        caller = await line.told(PortEvent.CALLER_ID)
        assert caller.detail == "5551234"
        await line.lifted()
        await ringing


async def test_what_is_no_voice_modem_is_told(tmp_path: Path) -> None:
    async with (
        VoiceModem(tmp_path / "modem", formats=['140,"2 Bit ADPCM",2,0,8000,0,0']) as far,
        Line(far.device) as line,
    ):
        fault = await line.told(PortEvent.FAULT)
        assert "8 bits" in fault.detail
