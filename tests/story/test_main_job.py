# SPDX-License-Identifier: GPL-2.0-or-later
"""The main job, end to end, over the simulated copper."""

from __future__ import annotations

import io
import wave

from hil.box import Box
from hil.exchange import Exchange
from hil.listen import align, speech_like
from hil.phone import Phone


async def test_a_caller_is_answered_queued_connected_recorded_and_listed(box: Box) -> None:
    async with Exchange(box.sim, "fxo1", ahead=3) as exchange, Phone(box.sim, "fxs1", ahead=3) as agent:
        exchange.ring("5551234", "ANNA SMITH")
        await exchange.off_hook(timeout=12)
        await exchange.hears_sound(timeout=5)  # greeting, then music

        await agent.rung(timeout=15)
        shown = await agent.caller_id(timeout=10)
        assert (shown.number, shown.name) == ("5551234", "ANNA SMITH")
        agent.pick_up()

        spoken, answered = speech_like(3.0, seed=1), speech_like(3.0, seed=2)
        exchange.say(spoken)
        agent.say(answered)
        heard_by_agent = await agent.listen(4.0)
        heard_by_caller = exchange.wire.heard_pcm()
        assert align(spoken, heard_by_agent).correlation > 0.99
        assert align(answered, heard_by_caller).correlation > 0.99

        agent.hang_up()
        await exchange.on_hook(timeout=4)

        call = await box.call_ended()
        assert call["from_number"] == "5551234"
        assert call["from_name"] == "ANNA SMITH"
        assert (call["line"], call["queue"], call["agent"]) == ("fxo1", "support", "alice")
        assert (call["disposition"], call["hangup_by"], call["hangup_cause"]) == ("answered", "callee", 16)
        assert call["talk_s"] > 3
        await recorded_on_two_channels(box, call["recordings"][0], spoken, answered)


async def recorded_on_two_channels(box: Box, id: str, left: object, right: object) -> None:
    await box.until(f"/recordings/{id}", lambda r: r["state"] == "ready")
    audio = await box.get(f"/recordings/{id}/audio")
    with wave.open(io.BytesIO(audio)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 8000)
        samples = memoryview(file.readframes(file.getnframes())).cast("h")
    assert align(left, samples[0::2]).correlation > 0.99
    assert align(right, samples[1::2]).correlation > 0.99
