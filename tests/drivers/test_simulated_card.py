# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated copper as its far ends meet it: over the sockets, friendly and hostile."""

from __future__ import annotations

import asyncio
import json
import socket
import stat
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from drivers.card import open_card
from drivers.port import Battery, Card, FxoPort, FxsPort, HookTiming, Port, PortError, PortEvent, PortEventRecord
from hil.audio_path import PythonAudioPath

WAIT_S = 5.0


@dataclass
class Box:
    """A started card, and what its ports told."""

    card: Card
    directory: Path
    events: dict[str, list[PortEventRecord]] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    audio: dict[str, PythonAudioPath] = field(default_factory=dict)
    far_ends: list[socket.socket] = field(default_factory=list)

    def watch(self, port: Port) -> None:
        self.events[port.id] = []

        def told(event: PortEventRecord) -> None:
            self.events[port.id].append(event)
            self.changed.set()

        port.on_event = told
        self.audio[port.id] = PythonAudioPath()
        self.audio[port.id].on_block = lambda block: self.changed.set()
        port.connect_audio(self.audio[port.id])

    @property
    def line(self) -> FxoPort:
        return cast(FxoPort, self.card.ports[0])

    @property
    def station(self) -> FxsPort:
        return cast(FxsPort, self.card.ports[1])

    def told(self, id: str) -> list[str]:
        return [str(event.event) for event in self.events[id]]

    async def until(self, what: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT_S):
            while not what():
                self.changed.clear()
                await self.changed.wait()

    async def until_told(self, id: str, *events: str) -> None:
        try:
            await self.until(lambda: self.told(id) == list(events))
        except TimeoutError:
            pytest.fail(f"{id} told {self.told(id)} instead of {list(events)}")

    def plug(self, name: str) -> socket.socket:
        far = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        far.settimeout(WAIT_S)
        self.far_ends.append(far)
        far.connect(str(self.directory / name))
        return far


def say(far: socket.socket, **message: object) -> None:
    far.send(json.dumps(message).encode())


async def hear(far: socket.socket) -> object:
    packet = await asyncio.to_thread(far.recv, 4096)
    return json.loads(packet) if packet else None


async def thrown_out(far: socket.socket) -> bool:
    """True when the box closes the connection; what it said before does not matter."""
    try:
        while await asyncio.to_thread(far.recv, 4096):
            pass
    except ConnectionResetError:
        return True
    return True


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Box]:
    box = Box(open_card("sim:fxo=1,fxs=1", tmp_path / "sim"), tmp_path / "sim")
    for port in box.card.ports:
        box.watch(port)
    await box.card.start()
    yield box
    await box.card.stop()
    for far in box.far_ends:
        far.close()


async def test_each_port_has_two_sockets_that_only_the_box_owner_reaches(box: Box) -> None:
    names = sorted(path.name for path in box.directory.iterdir())
    assert names == ["fxo1.audio", "fxo1.control", "fxs1.audio", "fxs1.control"]
    assert stat.S_IMODE(box.directory.stat().st_mode) == 0o700


async def test_a_killed_core_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    stale = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    (tmp_path / "sim").mkdir()
    stale.bind(str(tmp_path / "sim" / "fxo1.audio"))
    stale.close()
    (tmp_path / "sim" / "notes.txt").write_text("kept")
    card = open_card("sim:fxo=1", tmp_path / "sim")
    await card.start()
    await card.stop()
    assert [path.name for path in (tmp_path / "sim").iterdir()] == ["notes.txt"]


async def test_a_state_directory_with_too_long_a_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(PortError, match="another --state"):
        await open_card("sim:fxo=1", tmp_path / ("x" * 100)).start()


async def test_a_line_without_an_exchange_is_dead(box: Box) -> None:
    assert (box.line.plugged, box.line.battery) == (False, Battery.NONE)
    with pytest.raises(PortError, match="fxo1 has no battery"):
        box.line.seize()


async def test_an_exchange_rings_the_box_answers_and_is_hung_up_on(box: Box) -> None:
    exchange = box.plug("fxo1.control")
    await box.until_told("fxo1", "plugged", "battery_restored")
    say(exchange, ring=True)
    await box.until(lambda: "ring_began" in box.told("fxo1"))
    box.line.seize()
    assert await hear(exchange) == {"hook": "off"}
    say(exchange, ring=False)
    say(exchange, battery="reversed")
    say(exchange, battery="none")
    await box.until_told(
        "fxo1", "plugged", "battery_restored", "ring_began", "ring_ended", "polarity_reversed", "battery_lost"
    )
    box.line.release()
    assert await hear(exchange) == {"hook": "on"}


