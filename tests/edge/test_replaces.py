# SPDX-License-Identifier: GPL-2.0-or-later
"""INVITE with Replaces (RFC 3891): a phone takes the place of another, picks up a call, or is told there is none."""

from __future__ import annotations

import re

from hil.box import Box
from hil.hearing import both_hear
from hil.phone import Phone
from hil.rtp import RtpEnd
from hil.sip import Dialog, SipPeer, sdp
from tests.edge.conftest import IN_ONE_LOOP, device, devices_of

pytestmark = IN_ONE_LOOP


def replaces(dialog: Dialog, more: str = "") -> str:
    """The header for who wants the place of this dialog's owner: to-tag is the box's, from-tag the owner's."""
    theirs = re.search(r"tag=([^;>\s]+)", dialog.there)
    assert theirs
    return f"Replaces: {dialog.call_id};to-tag={theirs[1]};from-tag={dialog.tag}{more}\r\n"


async def test_a_phone_takes_the_place_of_another_one(box: Box) -> None:
    async with (
        device(box, "203") as carol, device(box, "204") as dave, Phone(box.sim, "fxs1", ahead=3) as alice,
        RtpEnd() as first, RtpEnd() as second,
    ):  # fmt: skip
        for phone, number in ((carol, "203"), (dave, "204")):
            await phone.register()
            await devices_of(box, number, 1)
        call = await carol.dial("201", sdp(first.port))
        await alice.rung(timeout=5)
        alice.pick_up()
        first.remote = (await call.answer_of(200)).media
        await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")

        busy = await dave.dial("203", sdp(second.port), headers=replaces(call, ";early-only"))
        assert (await busy.answer_of()).status == 486
        instead = await dave.dial("203", sdp(second.port), headers=replaces(call))
        second.remote = (await instead.answer_of(200)).media
        await call.hung_up()
        await both_hear(second, alice)
        alice.hang_up()
        await instead.hung_up()
    cdr = await box.call_ended()
    whole = await box.get(f"/calls/{cdr['id']}")
    assert {"by": "203", "to": "204"} in [item["data"] for item in whole["trail"] if item["event"] == "transferred"]
    assert sorted(leg["name"] for leg in whole["legs"]) == ["203", "204", "fxs1"]


async def test_a_call_that_rings_is_picked_up(box: Box) -> None:
    async with (
        device(box, "203") as carol, device(box, "204") as dave, Phone(box.sim, "fxs1", ahead=3) as alice,
        RtpEnd() as rtp,
    ):  # fmt: skip
        for phone, number in ((carol, "203"), (dave, "204")):
            await phone.register()
            await devices_of(box, number, 1)
        alice.pick_up()
        await alice.hears("dial", timeout=5)
        await alice.dial("203")
        rung = await carol.invited(timeout=8)
        rung.answer(180)
        await alice.hears("ringback", timeout=5)
        instead = await dave.dial("203", sdp(rtp.port), headers=replaces(rung, ";early-only"))
        rtp.remote = (await instead.answer_of(200)).media
        await rung.hung_up()
        assert rung.cancelled.is_set()
        await both_hear(rtp, alice)
        await instead.bye()
    cdr = await box.call_ended()
    assert (cdr["from_number"], cdr["to_number"], cdr["disposition"]) == ("201", "203", "answered")


async def test_who_does_not_know_the_call_or_is_no_phone_of_the_house_takes_none(box: Box, peer: SipPeer) -> None:
    async with device(box, "203") as carol, Phone(box.sim, "fxs1", ahead=3) as alice, RtpEnd() as rtp:
        await carol.register()
        await devices_of(box, "203", 1)
        call = await carol.dial("201", sdp(rtp.port))
        await alice.rung(timeout=5)
        alice.pick_up()
        rtp.remote = (await call.answer_of(200)).media
        guessed = f"Replaces: {call.call_id};to-tag=guessed;from-tag={call.tag}\r\n"
        assert (await (await carol.dial("201", sdp(rtp.port), headers=guessed)).answer_of()).status == 481
        stranger = await peer.call(f"sip:201@{box.sip}", sdp(40000), headers=replaces(call))
        assert (await stranger.answer_of()).status == 403
        await both_hear(rtp, alice)
        await call.bye()
    assert (await box.call_ended())["disposition"] == "answered"
