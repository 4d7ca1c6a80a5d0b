# SPDX-License-Identifier: GPL-2.0-or-later
"""An exchange and a phone play against the simulated card over its real sockets."""

from __future__ import annotations

import asyncio

import pytest

from drivers.port import Battery, PortEvent
from hil.callerid import CallerId, as_dtmf, as_fsk, parse
from hil.copper_box import CopperBox
from hil.exchange import Exchange
from hil.fsk import BELL202, V23, Demodulator
from hil.g711 import decode, encode, silence
from hil.phone import Phone
from hil.signals import dtmf, quiet, sines, tone_audio
from hil.waiting import NotSeen


async def test_the_box_hears_dial_tone_and_dials_out_by_tone(box: CopperBox, exchange: Exchange) -> None:
    box.line.seize()
    await exchange.off_hook()
    assert exchange.wire.player.playing
    box.say("fxo1", encode(dtmf("5550199"), box.law))
    assert await exchange.digits(7) == "5550199"
    assert not exchange.wire.player.playing, "dial tone ends with the first digit"
    box.line.release()
    await exchange.on_hook()


async def test_the_exchange_reads_dial_pulses_and_a_flash(box: CopperBox, exchange: Exchange) -> None:
    box.line.seize()
    await box.line.dial_pulse("310", 60, 40, 400)
    assert await exchange.digits(3) == "310"
    await box.line.flash(500)
    assert 450 <= await exchange.flashed() <= 600


async def test_digits_that_do_not_come_are_told_with_what_was_heard(box: CopperBox, exchange: Exchange) -> None:
    box.line.seize()
    box.say("fxo1", encode(dtmf("12"), box.law))
    with pytest.raises(NotSeen, match=r"fxo1: 3 digits; instead: the line is dialling.* it dialled '12'"):
        await exchange.digits(3, timeout=1)


async def test_the_far_party_hangs_up_by_battery(box: CopperBox, exchange: Exchange) -> None:
    exchange.ring("5550100", send_caller_id=False)
    await box.event(PortEvent.RING_BEGAN)
    box.line.seize()
    await exchange.off_hook()
    await exchange.hang_up("battery")
    await box.event(PortEvent.BATTERY_LOST)
    await box.event(PortEvent.BATTERY_RESTORED)


async def test_the_far_party_hangs_up_by_polarity_and_the_line_is_normal_afterwards(
    box: CopperBox, exchange: Exchange
) -> None:
    box.line.seize()
    await exchange.off_hook()
    await exchange.hang_up("polarity")
    await box.event(PortEvent.POLARITY_REVERSED)
    assert str(box.line.battery) == "reversed"
    box.line.release()
    await exchange.on_hook()
    await box.event(PortEvent.POLARITY_REVERSED)
    assert str(box.line.battery) == "normal"


async def test_ringing_stops_when_the_caller_gives_up(box: CopperBox, exchange: Exchange) -> None:
    exchange.ring(cadence_ms=[40, 20], send_caller_id=False)
    for _ in range(3):
        await box.event(PortEvent.RING_BEGAN)
        await box.event(PortEvent.RING_ENDED)
    exchange.give_up()
    await asyncio.sleep(0.03)
    rings = box.log.count(PortEvent.RING_BEGAN)
    with pytest.raises(NotSeen, match="to go off hook"):
        await exchange.off_hook(timeout=0.2)
    assert box.log.count(PortEvent.RING_BEGAN) == rings


async def test_caller_id_comes_between_the_first_and_the_second_ring(box: CopperBox, exchange: Exchange) -> None:
    box.audio["fxo1"].heard.clear()
    exchange.ring("5551234", "ANNA", cadence_ms=[100, 1600])
    await box.event(PortEvent.RING_ENDED)
    await box.event(PortEvent.RING_BEGAN)
    exchange.give_up()
    heard = b"".join(box.audio["fxo1"].heard)
    (message,) = Demodulator(BELL202).feed(decode(heard, box.law))
    caller = parse(message)
    assert caller
    assert (caller.number, caller.name) == ("5551234", "ANNA")


