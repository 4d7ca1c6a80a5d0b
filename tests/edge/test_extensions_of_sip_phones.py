# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP phones among the extensions: lamps that follow real calls, phones that answer by themselves, forwards."""

from __future__ import annotations

from typing import Any

from hil.box import Box
from hil.hearing import both_hear
from hil.listen import speech_like
from hil.phone import Phone
from hil.rtp import RtpEnd
from hil.sip import sdp
from tests.edge.conftest import IN_ONE_LOOP, device, devices_of, sip_phones
from tests.edge.test_lamps import shows
from tests.sip.conftest import MakeBox
from tests.sip.test_inbound import loud

pytestmark = IN_ONE_LOOP


async def trail(box: Box, id: str, event: str) -> list[dict[str, Any]]:
    return [item["data"] for item in (await box.get(f"/calls/{id}"))["trail"] if item["event"] == event]


async def test_a_lamp_follows_calls_and_do_not_disturb(box: Box) -> None:
    async with device(box, "203") as carol, Phone(box.sim, "fxs1", ahead=3) as alice, RtpEnd() as rtp:
        await carol.register()
        await devices_of(box, "203", 1)
        assert (await carol.subscribe("201", "dialog")).status in (200, 202)
        await shows(carol, "dialog", "<state>terminated</state>")
        call = await carol.dial("201", sdp(rtp.port))
        await alice.rung(timeout=5)
        await shows(carol, "dialog", "<state>early</state>")
        alice.pick_up()
        rtp.remote = (await call.answer_of(200)).media
        await shows(carol, "dialog", "<state>confirmed</state>")
        await call.bye()
        alice.hang_up()
        await shows(carol, "dialog", "<state>terminated</state>")
        await box.request("PUT", "/api/v1/extensions/201/settings", {"do_not_disturb": True})
        await shows(carol, "dialog", "<state>confirmed</state>")
        call = await carol.dial("201", sdp(rtp.port))
        assert (await call.answer_of(486)).status == 486
        await box.request("PUT", "/api/v1/extensions/201/settings", {"do_not_disturb": None})


async def test_a_phone_is_asked_to_answer_by_itself(box: Box) -> None:
    async with device(box, "203") as carol, device(box, "204") as dave, RtpEnd() as here, RtpEnd() as there:
        await carol.register()
        await dave.register()
        await devices_of(box, "204", 1)
        call = await carol.dial("*50204", sdp(here.port))
        rung = await dave.invited()
        assert rung.invited["answer-mode"] == "Auto"
        assert rung.invited["call-info"].endswith("answer-after=0")
        assert "info=alert-autoanswer" in rung.invited["alert-info"]
        rung.answer(200, sdp(there.port))
        here.remote, there.remote = (await call.answer_of(200)).media, rung.media
        await both_hear(here, there)
        await call.bye()
        await rung.hung_up()


async def test_calls_go_on_while_no_phone_is_registered_and_when_it_refuses(make_box: MakeBox) -> None:
    office = sip_phones()
    office["extension"][1] |= {"forward_unregistered": "201", "forward_busy": "204"}
    async with make_box(**office) as box, device(box, "204") as dave, Phone(box.sim, "fxs1", ahead=3) as alice:
        async with RtpEnd() as rtp:
            await dave.register()
            await devices_of(box, "204", 1)
            call = await dave.dial("203", sdp(rtp.port))
            await alice.rung(timeout=5)
            alice.pick_up()
            await call.answer_of(200)
            await call.bye()
            alice.hang_up()
            cdr = await box.call_ended()
            (forwarded,) = await trail(box, cdr["id"], "forwarded")
            assert forwarded == {"by": "203", "to": "extension:201", "reason": "unregistered"}
        async with device(box, "203") as carol:
            await carol.register()
            await devices_of(box, "203", 1)
            await box.until("/ports", lambda ports: all(port["state"] == "idle" for port in ports[1:]))
            alice.pick_up()
            await alice.hears("dial", timeout=5)
            await alice.dial("203")
            (await carol.invited(timeout=8)).answer(486)
            rung = await dave.invited()
            assert '"Alice" <sip:201@' in rung.invited["from"]
            rung.answer(480)
            await alice.hears("congestion", timeout=5)
            alice.hang_up()
            cdr = await box.call_ended(2)
            (forwarded,) = await trail(box, cdr["id"], "forwarded")
            assert forwarded == {"by": "203", "to": "extension:204", "reason": "busy"}