async def test_the_box_flashes_and_dials_by_pulses(box: Box) -> None:
    exchange = box.plug("fxo1.control")
    await box.until(lambda: box.line.plugged)
    box.line.seize()
    await box.line.flash(20)
    await box.line.dial_pulse("21", 12, 8, 30)
    assert box.line.off_hook
    with pytest.raises(PortError, match="only the digits"):
        await box.line.dial_pulse("12#", 12, 8, 30)
    box.line.release()
    heard = [await hear(exchange) for _ in range(10)]
    assert heard == [{"hook": "off"}, *[{"hook": "on"}, {"hook": "off"}] * 4, {"hook": "on"}]
    with pytest.raises(PortError, match="on hook"):
        await box.line.flash(20)


async def test_a_station_is_rung_with_a_cadence_until_it_is_lifted(box: Box) -> None:
    phone = box.plug("fxs1.control")
    await box.until_told("fxs1", "plugged")
    gaps: list[int] = []
    box.station.ring([30, 10, 30, 60], on_gap=lambda: gaps.append(len(gaps)))
    for expected in [True, False] * 3:
        assert await hear(phone) == {"ring": expected}
    say(phone, hook="off")
    await box.until_told("fxs1", "plugged", "off_hook")
    assert gaps == [0]
    assert box.station.off_hook
    with pytest.raises(PortError, match="off hook"):
        box.station.ring([2000, 4000])
    phone.close()
    await box.until_told("fxs1", "plugged", "off_hook", "on_hook", "unplugged")


@pytest.mark.parametrize("cadence", [[], [2000], [2000, 0], [-1, 5]])
async def test_a_senseless_cadence_is_refused(box: Box, cadence: list[int]) -> None:
    with pytest.raises(PortError, match="pairs of on and off"):
        box.station.ring(cadence)


async def test_a_station_sees_polarity_and_battery_drop(box: Box) -> None:
    phone = box.plug("fxs1.control")
    await box.until(lambda: box.station.plugged)
    box.station.set_battery(Battery.REVERSED)
    await asyncio.gather(box.station.drop_battery(10), box.station.drop_battery(25))
    assert [await hear(phone) for _ in range(3)] == [{"battery": b} for b in ("reversed", "none", "reversed")]


async def test_a_flash_and_a_rotary_digit_are_hook_changes_in_time(box: Box) -> None:
    box.card.hook_timing = HookTiming(flash_min_ms=150, flash_max_ms=600, pulse_max_ms=140, digit_gap_ms=150)
    phone = box.plug("fxs1.control")
    say(phone, hook="off")
    await asyncio.sleep(0.05)
    for break_s in (0.06, 0.06, 0.06):
        say(phone, hook="on")
        await asyncio.sleep(break_s)
        say(phone, hook="off")
        await asyncio.sleep(0.04)
    await box.until_told("fxs1", "plugged", "off_hook", "pulse_digit")
    assert box.events["fxs1"][-1].digit == "3"
    say(phone, hook="on")
    await asyncio.sleep(0.3)
    say(phone, hook="off")
    await box.until_told("fxs1", "plugged", "off_hook", "pulse_digit", "hook_flash")
    say(phone, hook="on")
    await box.until_told("fxs1", "plugged", "off_hook", "pulse_digit", "hook_flash", "on_hook")


async def test_audio_passes_both_ways(box: Box) -> None:
    audio = box.plug("fxs1.audio")
    await asyncio.wait_for(box.audio["fxs1"].attached.wait(), WAIT_S)
    box.audio["fxs1"].queue.append(b"\x55" * 160)
    audio.send(b"\x12" * 160)
    await box.until(lambda: box.audio["fxs1"].heard == [b"\x12" * 160])
    heard = [await asyncio.to_thread(audio.recv, 4096) for _ in range(3)]
    assert b"\x55" * 160 in heard


async def test_only_one_far_end_holds_a_wire(box: Box) -> None:
    first, second = box.plug("fxo1.control"), box.plug("fxo1.control")
    assert await thrown_out(second)
    assert box.line.plugged
    box.line.seize()
    assert await hear(first) == {"hook": "off"}


