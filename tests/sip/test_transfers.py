# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP phones that hand calls over by REFER, and put them on hold."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from hil.box import Box
from hil.hearing import both_hear
from hil.listen import tone_level_dbm0
from hil.phone import Phone
from hil.rtp import RtpEnd
from hil.sip import Dialog, SipPeer, sdp
from tests.sip.conftest import IN_ONE_LOOP, MakeBox, dial
from tests.sip.test_sip_agents import conversation, sip_office

pytestmark = IN_ONE_LOOP


def progress(dialog: Dialog) -> list[str]:
    """What the NOTIFYs of a REFER said."""
    return [request.body.strip() for request in dialog.requests if request.method == "NOTIFY"]


async def told(agent: SipPeer, dialog: Dialog, last: str) -> None:
    await agent.until(lambda: progress(dialog)[-1:] == [last], 5, f"NOTIFY {last}")


async def test_a_call_is_handed_over_to_another_phone(make_box: MakeBox, peer: SipPeer) -> None:
    async with SipPeer("agent") as agent, make_box(**sip_office(agent.address)) as box:  # noqa: SIM117
        async with conversation(box, peer, agent) as talk, Phone(box.sim, "fxs2", ahead=3) as phone:
            answer = await talk.agent.send("REFER", headers=f"Refer-To: <sip:202@{box.sip}>")
            assert answer.status == 202
            await told(agent, talk.agent, "SIP/2.0 200 OK")
            assert progress(talk.agent) == ["SIP/2.0 100 Trying", "SIP/2.0 200 OK"]
            await talk.agent.hung_up()
            await phone.rung(timeout=5)
            heard = await talk.caller_rtp.listen(0.5)
            assert tone_level_dbm0(heard, 440) > -30  # music, while it rings
            phone.pick_up()
            await legs(box, 2)
            await both_hear(talk.caller_rtp, phone)
            phone.hang_up()
            call = await box.call_ended()
            assert (call["disposition"], call["queue"]) == ("answered", "support")
            trail = (await box.get(f"/calls/{call['id']}"))["trail"]
            assert "transferred" in [event["event"] for event in trail]


async def test_a_call_is_handed_over_after_a_word(make_box: MakeBox, peer: SipPeer) -> None:
    async with (
        SipPeer("agent") as agent,
        make_box(**sip_office(agent.address)) as box,
        conversation(box, peer, agent) as talk,
        Phone(box.sim, "fxs2", ahead=3) as phone,
        RtpEnd() as second_rtp,
    ):
        talk.agent.reinvite_answer = None
        held = await talk.agent.send("INVITE", sdp(talk.agent_rtp.port, direction="sendonly", version=2))
        assert held.status == 200
        heard = await talk.caller_rtp.listen(0.6)
        assert tone_level_dbm0(heard[1600:], 440) > -30  # music on hold
        calling = asyncio.create_task(dial(agent, box, "202", second_rtp))
        await phone.rung(timeout=5)
        phone.pick_up()
        second = await calling
        await both_hear(second_rtp, phone)
        replaces = quote(f"{second.call_id};to-tag=x;from-tag={second.tag}")
        await talk.agent.send("REFER", headers=f"Refer-To: <sip:202@{box.sip}?Replaces={replaces}>")
        await told(agent, talk.agent, "SIP/2.0 200 OK")
        await second.hung_up()
        await talk.agent.hung_up()
        await legs(box, 2)
        await both_hear(talk.caller_rtp, phone)
        await talk.caller.bye()
        await box.call_ended(2)


async def test_a_number_that_does_not_exist_is_told_and_the_call_goes_on(make_box: MakeBox, peer: SipPeer) -> None:
    async with SipPeer("agent") as agent, make_box(**sip_office(agent.address)) as box:  # noqa: SIM117
        async with conversation(box, peer, agent) as talk:
            await talk.agent.send("REFER", headers="Refer-To: <sip:777@tipring.invalid>")
            await told(agent, talk.agent, "SIP/2.0 404 Not Found")
            assert (await talk.agent.send("REFER")).status == 400
            await talk.both_hear()
            await talk.caller.bye()


async def legs(box: Box, count: int) -> None:
    """Waits until the only call has so many parties."""
    await box.until("/calls/active", lambda calls: [len(call["legs"]) for call in calls] == [count])