async def test_an_announcement_is_heard_by_all_and_hears_nobody(make_box: MakeBox) -> None:
    """Also by phones that send nothing while they only listen: sound in one direction is what paging is."""
    office = sip_phones(paging=[{"name": "all", "number": "300", "members": ["203", "204"]}])
    office["phones"] = {"rtp_timeout_s": 2}
    async with (
        make_box(**office) as box, device(box, "203") as carol, device(box, "204") as dave,
        Phone(box.sim, "fxs1", ahead=3) as alice, RtpEnd() as one, RtpEnd() as two,
    ):  # fmt: skip
        await carol.register()
        await dave.register()
        await devices_of(box, "203", 1)
        await devices_of(box, "204", 1)
        alice.pick_up()
        await alice.hears("dial", timeout=5)
        await alice.dial("300")
        for phone, rtp in ((carol, one), (dave, two)):
            rung = await phone.invited(timeout=8)
            assert rung.invited["answer-mode"] == "Auto"
            rung.answer(200, sdp(rtp.port))
        await box.until("/calls/active", lambda calls: calls and len(calls[0]["legs"]) == 3)
        await alice.listen(4)
        assert len((await box.get("/calls/active"))[0]["legs"]) == 3
        alice.say(speech_like(1.2, seed=4))
        for rtp in (one, two):
            await rtp.until(lambda rtp=rtp: loud(rtp), 3, "the announcement")
        alice.hang_up()
        cdr = await box.call_ended()
        assert (cdr["disposition"], cdr["hangup_by"]) == ("answered", "caller")


async def test_forwards_that_go_round_end_with_a_cause(box: Box) -> None:
    """203 sends its calls to 204, and 204 back to 203."""
    async with device(box, "203") as carol, device(box, "204") as dave:
        await carol.register()
        await dave.register()
        await devices_of(box, "204", 1)
        for number, to in (("203", "204"), ("204", "203")):
            await box.request("PUT", f"/api/v1/extensions/{number}/settings", {"forward_always": to})
        call = await carol.dial("204", sdp(40000))
        assert (await call.answer_of()).status == 483
        for number in ("203", "204"):
            await box.request("PUT", f"/api/v1/extensions/{number}/settings", {"forward_always": None})
        cdr = await box.call_ended()
        assert (cdr["disposition"], cdr["hangup_cause"], cdr["hangup_by"]) == ("failed", 25, "system")
        assert len(await trail(box, cdr["id"], "forwarded")) == 5
        (failed,) = await trail(box, cdr["id"], "failed")
        assert "the call goes round" in failed["reason"]


async def test_a_phone_that_forwards_by_itself_is_obeyed(box: Box) -> None:
    """302 Moved Temporarily, as phones with a forward key of their own send it."""
    async with device(box, "203") as carol, device(box, "204") as dave, Phone(box.sim, "fxs1", ahead=3) as alice:
        await carol.register()
        await dave.register()
        await devices_of(box, "204", 1)
        call = await carol.dial("204", sdp(40000))
        (await dave.invited()).answer(302, extra=f"Contact: <sip:201@{box.sip}>")
        await alice.rung(timeout=5)
        call.cancel()
        await call.answer_of(487)
        cdr = await box.call_ended()
        (forwarded,) = await trail(box, cdr["id"], "forwarded")
        assert forwarded == {"by": "204", "to": "extension:201", "reason": "deflected"}
