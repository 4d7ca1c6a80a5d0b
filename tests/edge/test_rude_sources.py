# SPDX-License-Identifier: GPL-2.0-or-later
"""Scanners, guessers and floods are shut out; the phone beside them stays registered and calls."""

from __future__ import annotations

import asyncio
import json

import pytest

from hil.box import Box
from hil.sip import SipPeer, sdp
from hil.sip_phone import SipPhone
from hil.waiting import NotSeen
from tests.edge.conftest import IN_ONE_LOOP, device, devices_of

pytestmark = IN_ONE_LOOP


@pytest.fixture
def box(own_box: Box) -> Box:
    """Each test its own."""
    return own_box


SCANNER, GUESSER, STRANGER, HONEST = "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"


async def is_heard(phone: SipPhone) -> bool:
    """Whether the box says anything to it."""
    try:
        await phone.ask("OPTIONS", f"sip:{phone.where}")
    except NotSeen:
        return False
    return True


async def test_a_scanner_is_banned_listed_and_lifted(box: Box) -> None:
    async with (
        device(box, "203", host=HONEST) as honest,
        device(box, "100", host=SCANNER, agent="friendly-scanner") as scanner,
    ):
        await honest.register()
        assert not await is_heard(scanner)
        scanner.agent = "Innocent/1.0"
        assert not await is_heard(scanner)
        (ban,) = await box.get("/bans")
        assert (ban["address"], ban["reason"]) == (SCANNER, "scanner")
        assert SCANNER in (await asyncio.to_thread(box.tipring, "bans")).stdout
        assert (await honest.register()).status == 200
        await asyncio.to_thread(box.tipring, "bans", "lift", SCANNER)
        assert json.loads((await asyncio.to_thread(box.tipring, "bans", "--json")).stdout) == []
        assert await is_heard(scanner)


async def test_guessing_passwords_ends_in_a_ban_that_the_api_lifts(box: Box) -> None:
    async with device(box, "203", host=HONEST) as honest, device(box, "203", host=GUESSER, password="x") as guesser:
        await honest.register()
        for attempt in range(8):
            assert (await guesser.register(password=f"guess{attempt}")).status == 401
        assert not await is_heard(guesser)
        (ban,) = await box.get("/bans")
        assert (ban["address"], ban["reason"]) == (GUESSER, "guessing")
        await box.request("DELETE", f"/api/v1/bans/{GUESSER}")
        assert await is_heard(guesser)
        with pytest.raises(Exception, match="404"):
            await box.request("DELETE", f"/api/v1/bans/{GUESSER}")
        with pytest.raises(Exception, match="422"):
            await box.request("DELETE", "/api/v1/bans/nobody")
        assert len(await devices_of(box, "203", 1)) == 1


async def test_a_wrong_password_beside_registered_phones_bans_nobody(box: Box) -> None:
    """An office behind one router: one phone with an old password must not take the others with it."""
    async with device(box, "203", host=HONEST) as honest, device(box, "204", host=HONEST, password="old") as old:
        await honest.register()
        for _ in range(10):
            assert (await old.register()).status == 401
        assert (await honest.register()).status == 200
        assert await box.get("/bans") == []


async def test_calling_numbers_at_random_finds_nothing_and_ends_in_a_ban(box: Box) -> None:
    async with SipPeer("9999", STRANGER) as stranger:
        for number in range(800, 808):
            call = await stranger.call(f"sip:{number}@{box.sip}", sdp(40000))
            assert (await call.answer_of()).status == 404
        silent = await stranger.call(f"sip:900@{box.sip}", sdp(40000))
        with pytest.raises(NotSeen):
            await silent.answer_of(timeout=1.5)
    assert [ban["address"] for ban in await box.get("/bans")] == [STRANGER]


async def test_a_flood_is_shut_out(box: Box) -> None:
    async with device(box, "203", host=HONEST) as honest, SipPeer("flood", STRANGER) as flood:
        await honest.register()
        host, _, port = box.sip.rpartition(":")
        text = (
            "OPTIONS sip:{0} SIP/2.0\r\nVia: SIP/2.0/UDP {1};branch=z9hG4bK{2}\r\nMax-Forwards: 70\r\nFrom: <sip:x@x>;"
            "tag=a\r\nTo: <sip:{0}>\r\nCall-ID: flood{2}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
        )
        for number in range(1000):
            flood.send(text.format(box.sip, flood.address, number), (host, int(port)))
            if number % 50 == 0:
                await asyncio.sleep(0.01)
        await box.until("/bans", lambda bans: [(b["address"], b["reason"]) for b in bans] == [(STRANGER, "flood")])
        assert len(flood.log) < 500
        assert (await honest.register()).status == 200
