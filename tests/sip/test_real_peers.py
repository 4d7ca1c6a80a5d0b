# SPDX-License-Identifier: GPL-2.0-or-later
"""SIPp and baresip call the box: the field's own tools, not ours."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from firmware.api import Control
from hil.baresip import Baresip
from hil.box import Box
from hil.hearing import CLEAR, assert_heard, both_hear, recorded, when_on_time
from hil.listen import speech_like
from hil.phone import Phone
from hil.rtp import RtpEnd
from hil.sip import SipPeer, sdp
from hil.sipp import Sipp
from tests.sip.conftest import IN_ONE_LOOP, LAW, MakeBox
from tests.sip.test_sip_agents import sip_office

here = shutil.which("sipp") and shutil.which("baresip")
pytestmark = [IN_ONE_LOOP, pytest.mark.skipif(not here, reason="needs sip-tester and baresip")]

G722 = 0.97  # correlation: two codecs and a resampler in between


@pytest.mark.parametrize("law", ["ulaw", "alaw"])
async def test_sipp_calls_the_queue_and_an_analog_agent_answers(box: Box, tmp_path: Path, law: str) -> None:
    async with (
        Phone(box.sim, "fxs1", ahead=3) as agent,
        RtpEnd(law, learn=True) as rtp,
        Sipp(tmp_path, "callers", [(rtp.port, LAW[law])], [box.sip, "-m", 1, "-d", 9000]) as caller,
    ):
        await agent.rung(timeout=5)
        agent.pick_up()
        await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")
        await both_hear(rtp, agent)
        await caller.done(15)
    call = await box.call_ended()
    assert (call["from_name"], call["from_number"], call["hangup_by"]) == ("Caller 1", "5551", "caller")


@pytest.mark.parametrize(("codec", "clear"), [("G722", G722), ("PCMA", CLEAR)])
async def test_baresip_calls_the_queue_and_is_heard_and_hears(
    box: Box, tmp_path: Path, codec: str, clear: float
) -> None:
    spoken, answered = speech_like(1.5, seed=1), speech_like(1.5, seed=2)
    async with Phone(box.sim, "fxs1", ahead=3) as agent, Baresip(tmp_path / "baresip", codec, spoken) as caller:
        await caller.command("dial", f"sip:600@{box.sip}")
        await caller.event("CALL_ESTABLISHED")
        await agent.rung(timeout=5)
        agent.pick_up()
        await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")

        async def both_speak(_: int) -> None:
            agent.say(answered)
            assert_heard(spoken, await agent.listen(3.2), clear)

        await when_on_time(both_speak, agent, caller)
        await caller.command("sndcode", "5")
        await asyncio.sleep(0.3)
        agent.hang_up()
        await caller.event("CALL_CLOSED")
        assert_heard(answered, caller.heard(), clear)
    call = await box.call_ended()
    assert (call["disposition"], call["hangup_by"]) == ("answered", "callee")
    left, right = await recorded(box, call["recordings"][0])
    assert_heard(spoken, left, clear)
    assert_heard(answered, right, clear)


async def test_baresip_holds_and_resumes(make_box: MakeBox, peer: SipPeer, tmp_path: Path) -> None:
    """With a SIP agent: the direct path is left and taken again, as often as a real phone likes."""
    spoken = speech_like(1.0, seed=1)
    async with make_box(**sip_office(peer.address)) as box, RtpEnd() as rtp:
        async with Baresip(tmp_path / "baresip", "PCMU", spoken) as caller:
            await caller.command("dial", f"sip:600@{box.sip}")
            agent = await peer.invited()
            agent.answer(200, sdp(rtp.port))
            rtp.remote = agent.media
            await rtp.listen(0.5)
            for _ in range(2):
                await caller.command("hold")
                await asyncio.sleep(0.3)
                await caller.command("resume")
                await asyncio.sleep(0.3)

            async def speaks(_: int) -> None:
                assert_heard(spoken, await rtp.listen(4.0))

            await when_on_time(speaks, caller)
            await caller.command("hangup")
            await agent.hung_up(3)
        assert (await box.call_ended())["disposition"] == "answered"


def usage(box: Box) -> tuple[int, int, float]:
    """Descriptors, pj calls, and megabytes of the core."""
    process = Path(f"/proc/{box.pid('core')}")
    with Control(box.state / "control.sock") as control:
        calls = control.request("stats")["sip_calls"]
    pages = int((process / "statm").read_text().split()[1])
    return len(list((process / "fd").iterdir())), calls, pages * 4096 / 2**20


LINGERS_MB = 0.08  # a call's transactions stay for 32 s (RFC 3261, 17.1.2.2 and 17.2.1); after them memory is flat


async def test_two_hundred_calls_leave_nothing_behind(make_box: MakeBox, tmp_path: Path) -> None:
    """Callers, agents, recordings: after them all descriptors and calls are as before, and memory is flat."""
    async with SipPeer("agent") as probe:
        port = probe.port
    office = sip_office(*[f"127.0.0.1:{port}"] * 9)
    async with make_box(**office) as box:
        agents = [(40000, 0)] * 300
        async with Sipp(tmp_path, "agents", agents, ["-p", port]):
            found = []
            for calls in (100, 200):
                rows = [(41000, 0)] * calls
                options = [box.sip, "-m", calls, "-r", 30, "-d", 200, "-l", 100]
                async with Sipp(tmp_path, "callers", rows, options) as callers:
                    await callers.done(25)
                await box.until("/calls/active", lambda active: not active, 5)
                await asyncio.sleep(1.5)  # recordings are closed
                found.append(await asyncio.to_thread(usage, box))
        (fds, _, before), (fds_after, open_calls, after) = found
        assert open_calls == 0
        assert abs(fds_after - fds) <= 2
        assert after - before < 200 * LINGERS_MB, found
        assert await box.stop() == 0
    assert "SIGSEGV" not in box.log.read_text()
