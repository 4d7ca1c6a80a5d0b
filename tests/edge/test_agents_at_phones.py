# SPDX-License-Identifier: GPL-2.0-or-later
"""An agent without a place of his own: a shift at an analog phone and at a SIP phone, with a restart in between."""

from __future__ import annotations

from typing import Any

from hil.box import Box
from hil.phone import Phone
from hil.rtp import RtpEnd
from hil.sip import SipPeer, sdp
from hil.sip_phone import SipPhone
from tests.edge.conftest import IN_ONE_LOOP, device, devices_of, sip_phones
from tests.edge.test_lamps import shows
from tests.sip.conftest import MakeBox, dial

pytestmark = IN_ONE_LOOP

FREE, RINGS, LIT = "<state>terminated</state>", "<state>early</state>", "<state>confirmed</state>"


def shift() -> dict[str, Any]:
    """Bob serves the queue wherever he sits; each of its calls needs a code."""
    return sip_phones(
        agent=[{"id": "bob", "number": "32", "pin": "4712", "queues": {"support": 1}}],
        queue=[
            {"name": "support", "number": "600", "greeting": "short", "wrap_up_s": 0, "dispositions": ["sale"],
             "disposition_required": True, "record": False}
        ],
        disposition=[{"name": "sale", "key": "1"}],
        pause_reason=[{"name": "lunch", "key": "1", "paid": False}],
    )  # fmt: skip


async def bob_is(box: Box, state: str, extension: str | None, timeout: float = 5) -> dict[str, Any]:
    """Waits until he is so, there."""

    def there(agents: list[dict[str, Any]]) -> bool:
        return (agents[0]["state"], agents[0]["extension"]) == (state, extension)

    return dict((await box.until("/agents", there, timeout))[0])


async def at(box: Box, phone: Phone, digits: str) -> None:
    """Lifts the phone, dials, and puts it down when the box has nothing more to say."""
    await box.until("/ports", lambda ports: all(port["state"] == "idle" for port in ports if port["id"] == phone.port))
    phone.pick_up()
    await phone.hears("dial", timeout=5)
    await phone.dial(digits)
    await phone.listen(0.5)
    phone.hang_up()


async def at_sip(phone: SipPhone, code: str, keys: str = "") -> None:
    """Dials a code, presses keys, and is let go."""
    async with RtpEnd() as rtp:
        call = await phone.dial(code, sdp(rtp.port))
        rtp.remote = (await call.answer_of(200)).media
        for key in keys:
            await rtp.press(key)
        await call.hung_up()


async def in_the_call(box: Box, peer: SipPeer, phone: Phone, code: str) -> None:
    """A caller waits while the agent flashes and dials a code; then both hang up."""
    async with RtpEnd() as rtp:
        caller = await dial(peer, box, "600", rtp)
        await phone.rung(timeout=5)
        phone.pick_up()
        await bob_is(box, "on_call", "201")
        await phone.flash()
        await box.until("/calls/active", lambda calls: calls and calls[0]["on_hold"])
        await phone.hears("dial", timeout=5)
        await phone.dial(code)
        await box.until("/calls/active", lambda calls: calls and not calls[0]["on_hold"])
        await caller.bye()
        phone.hang_up()


async def test_a_shift(make_box: MakeBox, peer: SipPeer) -> None:
    async with make_box(**shift()) as box, Phone(box.sim, "fxs1", ahead=3) as phone, device(box, "203") as carol:
        await carol.register()
        await devices_of(box, "203", 1)
        await carol.subscribe("*1732", "dialog")
        await bob_is(box, "logged_out", None)
        await shows(carol, "dialog", LIT)

        await at(box, phone, "*1132#4712#")
        await bob_is(box, "available", "201")
        await shows(carol, "dialog", FREE)

        async with RtpEnd() as rtp:
            caller = await dial(peer, box, "600", rtp)
            await phone.rung(timeout=5)
            await shows(carol, "dialog", RINGS)
            phone.pick_up()
            await bob_is(box, "on_call", "201")
            await shows(carol, "dialog", LIT)
            await caller.bye()
            phone.hang_up()
        bob = await bob_is(box, "wrap_up", "201")
        assert (bob["last_call"]["required"], bob["last_call"]["code"], bob["wrap_up_until"]) == (True, None, None)
        await at(box, phone, "*181")
        await bob_is(box, "available", "201")
        call = await box.get(f"/calls/{bob['last_call']['call']}")
        assert (call["agent"], call["disposition_code"]) == ("bob", "sale")
        assert [event["data"]["code"] for event in call["trail"] if event["event"] == "coded"] == ["sale"]

        await in_the_call(box, peer, phone, "*181")
        await bob_is(box, "available", "201")  # the code was given: nothing to wait for

        await at_sip(carol, "*11", "32#4712#")
        await bob_is(box, "available", "203")
        await at_sip(carol, "*151")
        await bob_is(box, "paused", "203")

        await box.killed("core")
        bob = await bob_is(box, "paused", "203", timeout=15)
        assert bob["reason"] == "lunch"
        (today,) = (await box.get("/statistics/today"))["agents"]
        assert (today["calls"], today["codes"], list(today["paused_by_reason"])) == (2, {"sale": 2}, ["lunch"])
        assert 0 < today["talk_s"] < today["logged_in_s"]
        assert 0 < today["hold_s"] < today["handle_s"]
        changes = (await box.get("/agents/bob/changes"))["items"]
        assert [(change["change"], change["by"], change["via"]) for change in changes] == [
            ("restarted", "system", "system"), ("paused", "bob", "phone"), ("logged_in", "bob", "phone"),
            ("logged_in", "bob", "phone"),
        ]  # fmt: skip
