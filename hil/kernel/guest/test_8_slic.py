# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring-core on two SLICs, by the profile and the drivers of the product: gpio-sim has their lines, snd-aloop is the
codec of each, with a clock of its own. The test is the telephone at both."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest
import pytest_asyncio

if importlib.util.find_spec("pjsua2") is None:  # not imported: that takes seconds in the guest
    pytest.skip("pjproject of this checkout is not built (make setup builds it)", allow_module_level=True)

from board.gpio import GpioOutput
from board.profile import Pin
from drivers.lineaudio.codec import Codec
from drivers.slic.card import SlicCard
from firmware.core.slics import wirings
from hil.g711 import decode, encode
from hil.kernel.guest import bench
from hil.kernel.guest.box import GuestCore
from hil.kernel.guest.pins import Pins
from hil.levels import dbm0_of_power, goertzel
from hil.signals import dtmf, sines

pytestmark = pytest.mark.asyncio(loop_scope="module")

LABEL = "tipring-slic"
LINES = tuple(f"slic{n}_{line}" for n in (1, 2) for line in ("forward", "ring_mode", "hook", "power_down"))
BLOCK, BLOCK_S = 160, 0.02
LEVEL_DBM0 = -10.0
WRONG = 946684800.0  # the beginning of the year 2000
FAST_PPM = 200  # the second codec


