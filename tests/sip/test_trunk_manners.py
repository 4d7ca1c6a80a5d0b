# SPDX-License-Identifier: GPL-2.0-or-later
"""What a provider may do in a call: send it elsewhere, hand it over, change it, vanish."""

from __future__ import annotations

from typing import Any

from hil.rtp import RtpEnd
from hil.sip import Dialog, SipPeer, sdp
from tests.sip.conftest import IN_ONE_LOOP, MakeBox
from tests.sip.test_trunk_security import OUT, through

pytestmark = IN_ONE_LOOP


def account(provider: SipPeer, **more: Any) -> dict[str, Any]:
    return {"sip": {"registrar": provider.address, "register": False, "health_s": 0} | more}


async def connected(peer: SipPeer, provider: SipPeer, number: str, near: RtpEnd, far: RtpEnd) -> tuple[Dialog, Dialog]:
    dialog = await peer.call(number, sdp(near.port))
    called = await provider.invited()
    called.answer(200, sdp(far.port))
    near.remote, far.remote = (await dialog.answer_of(200)).media, called.media
    return dialog, called


async def test_a_redirection_is_followed_as_far_as_the_setting_says(make_box: MakeBox, peer: SipPeer) -> None:
    async with (
        SipPeer("provider", "127.0.0.2") as provider,
        SipPeer("other", "127.0.0.3") as other,
        RtpEnd() as rtp,
        make_box(**through(**account(provider, redirects=1))) as box,
    ):
        dialog = await peer.call(f"sip:{OUT}@{box.sip}", sdp(rtp.port))
        (await provider.invited()).answer(302, extra=f"Contact: <sip:5550199@{other.address}>")
        called = await other.invited()
        assert called.invited.uri.startswith("sip:5550199@")
        called.answer(200, sdp(rtp.port))
        await dialog.answer_of(200)
        await dialog.bye()
        dialog = await peer.call(f"sip:{OUT}@{box.sip}", sdp(rtp.port))
        (await provider.invited()).answer(302, extra=f"Contact: <sip:5550199@{other.address}>")
        (await other.invited()).answer(302, extra=f"Contact: <sip:{OUT}@{provider.address}>")
        assert (await dialog.answer_of()).status >= 400
        call = await box.call_ended(2)
        trail = [event["event"] for event in (await box.get(f"/calls/{call['id']}"))["trail"]]
        assert ("redirected" in trail, "redirection_refused" in trail) == (True, True)


async def test_a_provider_may_not_hand_its_call_over_nor_switch_to_t38(make_box: MakeBox, peer: SipPeer) -> None:
    async with (
        SipPeer("provider", "127.0.0.2") as provider,
        RtpEnd() as near,
        RtpEnd() as far,
        make_box(**through(**account(provider))) as box,
    ):
        dialog, called = await connected(peer, provider, f"sip:{OUT}@{box.sip}", near, far)
        referred = await called.send("REFER", headers="Refer-To: <sip:600@anywhere>\r\n")
        assert referred.status == 403
        image = sdp(far.port, version=2).partition("m=audio")[0] + f"m=image {far.port} udptl t38\r\n"
        assert (await called.send("INVITE", image)).status >= 400
        moved = await called.send("INVITE", sdp(far.port, version=3))
        assert (moved.status, (await box.get("/calls/active"))[0]["state"]) == (200, "talking")
        await called.bye()
        await dialog.hung_up(3)


async def test_a_provider_that_vanishes_in_mid_call_is_let_go(make_box: MakeBox, peer: SipPeer) -> None:
    """No BYE, no RTP; while it holds the call, silence is right."""
    async with (
        SipPeer("provider", "127.0.0.2") as provider,
        RtpEnd() as near,
        RtpEnd() as far,
        make_box(**through(**account(provider, rtp_timeout_s=2))) as box,
    ):
        dialog, called = await connected(peer, provider, f"sip:{OUT}@{box.sip}", near, far)
        await near.until(lambda: len(near.heard) > 25, 5, "sound")
        held = await called.send("INVITE", sdp(far.port, direction="sendonly", version=2))
        assert held.status == 200
        far.remote = None
        await near.listen(3.5)  # music
        assert not dialog.ended.is_set()
        assert (await called.send("INVITE", sdp(far.port, version=3))).status == 200
        provider.silent = True
        await dialog.hung_up(6)
        call = await box.call_ended()
        trail = (await box.get(f"/calls/{call['id']}"))["trail"]
    assert (call["disposition"], call["hangup_cause"]) == ("answered", 102)
    assert next(event["data"]["leg"] for event in trail if event["event"] == "sound_lost") == "isp"


async def test_codecs_are_those_of_the_trunk_and_the_session_is_refreshed(make_box: MakeBox, peer: SipPeer) -> None:
    async with SipPeer("provider", "127.0.0.2") as provider, RtpEnd() as rtp:
        trunk = account(provider, codecs=["alaw", "opus"], session_timer_s=90)
        async with make_box(**through(**trunk)) as box:
            dialog = await peer.call(f"sip:{OUT}@{box.sip}", sdp(rtp.port, (0, 8)))
            called = await provider.invited()
            media = next(line for line in called.invited.body.splitlines() if line.startswith("m=audio"))
            formats = media.split()[3:]
            maps = dict(line[9:].split(" ", 1) for line in called.invited.body.splitlines() if "a=rtpmap:" in line)
            names = [maps[number].partition("/")[0] for number in formats]
            assert names[:2] == ["PCMA", "opus"]
            assert set(names) == {"PCMA", "opus", "telephone-event"}
            assert called.invited["session-expires"].startswith("90")
            assert "timer" in called.invited["supported"]
            called.answer(486)
            await dialog.answer_of(486)
