# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP providers: registration, calls out and in, and what happens when they refuse or are away."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from hil.box import Box
from hil.exchange import Exchange
from hil.hearing import both_hear, hears
from hil.phone import Phone
from hil.rtp import RtpEnd
from hil.sip import Registrar, SipPeer, sdp
from tests.sip.conftest import IN_ONE_LOOP, MakeBox, dial
from tests.sip.test_inbound import loud

pytestmark = IN_ONE_LOOP


def account(provider: SipPeer, register: bool = False) -> dict[str, Any]:
    return {"registrar": provider.address, "username": "office", "password": "secret", "register": register}


def trunks(**providers: dict[str, Any]) -> dict[str, Any]:
    """SIP trunks of these names (in this order for numbers that begin with 9), then the analog line."""
    return {
        "trunk": [
            *({"name": name, "sip": sip} for name, sip in providers.items()),
            {"name": "line", "ports": ["fxo1"]},
        ],
        "outbound": [{"pattern": "9.", "strip": 1, "trunks": [*providers, "line"]}],
    }


@pytest_asyncio.fixture(loop_scope="module")
async def provider() -> AsyncIterator[SipPeer]:
    async with SipPeer("provider") as provider:
        yield provider


@contextlib.asynccontextmanager
async def phone_that_dialled(box: Box, number: str) -> AsyncIterator[Phone]:
    async with Phone(box.sim, "fxs1", ahead=3) as phone:
        phone.pick_up()
        await phone.hears("dial", timeout=5)
        await phone.dial(number)
        yield phone


async def alarms(box: Box) -> list[str]:
    return [alarm["kind"] for alarm in await box.get("/alarms")]


async def test_a_trunk_registers_with_digest_and_unregisters_at_the_end(make_box: MakeBox, provider: SipPeer) -> None:
    registrar = provider.registrar = Registrar("office", "secret")
    async with make_box(**trunks(isp=account(provider, register=True))) as box:
        await provider.until(lambda: registrar.bindings, 5, "a registration")
        asked = [m for m in provider.log if m.method == "REGISTER"]
        assert [bool(m["authorization"]) for m in asked[:2]] == [False, True]
        assert await alarms(box) == []
        assert await box.stop() == 0
        await provider.until(lambda: not registrar.bindings, 2, "the end of the registration")


async def test_a_trunk_that_cannot_register_is_an_alarm_until_it_can(make_box: MakeBox, provider: SipPeer) -> None:
    registrar = provider.registrar = Registrar("office", "secret", refuse=503)
    async with make_box(**trunks(isp=account(provider, register=True))) as box:
        await box.until("/alarms", lambda alarms: [a["kind"] for a in alarms] == ["trunk:isp"])
        assert (await box.get("/health"))["status"] == "degraded"
        registrar.refuse = 0
        await box.until("/alarms", lambda alarms: alarms == [], timeout=40)  # it may have been asked twice by now
        assert (await box.get("/health"))["status"] == "ok"


async def test_a_wrong_password_is_tried_again_and_its_alarm_outlives_a_restart(
    make_box: MakeBox, provider: SipPeer
) -> None:
    registrar = provider.registrar = Registrar("office", "another")
    async with make_box(environment={"TIPRING_REGISTER_RETRY_S": "2"}, **trunks(isp=account(provider, True))) as box:
        first = await box.until("/alarms", lambda alarms: [a["kind"] for a in alarms] == ["trunk:isp"])
        box.kill("core")
        await box.until("/alarms", lambda alarms: [a["id"] for a in alarms] == [first[0]["id"]])
        registrar.password = "secret"
        await box.until("/alarms", lambda alarms: alarms == [], timeout=10)


async def test_a_registrar_that_never_answers_delays_nothing(
    make_box: MakeBox, provider: SipPeer, peer: SipPeer
) -> None:
    provider.silent = True
    began = time.monotonic()
    async with make_box(**trunks(isp=account(provider, register=True))) as box, RtpEnd() as rtp:
        assert time.monotonic() - began < 10  # pjsip gives a registrar 32 s
        asked = time.monotonic()
        dialog = await dial(peer, box, "600", rtp)
        assert time.monotonic() - asked < 2
        await dialog.bye()


async def test_a_phone_calls_out_over_a_provider_that_challenges(make_box: MakeBox, provider: SipPeer) -> None:
    """Not registered yet, 407-like challenge with 401, early media from the far end, then both ways."""
    registrar = Registrar("office", "secret")
    async with (
        make_box(**trunks(isp=account(provider))) as box,
        RtpEnd() as rtp,
        phone_that_dialled(box, "95550199#") as phone,
    ):
        first = await provider.invited()
        first.answer(401, extra=registrar.challenge)
        assert await provider.invited() is first
        assert registrar.knows(first.invited)
        assert first.invited.uri.startswith("sip:5550199@")
        assert '"Alice" <sip:201@' in first.invited["from"]
        first.answer(183, sdp(rtp.port))
        rtp.remote = first.invited.media
        await hears(rtp, phone)
        first.answer(200, sdp(rtp.port))
        await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")
        await both_hear(rtp, phone)
        await phone.dial("7")
        await rtp.until(lambda: rtp.keys() == "7", 3, "the key as an event (RFC 4733)")
        phone.hang_up()
        await first.hung_up(2)
        call = await box.call_ended()
    assert (call["direction"], call["trunk"], call["to_number"]) == ("outbound", "isp", "95550199")
    assert (call["disposition"], call["hangup_by"]) == ("answered", "caller")