@pytest.mark.parametrize(
    "garbage",
    [
        b"hello",
        b"\xff\xfe",
        b"[" * 4000,
        b"[]",
        b"{}",
        b"null",
        b'{"ring": 1}',
        b'{"ring": "true"}',
        b'{"battery": "low"}',
        b'{"battery": []}',
        b'{"hook": "off"}',
        b'{"ring": true, "colour": "red"}',
        b'{"ring": true}{"ring": false}',
        b'{"ring": true}' + b" " * 4096,
        b"\x00" * 60000,
    ],
)
async def test_garbage_unplugs_the_line_and_a_new_exchange_is_welcome(box: Box, garbage: bytes) -> None:
    control, audio = box.plug("fxo1.control"), box.plug("fxo1.audio")
    await box.until_told("fxo1", "plugged", "battery_restored")
    control.send(garbage)
    assert await thrown_out(control)
    assert await thrown_out(audio)
    await box.until_told("fxo1", "plugged", "battery_restored", "battery_lost", "unplugged")
    box.plug("fxo1.control")
    await box.until(lambda: box.line.plugged)


@pytest.mark.parametrize("size", [1, 159, 161, 2000])
async def test_audio_of_the_wrong_size_unplugs_the_station(box: Box, size: int) -> None:
    control, audio = box.plug("fxs1.control"), box.plug("fxs1.audio")
    await asyncio.wait_for(box.audio["fxs1"].attached.wait(), WAIT_S)
    await box.until(lambda: box.station.plugged)
    audio.send(b"\xff" * size)
    assert await thrown_out(control)
    assert await thrown_out(audio)
    assert not box.station.plugged


@pytest.mark.parametrize("which", ["control", "audio"])
async def test_closing_either_socket_pulls_the_plug(box: Box, which: str) -> None:
    ends = {"control": box.plug("fxo1.control"), "audio": box.plug("fxo1.audio")}
    await asyncio.wait_for(box.audio["fxo1"].attached.wait(), WAIT_S)
    box.line.seize()
    ends.pop(which).close()
    (other,) = ends.values()
    assert await thrown_out(other)
    assert (box.line.plugged, box.line.battery, box.line.off_hook) == (False, Battery.NONE, False)


async def test_an_exchange_that_was_killed_may_come_back_at_once(box: Box) -> None:
    for _ in range(20):
        control, audio = box.plug("fxo1.control"), box.plug("fxo1.audio")
        control.close()
        audio.close()
        await asyncio.sleep(0)
    box.plug("fxo1.control")
    await box.until(lambda: box.told("fxo1")[-2:] == ["plugged", "battery_restored"] and box.line.plugged)
    await asyncio.sleep(0.05)
    assert box.line.plugged


async def test_a_flood_of_control_packets_does_not_keep_the_box_busy(box: Box) -> None:
    flood = box.plug("fxo1.control")
    flood.setblocking(False)
    loop = asyncio.get_running_loop()
    ends, turns = loop.time() + 0.5, 0
    while loop.time() < ends:
        try:
            for _ in range(50):
                flood.send(b'{"ring": true}')
                flood.send(b'{"ring": false}')
        except BlockingIOError:
            pass
        turns += 1
        await asyncio.sleep(0.01)
    rings = box.told("fxo1").count(str(PortEvent.RING_BEGAN))
    assert 10 < rings <= 200, rings


async def test_a_far_end_that_reads_nothing_is_no_burden(box: Box) -> None:
    box.plug("fxo1.control")
    await box.until(lambda: box.line.plugged)
    for _ in range(20000):
        if not box.line.plugged:
            break
        box.line.seize()
        box.line.release()
    assert not box.line.plugged


async def test_a_phone_sees_metering_pulses_and_its_lamp_as_line_states(box: Box) -> None:
    phone = box.plug("fxs1.control")
    await box.until_told("fxs1", "plugged")
    await box.station.metering_pulse(16000, 50)
    assert [await hear(phone), await hear(phone)] == [{"metering_hz": 16000}, {"metering_hz": 0}]
    assert box.station.message_waiting(True)
    assert await hear(phone) == {"lamp": True}


async def test_a_phone_without_flash_is_known_to_be_down_at_once(box: Box) -> None:
    box.station.hook_timing = HookTiming(flash_min_ms=201, flash_max_ms=200, pulse_max_ms=100)
    phone = box.plug("fxs1.control")
    say(phone, hook="off")
    await box.until_told("fxs1", "plugged", "off_hook")
    say(phone, hook="on")
    put_down = asyncio.get_running_loop().time()
    await box.until_told("fxs1", "plugged", "off_hook", "on_hook")
    assert asyncio.get_running_loop().time() - put_down < 0.9  # the country's flash would last a second
