# SPDX-License-Identifier: GPL-2.0-or-later
"""The dial plan seen by SIP peers: who calls for help is called back, and who is refused hears it."""

from __future__ import annotations

from hil.phone import Phone
from hil.rtp import RtpEnd
from hil.sip import SipPeer, sdp
from tests.sip.conftest import IN_ONE_LOOP, MakeBox, dial
from tests.sip.test_sip_agents import conversation, sip_office
from tests.sip.test_transfers import told

pytestmark = IN_ONE_LOOP


async def test_help_is_told_a_number_at_which_it_can_call_back(make_box: MakeBox, peer: SipPeer) -> None:
    """Over the provider, though no outbound route leads there, and though another provider says that it is busy."""
    async with SipPeer("other") as other:
        ways = [
            {"name": name, "sip": {"registrar": provider.address, "username": "office", "register": False}}
            for name, provider in (("other", other), ("isp", peer))
        ]
        changes = {"trunk": ways, "outbound": [], "emergency": {"callback": "5550100"}, "numbers": {"block_out": ["."]}}
        phones = [
            {"number": "201", "name": "Alice", "port": "fxs1", "class": "internal"},
            {"number": "202", "port": "fxs2"},
        ]
        async with make_box(**changes, extension=phones) as box, Phone(box.sim, "fxs1", ahead=3) as phone:
            phone.pick_up()
            await phone.hears("dial", timeout=5)
            await phone.dial("911")
            refused = await other.invited()
            refused.answer(486)
            invited = await peer.invited()
            assert invited.invited.uri.startswith("sip:911@")
            assert '"Alice" <sip:5550100@' in invited.invited["from"]
            invited.answer(603)
            await phone.hears("congestion", timeout=5)


async def test_a_phone_hands_no_call_to_a_number_that_it_may_not_call(make_box: MakeBox, peer: SipPeer) -> None:
    async with SipPeer("agent") as agent:
        office = sip_office(agent.address)
        office["extension"][0]["class"] = "internal"
        async with make_box(**office) as box, conversation(box, peer, agent) as talk:
            await talk.agent.send("REFER", headers=f"Refer-To: <sip:90115550199@{box.sip}>")
            await told(agent, talk.agent, "SIP/2.0 403 Forbidden")
            await talk.both_hear()
            await talk.caller.bye()


async def test_callers_on_the_black_list_and_those_without_a_number_are_refused(
    make_box: MakeBox, peer: SipPeer
) -> None:
    lists = {"block_in": ["555666."], "allow_in": ["5556661"], "reject_anonymous": True}
    async with make_box(numbers=lists) as box:
        for caller in ('"Spam" <sip:5556669@example.com>', '"Anonymous" <sip:anonymous@anonymous.invalid>'):
            refused = await peer.call(f"sip:600@{box.sip}", sdp(20_000), caller=caller)
            assert (await refused.answer_of()).status == 603
        async with RtpEnd() as rtp:
            dialog = await dial(peer, box, "600", rtp, caller="<sip:5556661@example.com>")
            await dialog.bye()
        calls = await box.until("/calls", lambda page: len(page["items"]) == 3)
        assert [call["hangup_cause"] for call in calls["items"][1:]] == [21, 21]
