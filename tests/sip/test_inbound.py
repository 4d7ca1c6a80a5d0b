# SPDX-License-Identifier: GPL-2.0-or-later
"""Callers who come by SIP."""

from __future__ import annotations

import time
from typing import Any

import pytest

from hil.box import Box
from hil.g711 import Law
from hil.hearing import both_hear, recorded_on_two_channels
from hil.phone import Phone
from hil.rtp import RtpEnd
from hil.sip import SipPeer, sdp
from tests.sip.conftest import IN_ONE_LOOP, dial

pytestmark = IN_ONE_LOOP


@pytest.mark.parametrize("law", ["ulaw", "alaw"])
async def test_a_sip_caller_reaches_the_queue_and_talks_to_an_analog_agent(box: Box, peer: SipPeer, law: Law) -> None:
    async with Phone(box.sim, "fxs1", ahead=3) as agent, RtpEnd(law) as rtp:
        dialog = await dial(peer, box, "600", rtp)
        await rtp.until(lambda: loud(rtp), 3, "greeting or music")
        await agent.rung(timeout=5)
        shown = await agent.caller_id(timeout=6)
        assert (shown.number, shown.name) == ("5551234", "Anna Smith")
        agent.pick_up()
        await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")

        spoken, answered = await both_hear(rtp, agent)
        assert rtp.missing() == 0

        await rtp.press("7")
        await rtp.press("#")
        await agent.watch.until(lambda: agent.dtmf.dialled == "7#", 3, "both digits as tones", agent.described)
        hung_up_at = time.monotonic()
        agent.hang_up()
        await dialog.hung_up(2)
        assert dialog.ended_at - hung_up_at < 1.5

    call = await box.call_ended()
    assert (call["from_number"], call["from_name"], call["to_number"]) == ("5551234", "Anna Smith", "600")
    assert (call["direction"], call["queue"], call["agent"]) == ("inbound", "support", "alice")
    assert (call["disposition"], call["hangup_by"], call["hangup_cause"]) == ("answered", "callee", 16)
    assert call["talk_s"] > 1.8
    assert await digits_of(box, call) == ["7", "#"]
    await recorded_on_two_channels(box, call["recordings"][0], spoken, answered)


async def digits_of(box: Box, call: dict[str, Any]) -> list[str]:
    trail = (await box.get(f"/calls/{call['id']}"))["trail"]
    return [event["data"]["digit"] for event in trail if event["event"] == "digit"]


def loud(rtp: RtpEnd) -> bool:
    return any(abs(sample) > 1000 for sample in rtp.heard_pcm(max(0, len(rtp.heard) - 5)))


async def test_a_sip_caller_who_hangs_up_frees_the_agents_phone_at_once(box: Box, peer: SipPeer) -> None:
    async with Phone(box.sim, "fxs1", ahead=3) as agent, RtpEnd() as rtp:
        dialog = await dial(peer, box, "600", rtp)
        await agent.rung(timeout=5)
        agent.pick_up()
        await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")
        assert (await dialog.bye()).status == 200
        call = await box.call_ended(timeout=1.5)
        await box.until("/agents", lambda agents: agents[0]["state"] == "unavailable")  # off hook, but not on a call
    assert (call["disposition"], call["hangup_by"], call["hangup_cause"]) == ("answered", "caller", 16)


async def test_a_sip_caller_who_gives_up_in_the_queue_is_abandoned(box: Box, peer: SipPeer) -> None:
    async with RtpEnd() as rtp:
        dialog = await dial(peer, box, "600", rtp)
        await rtp.until(lambda: loud(rtp), 3, "greeting or music")
        await dialog.bye()
    call = await box.call_ended()
    assert (call["disposition"], call["hangup_by"]) == ("abandoned", "caller")


async def test_an_extension_called_by_sip_rings_and_answers(box: Box, peer: SipPeer) -> None:
    async with Phone(box.sim, "fxs2", ahead=3) as phone, RtpEnd() as rtp:
        dialog = await peer.call(f"sip:202@{box.sip}", sdp(rtp.port))
        await dialog.answer_of(180)
        await phone.rung(timeout=3)
        phone.pick_up()
        rtp.remote = (await dialog.answer_of(200)).media
        await both_hear(rtp, phone)
        await dialog.bye()
    call = await box.call_ended()
    assert (call["disposition"], call["to_number"]) == ("answered", "202")


async def test_a_caller_who_cancels_stops_the_ringing(box: Box, peer: SipPeer) -> None:
    async with Phone(box.sim, "fxs2") as phone:
        dialog = await peer.call(f"sip:202@{box.sip}", sdp(40000))
        await dialog.answer_of(180)
        await phone.rung(timeout=3)
        dialog.cancel()
        assert (await dialog.answer_of(487)).status == 487
        call = await box.call_ended()
        assert (call["disposition"], call["hangup_by"]) == ("abandoned", "caller")
        await box.until("/ports", lambda ports: ports[2]["state"] == "idle")


async def test_a_stranger_reaches_nothing_but_numbers_of_the_house(box: Box, peer: SipPeer) -> None:
    """Least of all the line: whoever finds the box would call abroad at the office's expense."""
    for number, allowed in {"299": (404,), "95550199": (403, 404), "911": (403, 404), "tipring": (404,)}.items():
        dialog = await peer.call(f"sip:{number}@{box.sip}", sdp(40000))
        assert (await dialog.answer_of()).status in allowed
    await box.call_ended(4)
    for call in (await box.get("/calls"))["items"][:4]:
        assert (call["disposition"], call["trunk"], call["line"]) == ("failed", None, None)


async def test_a_busy_extension_is_busy(box: Box, peer: SipPeer) -> None:
    async with Phone(box.sim, "fxs2") as phone:
        phone.pick_up()
        await box.until("/ports", lambda ports: ports[2]["state"] == "in_use")
        dialog = await peer.call(f"sip:202@{box.sip}", sdp(40000))
        assert (await dialog.answer_of()).status == 486
