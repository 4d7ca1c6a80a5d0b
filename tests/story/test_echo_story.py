# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines and phones that return what is said into them: nobody hears his own voice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from story_ends import Ends
from story_office import box_of, office

from hil.copper import Copper
from hil.exchange import Exchange
from hil.far_end import FarEnd
from hil.fax import ced
from hil.levels import dbm0
from hil.listen import align, faults, speech_like
from hil.phone import Phone

pytestmark = pytest.mark.asyncio(loop_scope="session")

NUMBER = "5559876"
LEARNING_S = 2.0


def hybrid(end: FarEnd, path: int) -> None:
    """An ordinary hybrid: 9 dB, with the noise of a good line."""
    end.wire.copper = Copper(end.law, path=path, echo_loss_db=9, noise_dbm0=-65)


async def heard_of_own_voice(speaker: FarEnd) -> float:
    """The speaker talks; the level in dBm0 of what comes back once the canceller knows the wire."""
    await speaker.listen(0.2)
    said = asyncio.ensure_future(speaker.say(speech_like(LEARNING_S + 1.5, seed=21, level_dbm0=-15)))
    await speaker.listen(LEARNING_S + 0.2)
    back = await speaker.listen(1.2)
    await said
    return dbm0(back)


async def outside_call(ends: Ends) -> tuple[Phone, Exchange]:
    """Connected, with a hybrid at either end."""
    phone, exchange = await ends.phone(3), await ends.exchange("fxo2")
    hybrid(phone, 4)
    hybrid(exchange, 6)
    phone.pick_up()
    await phone.hears("dial", timeout=2)
    await phone.dial(f"9{NUMBER}#")
    await exchange.off_hook(timeout=2)
    assert await exchange.digits(len(NUMBER)) == NUMBER
    exchange.answer(reverse=True)
    await ends.call_is("talking", timeout=3)
    return phone, exchange


async def test_nobody_hears_his_own_voice_over_lines_with_echo(ends: Ends) -> None:
    phone, exchange = await outside_call(ends)
    assert await heard_of_own_voice(phone) < -45  # 24 dB without a canceller
    assert await heard_of_own_voice(exchange) < -45

    spoken = speech_like(1.5, seed=22)  # and what the other says arrives whole
    exchange.say(spoken)
    heard = await phone.listen(2.2)
    assert faults(spoken, heard) == []
    assert align(spoken, heard).correlation > 0.98


async def test_an_echo_canceller_that_is_switched_off_leaves_the_echo(tmp_path: Path, sounds: Path) -> None:
    config = office()
    config["line"][1]["echo_canceller"] = False
    config["extension"][2]["echo_canceller"] = False
    async with box_of(tmp_path, sounds, config) as box:
        ends = Ends(box)
        await ends.begin()
        phone, exchange = await outside_call(ends)
        assert await heard_of_own_voice(phone) > -30
        assert await heard_of_own_voice(exchange) > -30
        await ends.unplug_all()


async def test_the_answer_tone_of_a_fax_machine_switches_the_cancellers_off_for_its_call(ends: Ends) -> None:
    """2100 Hz with phase reversals (ITU-T V.25, G.168): a machine wants its own echo as it is."""
    phone, exchange = await outside_call(ends)
    assert await heard_of_own_voice(phone) < -45
    await exchange.say(ced(3))
    assert await heard_of_own_voice(phone) > -30
    assert await heard_of_own_voice(exchange) > -30
    phone.hang_up()
    await ends.ended()
