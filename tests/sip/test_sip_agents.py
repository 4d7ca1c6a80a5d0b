# SPDX-License-Identifier: GPL-2.0-or-later
"""Agents whose phones are SIP phones: straight across, over the bridge, held, refused, unreachable."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from hil.box import Box
from hil.g711 import Law, Pcm
from hil.hearing import both_hear, recorded_on_two_channels
from hil.phone import Phone
from hil.rtp import RtpEnd
from hil.sip import Dialog, SipPeer, sdp
from tests.sip.conftest import IN_ONE_LOOP, LAW, MakeBox, dial
from tests.sip.test_inbound import digits_of

pytestmark = [IN_ONE_LOOP, pytest.mark.usefixtures("sounds")]


def sip_office(*addresses: str, ring_timeout_s: float = 5, **queue: Any) -> dict[str, Any]:
    """Agents sip1, sip2, … at these addresses, asked in this order; alice's analog phone comes last."""
    numbers = [f"30{n}" for n in range(1, len(addresses) + 1)]
    extensions: list[dict[str, Any]] = [
        {"number": number, "sip": {"password": "x", "address": address}}
        for number, address in zip(numbers, addresses, strict=True)
    ]
    agents = [{"id": f"sip{n[-1]}", "extension": n, "queues": {"support": int(n[-1])}} for n in numbers]
    return {
        "extension": [*extensions, {"number": "201", "port": "fxs1"}, {"number": "202", "port": "fxs2"}],
        "agent": [*agents, {"id": "alice", "extension": "201", "queues": {"support": 9}}],
        "queue": [
            {"name": "support", "number": "600", "greeting": "short", "wrap_up_s": 0, "ring_timeout_s": ring_timeout_s,
             **queue}
        ],
    }  # fmt: skip


@dataclass
class Conversation:
    """A caller and an agent, both by SIP, with their RTP."""

    caller: Dialog
    agent: Dialog
    caller_rtp: RtpEnd
    agent_rtp: RtpEnd

    async def both_hear(self) -> tuple[Pcm, Pcm]:
        """Both speak at once, and each hears the other. What they said."""
        return await both_hear(self.caller_rtp, self.agent_rtp)


@contextlib.asynccontextmanager
async def conversation(box: Box, caller: SipPeer, agent: SipPeer, law: Law = "ulaw") -> AsyncIterator[Conversation]:
    """A caller in PCMU talks to an agent in `law`."""
    async with RtpEnd() as caller_rtp, RtpEnd(law) as agent_rtp:
        called = await dial(caller, box, "600", caller_rtp)
        offered = await agent.invited()
        offered.answer(180)
        offered.answer(200, sdp(agent_rtp.port, (LAW[law],)))
        agent_rtp.remote = offered.media
        await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")
        yield Conversation(called, offered, caller_rtp, agent_rtp)


async def forwarded(box: Box) -> int:
    """RTP packets that went straight across since the start."""
    from firmware.api import Control

    def ask() -> int:
        with Control(box.state / "control.sock") as control:
            return int(control.request("stats")["rtp"]["forwarded"])

    return await asyncio.to_thread(ask)


@pytest.mark.parametrize("law", ["ulaw", "alaw"])
async def test_two_sip_parties_hear_every_packet_and_are_recorded(make_box: MakeBox, peer: SipPeer, law: Law) -> None:
    async with SipPeer("agent") as agent, make_box(**sip_office(agent.address)) as box:
        async with conversation(box, peer, agent, law) as talk:
            before = len(talk.agent_rtp.heard), talk.caller_rtp.sent, len(talk.caller_rtp.heard), talk.agent_rtp.sent
            spoken, answered = await talk.both_hear()
            assert (await forwarded(box) > 0) == (law == "ulaw")
            assert talk.agent_rtp.missing() == talk.caller_rtp.missing() == 0
            if law == "ulaw":
                assert abs((talk.caller_rtp.sent - before[1]) - (len(talk.agent_rtp.heard) - before[0])) <= 10
                assert abs((talk.agent_rtp.sent - before[3]) - (len(talk.caller_rtp.heard) - before[2])) <= 10
            assert "5551234" in talk.agent.invited["from"]
            await talk.caller_rtp.press("5")
            await talk.agent_rtp.until(lambda: any(p.pt == 101 for p in talk.agent_rtp.heard), 2, "the digit")
            await talk.caller.bye()
            await talk.agent.hung_up(2)
        call = await box.call_ended()
        assert (call["disposition"], call["agent"], call["hangup_by"]) == ("answered", "sip1", "caller")
        assert await digits_of(box, call) == ["5"]
        await recorded_on_two_channels(box, call["recordings"][0], spoken, answered)