@pytest.mark.parametrize("box", ["us", "de"], indirect=True)
async def test_a_phone_rings_shows_the_caller_and_is_answered(box: CopperBox, phone: Phone) -> None:
    standard = BELL202 if box.country.code == "us" else V23
    caller = CallerId("5550100", "OFFICE", "11221504")
    sound = encode(quiet(100) + as_fsk(caller, standard), box.law)
    box.station.ring([300, 1300], on_gap=lambda: box.say("fxs1", sound))
    assert await phone.rung(steps=2) == pytest.approx([300, 1300], abs=60)
    assert await phone.caller_id() == caller
    phone.pick_up()
    await box.event(PortEvent.OFF_HOOK)
    assert not phone.ringing
    phone.hang_up()
    await box.event(PortEvent.ON_HOOK)


@pytest.mark.parametrize("box", ["se"], indirect=True)
async def test_a_swedish_phone_reads_caller_id_from_tones(box: CopperBox, phone: Phone) -> None:
    box.say("fxs1", encode(as_dtmf(CallerId("0812345"), phone.country.caller_id_dtmf), box.law))
    assert (await phone.caller_id()).number == "0812345"


async def test_a_phone_dials_by_pulses_and_flashes(box: CopperBox, phone: Phone) -> None:
    phone.pick_up()
    await box.event(PortEvent.OFF_HOOK)
    await phone.dial_pulse("20")
    digits = [(await box.event(PortEvent.PULSE_DIGIT)).digit for _ in range(2)]
    assert digits == ["2", "0"]
    await phone.flash()
    await box.event(PortEvent.HOOK_FLASH)


async def test_a_phone_hears_dial_tone_then_busy(box: CopperBox, phone: Phone) -> None:
    phone.pick_up()
    box.say("fxs1", tone_audio(box.country.dial, "ulaw").repeated)
    await phone.hears("dial")
    box.say("fxs1", tone_audio(box.country.busy, "ulaw").repeated * 2)
    await phone.hears("busy")
    with pytest.raises(NotSeen, match=r"ringback tone; instead: .*hears .*480\+620 Hz"):
        await phone.hears("ringback", timeout=1.5)


async def test_a_phone_is_told_when_the_box_ends_the_loop_current(box: CopperBox, phone: Phone) -> None:
    await asyncio.gather(box.station.drop_battery(50), phone.battery_is("none"))
    await phone.battery_is(Battery.NORMAL)


async def test_what_one_side_says_arrives_bit_for_bit(box: CopperBox, phone: Phone, exchange: Exchange) -> None:
    """A box that only copies blocks from the line to the station and back."""
    for audio in box.audio.values():
        audio.queue.extend([silence(box.law)] * 3)  # what the clocks of the two ports may differ by
    box.audio["fxo1"].on_block = box.audio["fxs1"].queue.append
    box.audio["fxs1"].on_block = box.audio["fxo1"].queue.append
    sound = sines([(450, -10), (1720, -14)], 600)
    phone.pick_up()
    exchange.say(sound)
    await phone.listen(0.9)
    assert encode(sound, "ulaw")[:4000] in b"".join(block for _, block in phone.wire.heard)
    phone.say(sound)
    await exchange.listen(0.9)
    assert encode(sound, "ulaw")[:4000] in b"".join(block for _, block in exchange.wire.heard)


async def test_a_far_end_may_be_plugged_in_again(box: CopperBox, phone: Phone) -> None:
    phone.pick_up()
    await box.event(PortEvent.OFF_HOOK)
    await phone.unplug()
    await box.event(PortEvent.UNPLUGGED)
    assert phone.hook == "on"
    await phone.plug()
    await box.event(PortEvent.PLUGGED)
    phone.pick_up()
    await box.event(PortEvent.OFF_HOOK)
