# SPDX-License-Identifier: GPL-2.0-or-later
"""SLICs as a card: codecs shared, gone and back; profiles and specifications that are wrong."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from board.board import BoardError, SlicPins
from board.profile import Slic
from drivers.card import open_card
from drivers.port import PortError
from drivers.slic import sound
from drivers.slic.card import SlicCard, open_alsa
from drivers.slic.simulated import SimulatedCodec, SimulatedHook, SimulatedLine, SimulatedSlic
from firmware.core import slics
from firmware.core.slics import wirings
from hil.audio_path import PythonAudioPath

WAIT_S = 20.0
BLOCK = bytes(range(160))


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT_S):
        while not holds():  # noqa: ASYNC110 - of many kinds
            await asyncio.sleep(0.01)


class Bench:
    """Three SLICs: two at one codec, one at another."""

    def __init__(self) -> None:
        self.codecs: list[SimulatedCodec] = []
        self.missing = ""
        slics = [SimulatedSlic("one", 0), SimulatedSlic("one", 1), SimulatedSlic("two")]
        self.card = SlicCard("slic:test", [slic.wiring for slic in slics], self._open)

    def _open(self, device: str, channels: int, law: str, clock_fd: int) -> SimulatedCodec:
        if self.missing:
            raise OSError(self.missing)
        self.codecs.append(codec := SimulatedCodec(device, channels, law, clock_fd))
        return codec

    def codec(self, device: str) -> SimulatedCodec:
        """The first that was opened; they are opened in threads, in any order."""
        return next(codec for codec in self.codecs if codec.device == device)


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    monkeypatch.setattr(sound, "RETRY_S", 0.02)
    bench = Bench()
    yield bench
    await bench.card.stop()


async def test_each_codec_is_opened_once_and_the_first_one_is_the_clock(bench: Bench) -> None:
    bench.card.law = "alaw"
    await bench.card.start()
    one, two = bench.codec("one"), bench.codec("two")
    assert [(len(codec.far), codec.law) for codec in (one, two)] == [(2, "alaw"), (1, "alaw")]
    assert [one.clock_fd, two.clock_fd] == [bench.card.clock_fd, -1]
    bench.card.law = "ulaw"
    assert [one.law, two.law, len(bench.codecs)] == ["ulaw", "ulaw", 2]
    assert [(port.id, port.fault) for port in bench.card.ports] == [("fxs1", ""), ("fxs2", ""), ("fxs3", "")]


async def test_each_port_tells_how_its_codec_keeps_time_while_it_works(bench: Bench) -> None:
    fxs1 = bench.card.ports[0]
    fxs1.connect_audio(PythonAudioPath())
    assert fxs1.codec is None
    await bench.card.start()
    assert fxs1.codec == bench.codec("one").health()
    bench.missing = "No such device"
    bench.codec("one").unplug("gone")
    await until(lambda: fxs1.codec is None)


async def test_sound_of_a_port_is_that_of_its_channel(bench: Bench) -> None:
    audio = PythonAudioPath()
    bench.card.ports[1].connect_audio(audio)
    await bench.card.start()
    far = bench.codec("one").far[1]
    far.send(BLOCK)
    await until(lambda: audio.heard == [BLOCK])
    audio.queue.append(BLOCK)
    far.settimeout(WAIT_S)
    for _ in range(50):
        if await asyncio.to_thread(far.recv, 200) == BLOCK:
            break
    else:
        pytest.fail("the block was not played")


async def test_a_codec_that_is_not_there_or_goes_is_told_on_its_ports_and_comes_back(bench: Bench) -> None:
    bench.missing = "No such device"
    await bench.card.start()
    assert bench.card.ports[2].fault.startswith("The codec two cannot be used: No such device.")
    bench.missing = ""
    await until(lambda: not any(port.fault for port in bench.card.ports))
    audio = PythonAudioPath()
    bench.card.ports[0].connect_audio(audio)
    bench.missing = "No such device"
    bench.codec("one").unplug("Connection timed out")
    await until(lambda: bool(bench.card.ports[1].fault))
    assert not bench.card.ports[2].fault, "the other codec works"
    bench.missing = ""
    await until(lambda: not any(port.fault for port in bench.card.ports))
    assert audio.attached.is_set()


async def test_a_sound_card_that_is_not_there_is_refused_in_words() -> None:
    clock = os.eventfd(0, os.EFD_NONBLOCK)
    with pytest.raises(OSError, match=r"No such|Unknown|Cannot"):
        open_alsa("hw:CARD=NoSuchCard", 1, "ulaw", clock)
    os.close(clock)


# ---- the board's profile ----------------------------------------------------------------------------


def test_a_profile_says_how_its_slics_are_wired() -> None:
    found = wirings("rpi4-slic")
    assert [(wiring.codec, wiring.channel, wiring.ring_hz) for wiring in found] == [
        ("hw:CARD=audioinjectorpi", 0, 20),
        ("hw:CARD=audioinjectorpi", 1, 20),
    ]
    with pytest.raises(PortError, match="There is no GPIO chip pinctrl-bcm2711"):
        found[0].open()


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("slic:generic-x86-64", "has no .*slic"),
        ("slic:no-such-board", 'There is no board "no-such-board"'),
        ("slic:", "Allowed are"),
    ],
)
def test_a_card_of_slics_that_there_is_not_is_told(tmp_path: Path, spec: str, said: str) -> None:
    with pytest.raises(PortError, match=said):
        open_card(spec, tmp_path, wirings)


def test_two_slics_at_one_channel_are_told(tmp_path: Path) -> None:
    pin = '{ chip = "c", line = 1 }'
    slic = f'[[slic]]\nforward = {pin}\nring_mode = {pin}\nhook = {pin}\ncodec = "hw:1"\n'
    (file := tmp_path / "mine.toml").write_text('title = "Mine"\n' + slic * 2)
    with pytest.raises(PortError, match="the same channel of the same codec"):
        wirings(str(file))
    file.write_text('title = "Mine"\n' + slic.replace("hw:1", "hw:1; rm"))
    with pytest.raises(PortError, match="use something like hw:CARD=wm8731"):
        wirings(str(file))
    file.write_text('title = "Mine"\n' + slic + "ring_hz = 50\n")
    with pytest.raises(PortError, match=r"slic.0.ring_hz: "):
        wirings(str(file))


def test_what_the_board_says_of_a_line_the_port_says_too(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(SimulatedLine):
        def set(self, on: bool) -> None:
            raise BoardError("The ring mode line does not obey: gone.")

    hook = SimulatedHook()
    pins = SlicPins(SimulatedLine(True), Gone(), hook, None)
    monkeypatch.setattr(slics, "open_slic", lambda port, slic: pins)
    monkeypatch.setattr(slics, "find_in_child", lambda board: _Profile())
    lines = wirings("mine")[0].open()
    with pytest.raises(PortError, match="does not obey: gone"):
        lines.ring_mode.set(True)
    assert not lines.hook.read()


class _Profile:
    slic = [Slic(None, None, None, "hw:1")]  # type: ignore[arg-type]