@pytest.mark.parametrize(("who", "direction"), [("caller", "sendonly"), ("agent", "inactive")])
async def test_a_call_that_is_held_and_resumed_goes_on(
    make_box: MakeBox, peer: SipPeer, who: str, direction: str
) -> None:
    async with SipPeer("agent") as agent, make_box(**sip_office(agent.address)) as box:
        async with conversation(box, peer, agent) as talk:
            spoken, answered = await talk.both_hear()
            dialog, rtp = (talk.caller, talk.caller_rtp) if who == "caller" else (talk.agent, talk.agent_rtp)
            held = await dialog.send("INVITE", sdp(rtp.port, direction=direction, version=2))
            assert held.status == 200
            assert ("a=recvonly" if direction == "sendonly" else "a=inactive") in held.body
            resumed = await dialog.send("INVITE", sdp(rtp.port, version=3))
            assert (resumed.status, "a=sendrecv" in resumed.body) == (200, True)
            rtp.remote = resumed.media
            before = await forwarded(box)
            await talk.both_hear()
            assert await forwarded(box) > before
            assert (await dialog.send("OPTIONS")).status == 200
            await talk.agent.bye()
            await talk.caller.hung_up(2)
        call = await box.call_ended()
        assert (call["disposition"], call["hangup_by"]) == ("answered", "callee")
        await recorded_on_two_channels(box, call["recordings"][0], spoken, answered)


async def test_a_caller_held_and_resumed_in_the_queue_hears_music_again(make_box: MakeBox, peer: SipPeer) -> None:
    async with make_box(agent=[]) as box, RtpEnd() as rtp:
        dialog = await dial(peer, box, "600", rtp)
        await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "waiting")
        assert (await dialog.send("INVITE", sdp(rtp.port, direction="inactive", version=2))).status == 200
        assert (await dialog.send("INVITE", sdp(rtp.port, version=3))).status == 200
        await asyncio.sleep(0.2)
        music = await rtp.listen(0.5)
        assert max(map(abs, music)) > 1000
        await dialog.bye()


async def test_the_phone_moves_to_another_rtp_port_in_a_call(make_box: MakeBox, peer: SipPeer) -> None:
    async with (
        SipPeer("agent") as agent,
        make_box(**sip_office(agent.address)) as box,
        conversation(box, peer, agent) as talk,
        RtpEnd() as other,
    ):
        talk.caller_rtp.remote = None
        moved = await talk.caller.send("INVITE", sdp(other.port, version=2))
        assert moved.status == 200
        other.remote = moved.media
        await Conversation(talk.caller, talk.agent, other, talk.agent_rtp).both_hear()
        await talk.caller.bye()


@pytest.mark.parametrize("status", [486, 603])
async def test_an_agent_who_refuses_is_followed_by_the_next(make_box: MakeBox, peer: SipPeer, status: int) -> None:
    async with SipPeer("one") as one, SipPeer("two") as two, make_box(**sip_office(one.address, two.address)) as box:
        async with RtpEnd() as rtp, RtpEnd() as agent_rtp:
            dialog = await dial(peer, box, "600", rtp)
            (await one.invited()).answer(status)
            second = await two.invited()
            second.answer(200, sdp(agent_rtp.port))
            await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")
            await dialog.bye()
        assert (await box.call_ended())["agent"] == "sip2"


async def test_agents_who_do_not_answer_or_cannot_be_reached_are_followed_by_the_next(
    make_box: MakeBox, peer: SipPeer
) -> None:
    async with SipPeer("absent") as absent, SipPeer("mute") as mute:
        mute.silent = True
        with_nobody = "127.0.0.1:1"
        office = sip_office(absent.address, mute.address, with_nobody, ring_timeout_s=1)
        async with make_box(**office) as box, Phone(box.sim, "fxs1") as alice, RtpEnd() as rtp:
            began = time.monotonic()
            dialog = await dial(peer, box, "600", rtp)
            rung = await absent.invited()
            rung.answer(180)
            await rung.hung_up(3)
            assert rung.cancelled.is_set()
            await alice.rung(timeout=6)
            assert time.monotonic() - began < 6
            alice.pick_up()
            await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")
            await dialog.bye()
            call = await box.call_ended()
        assert (call["agent"], call["disposition"]) == ("alice", "answered")


async def test_a_caller_whose_ack_is_slow_is_connected_all_the_same(make_box: MakeBox, peer: SipPeer) -> None:
    async with (
        SipPeer("agent") as agent,
        RtpEnd() as rtp,
        make_box(**sip_office(agent.address, greeting="none")) as box,
    ):
        dialog = await peer.call(f"sip:600@{box.sip}", sdp(rtp.port))
        (await agent.invited()).answer(200, sdp(40000))  # before the caller has acknowledged the box's 200
        await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")
        await dialog.answer_of(200)
        await dialog.bye()
        assert (await box.call_ended())["disposition"] == "answered"
