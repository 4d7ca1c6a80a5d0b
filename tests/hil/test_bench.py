# SPDX-License-Identifier: GPL-2.0-or-later
"""The bench process as the browser and `tipring sim` meet it, with a box of copper only."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import wave
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from drivers.port import PortEvent
from hil.copper_box import CopperBox
from hil.g711 import encode
from hil.signals import dtmf, sines, tone_audio

WAIT_S = 10.0


class Player:
    """A client of the bench."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self.state: dict[str, Any] = {}
        self.sound: list[bytes] = []
        self.errors: list[dict[str, Any]] = []

    def send(self, **command: object) -> None:
        self._socket.send(json.dumps(command).encode())

    def speak(self, block: bytes) -> None:
        self._socket.send(block)

    async def packet(self) -> dict[str, Any]:
        """The next JSON packet; sound is kept aside."""
        loop = asyncio.get_running_loop()
        while True:
            packet = await loop.sock_recv(self._socket, 65536)
            assert packet, "the bench closed the connection"
            if packet[:1] != b"{":
                assert len(packet) == 160
                self.sound.append(packet)
                continue
            message: dict[str, Any] = json.loads(packet)
            self.state = message.get("state", self.state)
            self.errors += [message["error"]] if "error" in message else []
            return message

    async def until(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        try:
            async with asyncio.timeout(WAIT_S):
                while not condition(self.state):
                    await self.packet()
        except TimeoutError:
            pytest.fail(f"the bench still shows {self.state}, errors {self.errors}")
        return self.state

    async def error(self) -> str:
        async with asyncio.timeout(WAIT_S):
            while "error" not in (message := await self.packet()):
                pass
        return str(message["error"]["message"])


class Bench:
    """The bench process."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._players: list[socket.socket] = []
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        ready.setblocking(False)
        address = str(self._state / "notify")
        ready.bind(address)
        with ready:
            environment = {**os.environ, "NOTIFY_SOCKET": address}
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "hil.bench", "--state", str(self._state), env=environment
            )
            async with asyncio.timeout(WAIT_S):
                assert await asyncio.get_running_loop().sock_recv(ready, 100) == b"READY=1"

    async def stop(self) -> int:
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(4):
            return await self.process.wait()

    async def connect(self) -> Player:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        connection.setblocking(False)
        self._players.append(connection)
        await asyncio.get_running_loop().sock_connect(connection, str(self._state / "sim" / "bench.sock"))
        return Player(connection)

    async def open(self, port: str) -> Player:
        player = await self.connect()
        player.send(open=port)
        await player.until(lambda state: state.get("port") == port)
        return player

    def hang_up_on_all(self) -> None:
        for connection in self._players:
            connection.close()


@pytest.fixture
async def bench(box: CopperBox) -> AsyncIterator[Bench]:
    bench = Bench(box.sim.parent)
    await bench.start()
    yield bench
    bench.hang_up_on_all()
    assert bench.process
    if bench.process.returncode is None:
        assert await bench.stop() == 0


async def sim(box: CopperBox, *arguments: str) -> tuple[int, str, str]:
    """Runs `tipring sim`."""
    command = ["-m", "firmware.cli", "--state", str(box.sim.parent), "sim", *arguments]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(20):
        out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def test_every_port_has_its_far_end(bench: Bench, box: CopperBox) -> None:
    player = await bench.connect()
    player.send(list=True)
    ports = (await player.packet())["ports"]
    assert [(port["port"], port["kind"], port["plugged"], port["hook"]) for port in ports] == [
        ("fxo1", "exchange", True, "on"),
        ("fxs1", "phone", True, "on"),
    ]
    assert box.line.plugged
    assert box.station.plugged


async def test_a_caller_comes_in_and_hangs_up(bench: Bench, box: CopperBox) -> None:
    line = await bench.open("fxo1")
    line.send(do="call", number="5551234", name="ANNA")
    await box.event(PortEvent.RING_BEGAN)
    await line.until(lambda state: state["ringing"] and state["caller_id"] == {"number": "5551234", "name": "ANNA"})
    box.line.seize()
    await line.until(lambda state: not state["ringing"] and state["hook"] == "off")
    line.send(do="hang_up", by="battery")
    await box.event(PortEvent.BATTERY_LOST)
    box.line.release()
    await line.until(lambda state: state["hook"] == "on")


async def test_a_phone_is_rung_answered_and_spoken_through(bench: Bench, box: CopperBox) -> None:
    phone = await bench.open("fxs1")
    box.station.ring([1000, 1000])
    await phone.until(lambda state: state["ringing"])
    phone.send(do="pick_up")
    await box.event(PortEvent.OFF_HOOK)
    await phone.until(lambda state: state["hook"] == "off" and not state["ringing"])
    box.say("fxs1", tone_audio(box.country.dial, "ulaw").repeated * 2)
    await phone.until(lambda state: state["hearing"] == "dial_tone")
    assert phone.sound
    speech = encode(sines([(700, -10)], 400), "ulaw")
    for n in range(0, len(speech), 160):
        phone.speak(speech[n : n + 160])
        await asyncio.sleep(0.02)
    assert speech[:1600] in b"".join(box.audio["fxs1"].heard)
    phone.send(do="digits", digits="9555")
    await phone.until(lambda state: state["dialled"] == "9555")
    phone.send(do="hang_up")
    await box.event(PortEvent.ON_HOOK)


async def test_the_world_outside_answers_a_call(bench: Bench, box: CopperBox) -> None:
    line = await bench.open("fxo1")
    box.line.seize()
    await line.until(lambda state: state["line"] == "dialling")
    box.say("fxo1", encode(dtmf("5550111"), "ulaw"))
    await line.until(lambda state: state["dialled"] == "5550111")
    await line.until(lambda state: state["line"] == "connected")
    box.line.release()
    await line.until(lambda state: state["line"] == "idle")


async def test_one_that_is_dialled_by_the_box_may_be_answered_by_hand(bench: Bench, box: CopperBox) -> None:
    line = await bench.open("fxo1")
    box.line.seize()
    await line.until(lambda state: state["line"] == "dialling")
    line.send(do="answer")
    await line.until(lambda state: state["line"] == "connected")


async def test_the_far_ends_come_back_with_the_core(bench: Bench, box: CopperBox) -> None:
    phone = await bench.open("fxs1")
    phone.send(do="pick_up")
    await phone.until(lambda state: state["hook"] == "off")
    await box.card.stop()
    await phone.until(lambda state: not state["plugged"])
    async with CopperBox(box.sim) as again:
        await phone.until(lambda state: state["plugged"] and state["hook"] == "on")
        assert again.station.plugged
        phone.send(do="pick_up")
        await again.event(PortEvent.OFF_HOOK)


async def test_a_cable_is_pulled_and_plugged_in_again(bench: Bench, box: CopperBox) -> None:
    line = await bench.open("fxo1")
    line.send(unplug="fxo1")
    await box.event(PortEvent.UNPLUGGED)
    line.send(do="call", number="1")
    assert "cannot ring" in await line.error()
    line.send(plug="fxo1")
    await box.event(PortEvent.PLUGGED)


@pytest.mark.parametrize(
    ("packet", "says"),
    [
        (b"{", "not JSON"),
        (b'{"open": "fxs9"}', "Ports: fxo1, fxs1"),
        (b'{"do": "pick_up"}', "Open a far end first"),
        (b"\xff" * 160, "after a far end was opened"),
    ],
)
async def test_nonsense_is_answered_in_words(bench: Bench, packet: bytes, says: str) -> None:
    player = await bench.connect()
    player.speak(packet)
    assert says in await player.error()


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ({"do": "jump"}, "cannot do 'jump'. It can: "),
        ({"do": "digits", "digits": "5"}, "fxs1 is on hook"),
        ({"do": "say", "wav": "/nowhere.wav"}, "fxs1 is on hook"),
    ],
)
async def test_what_a_phone_cannot_do_is_told(bench: Bench, command: dict[str, Any], says: str) -> None:
    phone = await bench.open("fxs1")
    phone.send(**command)
    assert says in await phone.error()


async def test_the_shell_plays_a_phone(bench: Bench, box: CopperBox, tmp_path: Path) -> None:
    assert (await sim(box, "pickup", "fxs1"))[0] == 0
    await box.event(PortEvent.OFF_HOOK)
    status, out, _ = await sim(box, "dial", "fxs1", "201", "--json")
    assert (status, json.loads(out)["dialled"]) == (0, "201")
    status, _, err = await sim(box, "listen", "fxs1", str(tmp_path / "heard.wav"), "--seconds", "0.5")
    assert (status, err) == (0, "")
    with wave.open(str(tmp_path / "heard.wav")) as heard:
        assert heard.getnframes() == 4000
    assert (await sim(box, "say", "fxs1", str(tmp_path / "heard.wav")))[0] == 0
    status, out, _ = await sim(box, "ports")
    assert "fxs1  phone     yes      off" in out
    assert (await sim(box, "hangup", "fxs1"))[0] == 0
    await box.event(PortEvent.ON_HOOK)


async def test_the_shell_says_how_to_get_a_bench(box: CopperBox) -> None:
    status, _, err = await sim(box, "ports")
    assert status == 1
    assert 'start the box with "tipring up --bench"' in err