def shift(subdevice: int, ppm: int) -> None:
    """The clock of a sound device of snd-aloop is so much faster than the machine's, both ways."""
    for device in (0, 1):
        control = f"iface=PCM,name='PCM Rate Shift 100000',device={device},subdevice={subdevice}"
        subprocess.run(["amixer", "-q", "-c", "Loopback", "cset", control, str(100000 + ppm // 10)], check=True)


def set_clock(seconds: float) -> None:
    """The machine's time of day, in seconds since 1970."""
    time.clock_settime(time.CLOCK_REALTIME, seconds)


class Phone:
    """At SLIC 1 or 2. Its microphone and ear are the other end of the loop, at the pace of that device."""

    def __init__(self, pins: Pins, number: int) -> None:
        self._pins, self._name = pins, f"slic{number}_"
        self._clock = os.eventfd(0, os.EFD_NONBLOCK)
        self._codec = Codec(f"hw:CARD=Loopback,DEV=1,SUBDEV={number - 1}", 1, "ulaw", self._clock)
        self._sound = socket.socket(fileno=os.dup(self._codec.fd(0)))
        self._sound.setblocking(False)

    def close(self) -> None:
        self.put_down()
        self._sound.close()
        self._codec.close()
        os.close(self._clock)

    def level(self, line: str) -> bool:
        return self._pins.level(self._name + line)

    def lift(self) -> None:
        self._pins.pull(self._name + "hook", up=True)

    def put_down(self) -> None:
        self._pins.pull(self._name + "hook", up=False)

    async def breaks(self, ms: int, times: int = 1) -> None:
        for _ in range(times):
            self.put_down()
            await asyncio.sleep(ms / 1000)
            self.lift()
            await asyncio.sleep(0.04)

    async def dial_pulses(self, digits: str) -> None:
        for digit in digits:
            await self.breaks(60, int(digit) or 10)
            await asyncio.sleep(0.7)

    async def talk(self, seconds: float, say: bytes = b"") -> bytes:
        """What is heard meanwhile; `say` is said from the beginning."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(BlockingIOError):
            while self._sound.recv(BLOCK + 1):
                pass
        heard, until = bytearray(), loop.time() + seconds
        while loop.time() < until:
            block = await loop.sock_recv(self._sound, BLOCK + 1)
            heard += block
            if say:
                self._sound.send(say[:BLOCK].ljust(BLOCK, b"\xff"))
                say = say[BLOCK:]
        return bytes(heard)

    async def ringing_hz(self) -> float:
        """How often the battery is turned there and back in the rest of a burst; looked at each 2 ms."""
        before, turns = self.level("forward"), list[float]()
        while self.level("ring_mode"):
            await asyncio.sleep(0.002)
            now = self.level("forward")
            if now is not before:
                turns.append(time.monotonic())
            before = now
        turns.pop()  # to rest
        return (len(turns) - 1) / 2 / (turns[-1] - turns[0])


class Office:
    def __init__(self, core: GuestCore, one: Phone, two: Phone, clock: float) -> None:
        self.core, self.one, self.two = core, one, two
        self.clock = clock  # the time of day when the machine started, in seconds since 1970

    def kinds(self) -> list[str]:
        """Of the alarms that stand."""
        return [alarm["kind"] for alarm in self.core.ask("alarms")]

    async def until(self, condition: Callable[[], bool], awaited: str, seconds: float = 10) -> None:
        await self.core.until(condition, seconds, awaited)

    async def ended(self) -> None:
        self.one.put_down()
        self.two.put_down()
        await self.until(lambda: not self.core.ask("calls"), "end of the call")
        await self.until(lambda: {port["state"] for port in self.core.ask("ports")} == {"idle"}, "rest")
        await asyncio.sleep(1)

    async def connect(self) -> None:
        """The first one dials the second by tones, who answers."""
        self.one.lift()
        await self.one.talk(1)
        await self.one.talk(1, encode(dtmf("202"), "ulaw"))
        await self.until(lambda: self.two.level("ring_mode"), "ring")
        self.two.lift()
        await self.until(lambda: any(call["state"] == "talking" for call in self.core.ask("calls")), "talk")
        await asyncio.sleep(0.5)


def tone(hz: float, seconds: float = 2.5) -> bytes:
    return encode(sines([(hz, LEVEL_DBM0)], seconds * 1000), "ulaw")


def level(heard: bytes, hz: float) -> float:
    """dBm0 of a frequency in the middle second of what was heard: the median of pieces of 100 ms, as a clock that is
    still being measured moves the frequency a little."""
    samples = decode(heard, "ulaw")
    begin = len(samples) // 2 - 4000
    return median(dbm0_of_power(goertzel(samples[at : at + 800], hz)) for at in range(begin, begin + 8000, 800))


@pytest.fixture(scope="module")
def pins(modules: None) -> Iterator[Pins]:
    pins = Pins(LABEL, LINES)
    yield pins
    pins.remove()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(pins: Pins, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    shift(1, FAST_PPM)
    state = tmp_path_factory.mktemp("slic") / "box"
    shutil.copytree(bench.RESULTS / "box", state)
    core = GuestCore(state, "slic:qemu-bench")
    right = time.time() - time.monotonic()
    set_clock(WRONG)
    with contextlib.ExitStack() as phones:
        one, two = (Phone(pins, number) for number in (1, 2))
        phones.callback(one.close)
        phones.callback(two.close)
        office = Office(core, one, two, right)
        try:
            await core.start()
            await office.until(lambda: {port["state"] for port in core.ask("ports")} == {"idle"}, "ports")
            yield office
        finally:
            status = core.stop()
            (bench.RESULTS / "slic.log").write_bytes(core.log.read_bytes())
            shift(1, 0)
            set_clock(right + time.monotonic())
    assert status == 0, core.last_words()


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def rest(office: Office) -> AsyncIterator[None]:
    """Whatever a test did: both phones are down for the next one."""
    yield
    office.one.put_down()
    office.two.put_down()
    await asyncio.sleep(2)


async def test_a_call_by_tones_rings_is_answered_heard_both_ways_flashed_and_hung_up(office: Office) -> None:
    one, two = office.one, office.two
    one.lift()
    heard = await one.talk(1.5)
    assert level(heard, 350) == pytest.approx(level(heard, 440), abs=1), "dial tone"
    assert level(heard, 350) > -25
    await one.talk(1, encode(dtmf("202"), "ulaw"))
    await office.until(lambda: two.level("ring_mode"), "ring")
    assert await two.ringing_hz() == pytest.approx(25, abs=0.5)
    two.lift()
    await office.until(lambda: any(call["state"] == "talking" for call in office.core.ask("calls")), "talk")
    assert not two.level("ring_mode")
    assert two.level("forward")
    await asyncio.sleep(0.5)
    at_one, at_two = await asyncio.gather(one.talk(2.5, tone(620)), two.talk(2.5, tone(1004)))
    assert level(at_one, 1004) == pytest.approx(LEVEL_DBM0, abs=1)
    assert level(at_two, 620) == pytest.approx(LEVEL_DBM0, abs=1)

    await one.breaks(300)
    heard = await one.talk(2)
    assert level(heard, 350) > -25, "after a flash the dial tone asks for another number"
    await one.breaks(300)
    at_one, _ = await asyncio.gather(one.talk(2.5), two.talk(2.5, tone(1004)))
    assert level(at_one, 1004) == pytest.approx(LEVEL_DBM0, abs=1), "and a second one goes back"

    one.put_down()
    await office.until(lambda: two.level("power_down"), "battery taken away: the far end has hung up")
    await office.until(lambda: not two.level("power_down"), "battery")
    await office.ended()
    call = office.core.history().calls().items[0]
    assert (call.from_number, call.to_number, str(call.disposition)) == ("201", "202", "answered")


async def test_a_clock_that_was_not_set_is_an_alarm_and_the_calls_get_their_right_times(office: Office) -> None:
    """The core came up in the year 2000, as does a box without a battery for its clock."""
    await office.until(lambda: "clock:past" in office.kinds(), "alarm")
    set_clock(office.clock + time.monotonic())
    await office.until(lambda: "clock:past" not in office.kinds(), "end of the alarm")
    now = datetime.now(UTC)
    (call,) = office.core.history().calls().items
    assert call.ended_at
    assert now - timedelta(minutes=10) < call.started_at < call.ended_at < now


async def test_a_rotary_phone_dials_and_who_gives_up_leaves_no_bell_behind(office: Office) -> None:
    office.two.lift()
    await office.two.talk(1)
    await office.two.dial_pulses("201")
    await office.until(lambda: office.one.level("ring_mode"), "ring")
    assert await office.one.ringing_hz() == pytest.approx(20, abs=0.5)
    office.two.put_down()
    await office.until(lambda: not office.one.level("ring_mode"), "silence")
    await office.ended()
    assert office.one.level("forward")
    call = office.core.history().calls().items[0]
    assert (call.from_number, call.to_number) == ("202", "201")


async def test_the_polarity_turns_at_the_answer_where_that_is_configured(office: Office) -> None:
    document = office.core.ask("config.show")["document"]
    for extension in document["extension"]:
        extension["reversal_on_answer"] = True
    office.core.ask("config.apply", document=document, author="hil")
    await office.connect()
    await office.until(lambda: not office.one.level("forward"), "reversed battery")
    await office.ended()
    assert office.one.level("forward")


async def test_two_codecs_of_which_one_is_200_ppm_fast_slip_no_block(office: Office) -> None:
    """The first is the bridge's clock, and the sound of the second is resampled."""
    await office.connect()
    await asyncio.sleep(60)  # until its drift is known
    await office.until(lambda: office.core.ask("stats")["clock"]["by_card"] == 1, "the codec's clock")
    before = office.core.ask("stats")["lines"]
    at_one, at_two = await asyncio.gather(office.one.talk(20, tone(620, 20)), office.two.talk(20, tone(1004, 20)))
    after = office.core.ask("stats")["lines"]
    lost = {
        port: sum(after[port][name] - before[port][name] for name in ("underruns", "overruns"))
        for port in ("fxs1", "fxs2")
    }
    assert lost == {"fxs1": 0, "fxs2": 0}
    for heard, hz in ((at_one, 1004), (at_two, 620)):
        seconds = [heard[at : at + 8000] for at in range(8000, len(heard) - 16000, 8000)]
        assert [level(second, hz) for second in seconds] == pytest.approx([LEVEL_DBM0] * len(seconds), abs=1)
    await office.ended()


async def test_lines_and_codecs_in_use_are_told_on_their_ports_and_taken_when_free(office: Office) -> None:
    """The last one: the core has gone."""
    assert office.core.stop() == 0, office.core.last_words()
    taken = GpioOutput("thief", Pin(LABEL, "slic1_ring_mode"))
    clock = os.eventfd(0, os.EFD_NONBLOCK)
    thief = Codec("hw:CARD=Loopback,DEV=0,SUBDEV=1", 1, "ulaw", clock)
    card = SlicCard("slic:qemu-bench", wirings("qemu-bench"))
    await card.start()
    one, two = card.ports
    try:
        assert "ring mode line of fxs1 cannot be used" in one.fault
        assert "in use by something else" in one.fault
        assert "hw:CARD=Loopback,DEV=0,SUBDEV=1 cannot be used: Device or resource busy" in two.fault
        taken.close()
        thief.close()
        async with asyncio.timeout(20):
            while one.fault or two.fault:  # noqa: ASYNC110 - it is tried again each 2 s
                await asyncio.sleep(0.1)
    finally:
        await card.stop()
        os.close(clock)
