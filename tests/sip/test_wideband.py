# SPDX-License-Identifier: GPL-2.0-or-later
"""Between SIP phones of one codec nothing is decoded: what a G.722 or Opus phone says at 6 kHz is heard at 6 kHz."""

from __future__ import annotations

import asyncio
import math
import shutil
from array import array
from pathlib import Path

import pytest

from firmware.api import Control
from hil.baresip import Baresip
from hil.box import Box
from hil.fax import ced
from hil.g711 import Pcm
from hil.hearing import recorded
from hil.phone import Phone
from hil.rtp import RtpEnd
from hil.sip import SipPeer, sdp
from tests.sip.conftest import IN_ONE_LOOP, MakeBox

pytestmark = [IN_ONE_LOOP, pytest.mark.skipif(not shutil.which("baresip"), reason="needs baresip")]

LOW, HIGH = 1000, 6000  # Hz


def two_tones(rate: int) -> Pcm:
    """2 s of both, at this rate."""
    step = [2 * math.pi * hz / rate for hz in (LOW, HIGH)]
    return array("h", (round(6000 * sum(math.sin(n * s) for s in step)) for n in range(2 * rate)))


def loudness(audio: Pcm, rate: int, hz: int) -> float:
    """Amplitude of a sine in the loudest 100 ms (Goertzel)."""
    size, best = rate // 10, 0.0
    w = 2 * math.cos(2 * math.pi * hz / rate)
    for begin in range(0, len(audio) - size, size):
        a = b = 0.0
        for sample in audio[begin : begin + size]:
            a, b = sample + w * a - b, a
        best = max(best, 2 / size * math.sqrt(max(0.0, a * a + b * b - w * a * b)))
    return best


def forwarded(box: Box) -> int:
    with Control(box.state / "control.sock") as control:
        return int(control.request("stats")["rtp"]["forwarded"])


@pytest.mark.parametrize("codec", ["G722", "opus"])
async def test_wideband_goes_straight_across_also_while_it_is_recorded(
    make_box: MakeBox, tmp_path: Path, codec: str
) -> None:
    rate = 16000 if codec == "G722" else 48000
    async with Baresip(tmp_path / "agent", codec, two_tones(rate), answers=True, wide=True, user="202") as agent:
        phone = {"number": "202", "name": "Bob", "sip": {"address": f"127.0.0.1:{agent.sip_port}"}}
        queue = {"name": "support", "number": "600", "greeting": "short", "wrap_up_s": 0}
        seat = [{"id": "bob", "extension": "202", "queues": {"support": 1}}]
        async with make_box(extension=[phone], queue=[queue], agent=seat, route=[]) as box:
            async with Baresip(tmp_path / "caller", codec, two_tones(rate), wide=True) as caller:
                await caller.command("dial", f"sip:600@{box.sip}")
                await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")
                before = await asyncio.to_thread(forwarded, box)
                await asyncio.sleep(3)
                assert await asyncio.to_thread(forwarded, box) - before > 150  # of 300 packets both ways
                await caller.command("hangup")
                await caller.event("CALL_CLOSED")
                await agent.event("CALL_CLOSED")
            call = await box.call_ended()
            for phone_end in (caller, agent):
                heard, hz = phone_end.heard_wide()
                assert loudness(heard, hz, HIGH) > 0.1 * loudness(heard, hz, LOW) > 100
            for channel in await recorded(box, call["recordings"][0]):
                assert loudness(array("h", channel), 8000, LOW) > 1000


async def test_the_callee_is_offered_what_the_caller_wants_most(make_box: MakeBox, peer: SipPeer) -> None:
    async with SipPeer("202") as phone, RtpEnd() as rtp:
        extension = [{"number": "202", "sip": {"address": phone.address}}]
        async with make_box(extension=extension, route=[{"did": "5550123", "to": "extension:202"}], agent=[]) as box:
            offer = sdp(rtp.port, (8,)).replace("RTP/AVP 8", "RTP/AVP 107 9 8")
            offer += "a=rtpmap:107 opus/48000/2\r\na=rtpmap:9 G722/8000\r\n"
            dialog = await peer.call(f"sip:5550123@{box.sip}", offer)
            asked = await phone.invited()
            formats = next(line for line in asked.invited.body.splitlines() if line.startswith("m=audio")).split()[3:]
            maps = dict(line[9:].split(" ", 1) for line in asked.invited.body.splitlines() if "a=rtpmap:" in line)
            names = [maps[number].partition("/")[0] for number in formats]
            assert [name for name in names if name != "telephone-event"] == ["opus", "G722", "PCMA", "PCMU"]
            asked.answer(486)
            await dialog.answer_of(486)


async def test_a_fax_machine_that_answers_a_wideband_call_gets_g711(make_box: MakeBox, peer: SipPeer) -> None:
    async with (
        make_box(route=[{"did": "5550123", "to": "extension:201"}], agent=[]) as box,
        RtpEnd() as rtp,
        Phone(box.sim, "fxs1", ahead=3) as machine,
    ):
        dialog = await peer.call(f"sip:5550123@{box.sip}", sdp(rtp.port, (9, 0)))
        await machine.rung(timeout=5)
        dialog.reinvite_answer = sdp(rtp.port, (0,), version=2)
        machine.pick_up()
        answer = await dialog.answer_of(200)
        assert "m=audio" in answer.body
        assert "G722" in answer.body
        machine.say(ced(3))
        await peer.until(lambda: any(message.method == "INVITE" for message in dialog.requests), 6, "a re-INVITE")
        again = next(message for message in dialog.requests if message.method == "INVITE")
        assert ("PCMU" in again.body, "G722" in again.body, "opus" in again.body) == (True, False, False)
        await dialog.bye()
        call = await box.call_ended()
        trail = [event["event"] for event in (await box.get(f"/calls/{call['id']}"))["trail"]]
        assert "fax_passed_through" in trail
