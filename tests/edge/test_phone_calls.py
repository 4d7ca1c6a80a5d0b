# SPDX-License-Identifier: GPL-2.0-or-later
"""Registered phones call each other, analog phones and the outside, and are called."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from hil.box import Box
from hil.exchange import Exchange
from hil.hearing import both_hear
from hil.listen import align, speech_like
from hil.phone import Phone
from hil.rtp import RtpEnd
from hil.sip import SipPeer, sdp
from tests.edge.conftest import IN_ONE_LOOP, device, devices_of

pytestmark = IN_ONE_LOOP


@pytest.mark.parametrize("transport", ["udp", "wss"])
async def test_a_phone_calls_another_and_both_hear(box: Box, transport: str) -> None:
    async with (
        device(box, "203", transport=transport) as carol, device(box, "204") as dave,
        RtpEnd() as here, RtpEnd() as there,
    ):  # fmt: skip
        await carol.register()
        await dave.register()
        await devices_of(box, "204", 1)
        call = await carol.dial("204", sdp(here.port))
        rung = await dave.invited()
        assert '"Carol" <sip:203@' in rung.invited["from"]
        assert not [name for name, _ in rung.invited.headers if name.startswith("x-tipring")]
        rung.answer(180)
        await call.answer_of(180)
        rung.answer(200, sdp(there.port))
        here.remote, there.remote = (await call.answer_of(200)).media, rung.media
        await both_hear(here, there)
        assert (await call.bye()).status == 200
        await rung.hung_up()
    cdr = await box.call_ended()
    assert (cdr["direction"], cdr["disposition"], cdr["hangup_by"]) == ("internal", "answered", "caller")
    assert (cdr["from_number"], cdr["from_name"], cdr["to_number"]) == ("203", "Carol", "204")


async def test_a_phone_calls_an_analog_one_and_the_other_way_round(box: Box) -> None:
    async with device(box, "203", transport="tls") as carol, Phone(box.sim, "fxs1", ahead=3) as alice, RtpEnd() as rtp:
        await carol.register()
        await devices_of(box, "203", 1)
        call = await carol.dial("201", sdp(rtp.port))
        await alice.rung(timeout=5)
        alice.pick_up()
        rtp.remote = (await call.answer_of(200)).media
        await both_hear(rtp, alice)
        alice.hang_up()
        await call.hung_up(2)
        await box.call_ended()
        await box.until("/ports", lambda ports: all(port["state"] == "idle" for port in ports[1:]))

        alice.pick_up()
        await alice.hears("dial", timeout=5)
        await alice.dial("203")
        rung = await carol.invited(timeout=8)
        rung.answer(180)
        await alice.hears("ringback", timeout=5)
        rung.answer(200, sdp(rtp.port))
        rtp.remote = rung.media
        await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")
        await rung.bye()
        cdr = await box.call_ended(2)
    assert (cdr["from_number"], cdr["to_number"], cdr["hangup_by"]) == ("201", "203", "callee")


async def test_all_devices_of_an_extension_ring_and_the_first_to_answer_has_it(box: Box, peer: SipPeer) -> None:
    async with device(box, "203") as desk, device(box, "203", transport="tcp") as mobile, RtpEnd() as rtp:
        await desk.register()
        await mobile.register()
        await devices_of(box, "203", 2)
        call = await peer.call(f"sip:203@{box.sip}", sdp(rtp.port))
        ringing = [await desk.invited(), await mobile.invited()]
        for one in ringing:
            one.answer(180)
        await call.answer_of(180)
        ringing[1].answer(200, sdp(rtp.port))
        await call.answer_of(200)
        await ringing[0].hung_up()
        assert ringing[0].cancelled.is_set()
        await call.bye()
        await ringing[1].hung_up()


async def test_an_extension_without_a_registered_phone_is_not_reachable(box: Box, peer: SipPeer) -> None:
    call = await peer.call(f"sip:203@{box.sip}", sdp(40000))
    assert (await call.answer_of()).status in (480, 502, 503)
    assert (await box.call_ended())["disposition"] == "failed"


async def test_only_a_registered_phone_calls_outside(box: Box, peer: SipPeer) -> None:
    async with device(box, "203") as carol, Exchange(box.sim, "fxo1") as exchange:
        await carol.register()
        stranger = await peer.call(f"sip:95550199@{box.sip}", sdp(40000))
        assert (await stranger.answer_of()).status in (403, 404)
        pretender = await peer.call(f"sip:95550199@{box.sip}", sdp(40000), caller=f"<sip:203@{box.sip}>")
        assert (await pretender.answer_of()).status == 407
        forged = "X-Tipring-User: 203\r\nX-Tipring-Edge: x\r\n"
        forger = await peer.call(f"sip:95550199@{box.sip}", sdp(40000), headers=forged)
        assert (await forger.answer_of()).status in (403, 404)
        call = await carol.dial("95550199", sdp(40000))
        await exchange.off_hook(timeout=8)
        assert await exchange.digits(7) == "5550199"
        call.cancel()
        await asyncio.sleep(0.1)


async def test_nobody_calls_past_the_edge(box: Box, peer: SipPeer) -> None:
    host, _, port = box.sip.rpartition(":")
    for offset in (4, 6):
        call = await peer.call(f"sip:600@{host}:{int(port) + offset}", sdp(40000))
        assert (await call.answer_of()).status == 403
    inside = await peer.call(f"sip:201@{host}:{int(port) + 5}", sdp(40000))
    assert (await inside.answer_of()).status == 403


async def test_an_invite_that_was_sent_again_is_one_call(box: Box) -> None:
    """A busy machine, or a network that loses the answer: the phone repeats what it sent, with the same credentials."""
    async with device(box, "203") as carol, Phone(box.sim, "fxs1", ahead=3) as alice:
        await carol.register()
        call = await carol.dial("201", sdp(40000))
        call.send_again()
        await alice.rung(timeout=5)
        call.send_again()
        await call.answer_of(180)
        alice.pick_up()
        await call.answer_of(200)
        assert [message.status for message in carol.log if message.status >= 300] == [401, 407]
        assert len(await box.get("/calls/active")) == 1
        await call.bye()


async def test_a_phone_is_tried_for_the_acceptance(box: Box) -> None:
    """It rings, hears again what is said there, and is then found good."""
    said = speech_like(2, seed=62)
    async with device(box, "203") as carol, RtpEnd() as rtp:
        await carol.register()
        await devices_of(box, "203", 1)
        await box.request("POST", "/api/v1/acceptance/phones", {"extension": "203"})
        rung = await carol.invited(timeout=10)
        assert (await box.get("/acceptance"))["ringing"] == ["203"]
        event = re.search(r"rtpmap:(\d+) telephone-event/8000", rung.invited.body)
        assert event
        rung.answer(200, sdp(rtp.port))
        rtp.remote, rtp.event_pt = rung.media, int(event[1])
        await box.until("/calls/active", lambda calls: calls and calls[0]["answered_at"], 10)
        await rtp.listen(1)
        rtp.say(said)
        await rtp.listen(2.3)
        began = len(rtp.heard)
        await rtp.press("#")
        await rtp.listen(4)
        assert align(said, rtp.heard_pcm(began)).correlation > 0.95
        await rtp.press("1")
        known = await box.until("/acceptance", lambda known: _of_phone(known)["result"] == "pass", 10)
        assert -40 < _of_phone(known)["data"]["inside_dbm0"] < 0
        await rung.hung_up(10)


def _of_phone(acceptance: dict[str, Any]) -> dict[str, Any]:
    return next(check for check in acceptance["checks"] if check["id"] == "sip_phone:203")