async def test_ringing_without_early_media_is_heard_as_ringback(make_box: MakeBox, provider: SipPeer) -> None:
    async with (
        make_box(**trunks(isp=account(provider))) as box,
        RtpEnd() as rtp,
        phone_that_dialled(box, "95550199#") as phone,
    ):
        called = await provider.invited()
        called.answer(180)
        await phone.hears("ringback", timeout=5)
        called.answer(200, sdp(rtp.port))
        rtp.remote = called.media
        await called.acked.wait()
        await called.bye()
        call = await box.call_ended()
    assert (call["disposition"], call["hangup_by"]) == ("answered", "callee")


async def test_a_busy_number_is_heard_as_busy(make_box: MakeBox, provider: SipPeer) -> None:
    async with make_box(**trunks(isp=account(provider))) as box, phone_that_dialled(box, "95550199#") as phone:
        (await provider.invited()).answer(486)
        await phone.hears("busy", timeout=5)
        phone.hang_up()
        assert (await box.call_ended())["disposition"] == "busy"


async def test_a_caller_who_hangs_up_while_it_rings_cancels(make_box: MakeBox, provider: SipPeer) -> None:
    async with make_box(**trunks(isp=account(provider))) as box, phone_that_dialled(box, "95550199#") as phone:
        called = await provider.invited()
        called.answer(180)
        await phone.hears("ringback", timeout=5)
        phone.hang_up()
        await called.hung_up(2)
        assert called.cancelled.is_set()
        assert (await box.call_ended())["disposition"] == "no_answer"


async def test_a_provider_in_trouble_or_away_is_followed_by_the_next(make_box: MakeBox, provider: SipPeer) -> None:
    """503 from the first, not a word from the second, nobody at the third: then the analog line."""
    async with SipPeer("mute") as mute:
        mute.silent = True
        providers = {"isp": account(provider), "mute": account(mute), "nobody": account(mute)}
        providers["nobody"]["registrar"] = "127.0.0.1:1"
        async with make_box(**trunks(**providers)) as box, Exchange(box.sim, "fxo1") as exchange:
            async with phone_that_dialled(box, "95550199#"):
                began = time.monotonic()
                (await provider.invited()).answer(503)
                await exchange.off_hook(timeout=12)
                assert time.monotonic() - began < 11
                assert await exchange.digits(7) == "5550199"
            call = await box.call_ended()
            assert (call["trunk"], call["line"]) == ("line", "fxo1")


async def test_an_invite_of_a_provider_is_routed_by_its_trunk_or_by_the_number(
    make_box: MakeBox, provider: SipPeer
) -> None:
    registrar = provider.registrar = Registrar("office", "secret")
    routes = [{"did": "5550123", "to": "extension:201"}, {"trunk": "isp", "to": "extension:202"}]
    async with make_box(**trunks(isp=account(provider, True)), route=routes) as box:
        await provider.until(lambda: registrar.bindings, 5, "a registration")
        contact = registrar.bindings[0].partition("sip:")[2].partition(">")[0].partition(";")[0]
        async with Phone(box.sim, "fxs1") as first, Phone(box.sim, "fxs2") as second:
            for target, to, phone in (
                (f"sip:5550123@{box.sip}", None, first),
                (f"sip:5550999@{box.sip}", None, second),
                (f"sip:{contact}", "5550123", first),
                (f"sip:{contact}", "5550777", second),
            ):
                dialog = await provider.call(target, sdp(40000), to=f"<sip:{to}@isp.example>" if to else "")
                await phone.rung(timeout=3)
                dialog.cancel()
                await dialog.answer_of(487)
                await box.until("/ports", lambda ports: all(p["state"] == "idle" for p in ports[1:]))
                phone.ring_log.clear()
        calls = (await box.until("/calls", lambda page: len(page["items"]) == 4))["items"]
        assert [call["trunk"] for call in calls] == ["isp"] * 4
        assert [call["to_number"] for call in calls] == ["5550777", "5550123", "5550999", "5550123"]


async def test_a_caller_whom_nobody_takes_overflows_to_a_trunk(
    make_box: MakeBox, provider: SipPeer, peer: SipPeer
) -> None:
    queue = [{"name": "support", "number": "600", "greeting": "short", "max_wait_s": 1, "overflow": "trunk:isp"}]
    async with make_box(**trunks(isp=account(provider)), queue=queue, agent=[]) as box:
        async with RtpEnd() as rtp, RtpEnd() as cloud:
            dialog = await dial(peer, box, "600", rtp)
            await rtp.until(lambda: loud(rtp), 3, "greeting or music")
            called = await provider.invited()
            assert called.invited.uri.startswith("sip:600@")
            assert "5551234" in called.invited["from"]
            called.answer(180)
            called.answer(200, sdp(cloud.port))
            cloud.remote = called.media
            await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")
            await both_hear(rtp, cloud)  # and no music with it
            await called.bye()
            await dialog.hung_up(2)
        call = await box.call_ended()
    assert (call["disposition"], call["trunk"], call["queue"]) == ("overflowed", "isp", "support")
