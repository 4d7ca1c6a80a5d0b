# SPDX-License-Identifier: GPL-2.0-or-later
"""The whole of tipring-core on real DAHDI channels. The test is the exchange on line 1 and the phone at station 2.

The core finds those two channels busy, says so on their ports, and works with the others.
"""

from __future__ import annotations

import asyncio
import importlib.util
import shutil
import subprocess
import sys
import time
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

if importlib.util.find_spec("pjsua2") is None:  # not imported: that takes seconds in the guest
    pytest.skip("pjproject of this checkout is not built (make setup builds it)", allow_module_level=True)

from drivers.dahdi.base import Settings
from drivers.dahdi.fxo import DahdiFxo
from drivers.dahdi.fxs import DahdiFxs
from drivers.dahdi.ioctls import Law
from drivers.lineaudio import Hear
from drivers.port import Battery, PortEvent
from hil.callerid import CallerId, mdmf, parse
from hil.fsk import BELL202, bits_of, modulate
from hil.g711 import encode
from hil.kernel.guest import bench
from hil.kernel.guest.box import GuestCore
from hil.kernel.guest.office import AGENT_HZ, CALLER_HZ, LEVEL_DBM0, Office, caller_id, detected, level, tone
from hil.kernel.guest.pins import Pins
from hil.kernel.guest.sound import hear, send
from hil.kernel.guest.test_8_board import LINES as BOARD_LINES
from hil.levels import dbm0_of_power, goertzel
from hil.line_pair import Ear
from hil.signals import dtmf, quiet

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(dahdi: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """The far ends first, so that the core finds their channels busy."""
    settings = Settings(buffers=16, echo_taps=0)
    exchange, phone = DahdiFxs("exchange", 1, settings), DahdiFxo("phone", bench.PAIRS + 2, settings)
    state = tmp_path_factory.mktemp("core") / "box"
    shutil.copytree(bench.RESULTS / "box", state)
    core = GuestCore(state)
    office = Office(core, exchange, phone, Ear(exchange), Ear(phone), settings)
    exchange.open()
    phone.open()
    await office.phone_ear.expect(PortEvent.BATTERY_RESTORED)
    try:
        await core.start()
        await core.until(lambda: core.port("fxo1")["state"] == "idle", 10, "line 1")
        core.configure_queues(wrap_up_s=0)
        await asyncio.sleep(bench.DEAF_S)
        yield office
    finally:
        status = core.stop()
        exchange.close()
        phone.close()
        (bench.RESULTS / "core.log").write_bytes(core.log.read_bytes())
    assert status == 0, core.last_words()


async def test_a_call_from_exchange_to_agent_is_answered_connected_and_recorded(office: Office) -> None:
    assert "in use by another program" in office.core.port("fxs1")["detail"]
    await office.core.until(lambda: "in use by another program" in office.core.card_alarm, 10, "alarm")
    shown = await office.connect(CallerId("5551234", "ANNA SMITH"))
    messages = [parse(bytes(heard.value)) for heard in detected(Hear.BELL202, shown) if isinstance(heard.value, bytes)]
    assert [(known.number, known.name) for known in messages if known] == [("5551234", "ANNA SMITH")]

    await office.both_hear()
    call = await office.agent_hangs_up()
    assert (call.from_number, call.from_name, call.line, call.agent) == ("5551234", "ANNA SMITH", "fxo1", "bob")
    assert (str(call.disposition), call.hangup_by) == ("answered", "callee")
    await recorded(office.core, call.recordings[0])


async def recorded(core: GuestCore, id: str) -> None:
    await core.until(lambda: str(core.history().recording(id).state) == "ready", 10, "recording")
    (file,) = (core.state / "recordings").rglob(f"{id}*.wav")
    with wave.open(str(file)) as audio:
        assert (audio.getnchannels(), audio.getframerate()) == (2, 8000)
        samples = memoryview(audio.readframes(audio.getnframes())).cast("h")
    for channel, hz in ((0, CALLER_HZ), (1, AGENT_HZ)):
        one = list(samples[channel::2])
        best = max(goertzel(one[at : at + 4000], hz) for at in range(0, len(one) - 4000, 4000))
        assert dbm0_of_power(best) == pytest.approx(LEVEL_DBM0, abs=1)


async def test_a_caller_who_hangs_up_by_battery_drop_ends_the_call(office: Office) -> None:
    await office.connect(CallerId("5559876"))
    await office.exchange.drop_battery(500)
    await office.core.until(lambda: not office.core.ask("calls"), 3, "end of the call")
    await office.ended()
    call = office.core.history().calls().items[0]
    assert (str(call.disposition), call.hangup_by) == ("answered", "caller")


async def test_a_cable_cut_in_a_call_ends_it_and_the_line_is_shown_dead_until_mended(office: Office) -> None:
    await office.connect(CallerId("5559876"))
    bench.fault(1, "cut", 1)
    await office.core.until(lambda: not office.core.ask("calls"), 3, "end of the call")
    await office.core.until(lambda: office.core.port("fxo1")["state"] == "no_battery", 5, "dead line")
    bench.fault(1, "cut", 0)
    await office.core.until(lambda: office.core.port("fxo1")["state"] == "idle", 5, "mended line")
    await office.ended()


async def test_a_caller_who_hangs_up_by_polarity_reversal_ends_the_call(office: Office) -> None:
    await office.connect(CallerId("5559876"))
    await asyncio.sleep(1)
    office.exchange.set_battery(Battery.REVERSED)
    await office.core.until(lambda: not office.core.ask("calls"), 3, "end of the call")
    office.exchange.set_battery(Battery.NORMAL)
    await office.ended()


@pytest.mark.parametrize("how", ["tones", "pulses"])
async def test_a_phone_dials_out_and_the_exchange_hears_its_number(office: Office, how: str) -> None:
    office.phone.seize()
    heard = await hear(office.phone, 1.5)
    assert level(heard, 350) == pytest.approx(level(heard, 440), abs=1)  # the core's dial tone
    assert level(heard, 350) > -25
    if how == "tones":
        await send(office.phone, encode(dtmf("9555#"), "ulaw"))
    else:
        await office.phone.dial_pulse("9555", 60, 40, 700)

    await office.exchange_ear.expect(PortEvent.OFF_HOOK, 10)
    heard, _ = await asyncio.gather(hear(office.exchange, 5), send(office.exchange, tone(350, 440, seconds=2.5)))
    assert "".join(str(digit.value) for digit in detected(Hear.DTMF, heard)) == "555"

    office.phone.release()
    await office.exchange_ear.expect(PortEvent.ON_HOOK)
    await office.ended()
    call = office.core.history().calls().items[0]
    assert (str(call.direction), call.from_number, call.to_number, call.line) == ("outbound", "202", "9555", "fxo1")


async def test_polarity_on_answer_and_a_battery_gap_of_50_ms_end_no_call(office: Office) -> None:
    await office.ring(caller_id(CallerId("5559876")))
    await office.exchange_ear.expect(PortEvent.OFF_HOOK, 15)
    office.exchange.set_battery(Battery.REVERSED)  # some exchanges tell the called line, too, that it was answered
    await office.phone_ear.expect(PortEvent.RING_BEGAN, 20)
    office.phone.seize()
    await office.core.until(lambda: office.core.ask("calls")[0]["state"] == "talking", 10, "talk")
    bench.fault(1, "drop_ms", 50)
    await asyncio.sleep(3)
    assert [call["state"] for call in office.core.ask("calls")] == ["talking"]
    office.phone.release()
    await office.core.until(lambda: not office.core.ask("calls"), 5, "end of the call")
    office.exchange.set_battery(Battery.NORMAL)
    await office.ended()


async def test_a_caller_who_gives_up_after_one_ring_leaves_nothing_behind(office: Office) -> None:
    office.exchange.ring([1000, 4000])
    await office.core.until(lambda: len(office.core.ask("calls")) == 1, 3, "call")
    await asyncio.sleep(0.5)
    office.exchange.stop_ringing()
    await office.core.until(lambda: not office.core.ask("calls"), 15, "end of the call")
    await office.ended()
    assert office.core.port("fxo1")["state"] == "idle"
    assert str(office.core.history().calls().items[0].disposition) == "abandoned"


def damaged(how: str) -> bytes:
    """Caller ID that nobody may be shown."""
    if how == "long":
        return caller_id(CallerId("5" * 200, "A" * 30))
    message = bytearray(mdmf(CallerId("5559999", "WRONG")))
    message[-1] ^= 1
    bits = bits_of(bytes(message))
    sound = modulate(bits[: len(bits) * 3 // 4] if how == "cut" else bits, BELL202)
    return encode(quiet(500) + sound + quiet(100), "ulaw")


@pytest.mark.parametrize("how", ["checksum", "cut", "long"])
async def test_damaged_caller_id_shows_no_number_and_the_call_goes_on(office: Office, how: str) -> None:
    speaking = await office.ring(damaged(how))
    await office.exchange_ear.expect(PortEvent.OFF_HOOK, 15)
    await speaking
    (call,) = office.core.ask("calls")
    assert call["from_number"] == ""
    assert call["from_name"] in ("", "A" * 30)  # a name beside a number that is too long may be shown
    await office.phone_ear.expect(PortEvent.RING_BEGAN, 20)  # by now the card tells of a lost battery
    await office.exchange.drop_battery(500)
    await office.ended()


async def test_a_country_with_a_law_has_the_whole_call_in_it(office: Office) -> None:
    office.core.configure_site(country="de")
    office.law(Law.ALAW)
    try:
        office.exchange.ring([1000, 4000])
        await office.exchange_ear.expect(PortEvent.OFF_HOOK, 15)
        await office.phone_ear.expect(PortEvent.RING_BEGAN, 20)
        office.phone.seize()
        await office.core.until(lambda: office.core.ask("calls")[0]["state"] == "talking", 10, "talk")
        await asyncio.sleep(0.5)
        await office.both_hear("alaw")
        call = await office.agent_hangs_up()
        await recorded(office.core, call.recordings[0])
    finally:
        office.core.configure_site(country="us")
        office.law(Law.MULAW)


def slips(before: dict[str, Any], after: dict[str, Any], port: str) -> int:
    """Blocks of this port that came and were no tick's, or the other way round, and what else was lost."""
    ticks = after["clock"]["ticks"] - before["clock"]["ticks"]
    old, new = before["lines"][port], after["lines"][port]
    lost = sum(new[name] - old[name] for name in ("underruns", "overruns"))
    return int(lost + max(0, abs(new["received"] - old["received"] - ticks) - 1))


@pytest.mark.parametrize(("ppm", "seconds"), [(1000, 48), (-2000, 24)])
async def test_the_bridge_goes_by_the_card_and_no_block_slips(office: Office, ppm: int, seconds: float) -> None:
    bench.skew(ppm)
    try:
        await office.core.until(lambda: office.core.ask("stats")["clock"]["by_card"] == 1, 10, "the card's clock")
        await asyncio.sleep(1)
        before, began = office.core.ask("stats"), time.monotonic()
        await asyncio.sleep(seconds)
        after, took = office.core.ask("stats"), time.monotonic() - began
    finally:
        bench.skew(0)
    assert slips(before, after, "fxo1") == 0
    assert after["clock"]["card_lost"] == before["clock"]["card_lost"]
    ticks = after["clock"]["ticks"] - before["clock"]["ticks"]
    assert ticks == pytest.approx(took * 50 * (1 + ppm / 1e6), abs=2)


async def test_a_card_whose_clock_goes_wild_is_left_for_the_machines_and_slips(office: Office) -> None:
    """What would happen without the card's clock, and that the test above can see it."""
    before = office.core.ask("stats")
    bench.skew(-250_000)
    try:
        await office.core.until(lambda: office.core.ask("stats")["clock"]["by_card"] == 0, 10, "the machine's clock")
        await asyncio.sleep(2)
    finally:
        bench.skew(0)
    after = office.core.ask("stats")
    assert after["clock"]["card_lost"] == before["clock"]["card_lost"] + 1
    assert slips(before, after, "fxo1") > 10
    await office.core.until(lambda: office.core.ask("stats")["clock"]["by_card"] == 1, 10, "the card's clock")


class Carrier:
    """The board around the card, on gpio-sim, and its service. `stuck`: the relay's contacts stay where they are."""

    def __init__(self, state: Path, pins: Pins) -> None:
        profile = (
            (Path("board/profiles/qemu-bench.toml")).read_text().replace("[lifeline]", '[lifeline]\nstation = "fxs2"')
        )
        (file := state.parent / "carrier.toml").write_text(profile)
        self.pins, self.stuck = pins, False
        self.process = subprocess.Popen([sys.executable, "-m", "firmware.board", "--state", state, "--board", file])
        self._contacts = asyncio.create_task(self._follow())

    @property
    def on_card(self) -> bool:
        """What the coil is told."""
        return self.pins.level("lifeline_relay")

    async def _follow(self) -> None:
        while True:
            if not self.stuck:
                self.pins.pull("lifeline_sense", up=self.on_card)
            await asyncio.sleep(0.05)

    def close(self) -> None:
        """The service ends in order, and stops its watchdog."""
        self._contacts.cancel()
        self.process.terminate()
        self.process.wait(60)


@pytest_asyncio.fixture(loop_scope="module")
async def carrier(office: Office) -> AsyncIterator[Carrier]:
    pins = Pins("tipring-bench", BOARD_LINES)
    carrier = Carrier(office.core.state, pins)
    yield carrier
    carrier.close()
    pins.remove()


async def test_the_lifeline_follows_the_core_and_its_drill_and_a_silent_web_ends_at_the_watchdog(
    office: Office, carrier: Carrier
) -> None:
    core = office.core
    await core.until(lambda: bool(core.ask("board")["up"]) and carrier.on_card, 600, "phone on the card")
    assert core.ask("board")["report"]["watchdog"] == {"timeout_s": 30.0, "fed": True}

    core.ask("board.drill")
    await core.until(lambda: not carrier.on_card, 30, "drill")
    await office.exchange_ear.expect(PortEvent.OFF_HOOK, 15)
    await send(office.exchange, tone(350, 440, seconds=2.5))
    await core.until(lambda: bool(core.ask("board")["drills"]), 60, "result of the drill")
    assert [drill["result"] for drill in core.ask("board")["drills"]] == ["passed"]
    await core.until(lambda: carrier.on_card, 30, "phone on the card again")

    carrier.stuck = True
    carrier.pins.pull("lifeline_sense", up=False)
    await core.until(lambda: "board:relay" in [a["kind"] for a in core.ask("alarms")], 30, "alarm of the relay")
    carrier.stuck = False
    await core.until(lambda: "board:relay" not in [a["kind"] for a in core.ask("alarms")], 30, "end of the alarm")

    core.pause()
    try:
        async with asyncio.timeout(60):
            while carrier.on_card:  # noqa: ASYNC110 - a line of the kernel tells nobody
                await asyncio.sleep(0.1)
    finally:
        core.go_on()
    await core.until(lambda: carrier.on_card, 60, "phone on the card, when the core answers again")

    await core.until(lambda: not core.ask("board")["report"]["watchdog"]["fed"], 400, "end of patience with the web")
    await core.until(bitten, 120, "the watchdog")
    office.exchange_ear.forget()


def bitten() -> bool:
    """Whether the kernel's watchdog would have restarted the machine (softdog with soft_noboot)."""
    return "Triggered - Reboot ignored" in subprocess.run(["dmesg"], capture_output=True, text=True).stdout


async def test_a_card_removed_in_a_call_ends_it_and_the_core_gets_it_back(office: Office) -> None:
    """The last one: afterwards the core may have taken the channels of the far ends, too."""
    await office.connect(CallerId("5559876"))
    (bench.DEVICES / "unassign_span").write_text("1\n")
    await office.core.until(lambda: not office.core.ask("calls"), 3, "end of the call")
    assert "was removed. Plug it in again" in office.core.port("fxo1")["detail"]
    assert office.core.port("fxs2")["state"] == "fault"
    office.exchange.close()
    office.phone.close()
    (bench.DEVICES / "auto_assign").write_text("1\n")
    bench.configure(bench.RIGHT)
    await office.core.until(lambda: {port["state"] for port in office.core.ask("ports")} == {"idle"}, 15, "card back")
    await office.core.until(lambda: not office.core.card_alarm, 10, "end of the alarm")
