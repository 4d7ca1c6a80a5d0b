# SPDX-License-Identifier: GPL-2.0-or-later
"""A second Tipring is the provider: numbers called direct, early media, hold, hand-over, deflection, wideband, and its
death. `test_box_to_box.py` has registration, health and plain calls.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from hil.baresip import Baresip
from hil.box import Box
from hil.exchange import Exchange
from hil.hearing import both_hear, hears
from hil.listen import tone_level_dbm0
from hil.phone import Phone
from hil.rtp import RtpEnd
from hil.sip import Dialog, SipPeer, sdp
from hil.sip_phone import SipPhone
from tests.sip.conftest import office
from tests.sip.test_wideband import HIGH, LOW, loudness, two_tones

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not shutil.which("kamailio"), reason="needs kamailio"),
]

PASSWORDS = {"500": "Zq4uTn8wKs2xVb6mRj9c", "203": "kUbNaqs9mVh4tTrb2xzG", "303": "Hs7pLm3dYt9wQx5cNv2k"}
DID = "5550123"
MUSIC_HZ = 440  # of tests/sip


def account(number: str) -> dict[str, Any]:
    return {"number": number, "sip": {"password": PASSWORDS[number]}}


def near_office(far: Box) -> dict[str, Any]:
    """201 is a telephone, 203 a SIP phone; 9 goes over the provider, else over the line."""
    sip = {"registrar": far.sip, "username": "500", "password": PASSWORDS["500"], "health_s": 1, "redirects": 1}
    return office(
        extension=[{"number": "201", "name": "Alice", "port": "fxs1"}, account("203")],
        trunk=[{"name": "isp", "sip": sip | {"codecs": ["g722", "ulaw"]}}, {"name": "lines", "ports": ["fxo1"]}],
        outbound=[{"pattern": "9.", "strip": 1, "trunks": ["isp", "lines"]}],
        route=[{"did": DID, "to": "extension:203"}, {"trunk": "isp", "to": "extension:201"}],
        queue=[],
        agent=[],
    )


def far_office(carrier: str) -> dict[str, Any]:
    """301 is a telephone, 303 a SIP phone; what begins with 7 goes on to a carrier, 555 to whoever is registered."""
    peer = {"registrar": carrier, "register": False, "health_s": 0}
    return office(
        extension=[{"number": "301", "name": "Customer", "port": "fxs1"}, account("303"), account("500")],
        trunk=[{"name": "carrier", "sip": peer}],
        outbound=[{"pattern": "7.", "trunks": ["carrier"]}],
        line=[],
        route=[],
        queue=[],
        agent=[],
    )


@dataclass
class Two:
    near: Box
    far: Box
    carrier: SipPeer
    last: str = ""

    async def call_over(self) -> dict[str, Any]:
        """Waits until neither has a call; what the near one says of the newest, which is another one than before."""
        for box in (self.near, self.far):
            await box.until("/calls/active", lambda calls: not calls)
            await box.until("/ports", lambda ports: all(p["state"] in ("idle", "no_battery") for p in ports))
        page = await self.near.until("/calls?limit=1", lambda page: page["items"][0]["id"] != self.last)
        self.last = page["items"][0]["id"]
        return dict(page["items"][0])


@contextlib.asynccontextmanager
async def two_boxes(folder: Path, sounds: Path) -> AsyncIterator[Two]:
    environment = {"TIPRING_SOUNDS": str(sounds)}
    async with (
        SipPeer("carrier", "127.0.0.2") as carrier,
        Box(folder / "far", far_office(carrier.address), "sim:fxs=1", environment) as far,
        Box(folder / "near", near_office(far), "sim:fxo=1,fxs=1", environment) as near,
    ):
        await near.until("/trunks", lambda trunks: any(t.get("registered") for t in trunks))
        yield Two(near, far, carrier)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two(tmp_path_factory: pytest.TempPathFactory, sounds: Path) -> AsyncIterator[Two]:
    async with two_boxes(tmp_path_factory.mktemp("two"), sounds) as two:
        yield two
        print(two.near.last_words(150))


@contextlib.asynccontextmanager
async def registered(box: Box, number: str) -> AsyncIterator[tuple[SipPhone, RtpEnd]]:
    async with SipPhone(number, PASSWORDS[number], box.sip) as phone, RtpEnd() as rtp:
        await phone.register()
        await box.until("/phones", lambda phones: any(item["extension"] == number for item in phones))
        yield phone, rtp
        if phone.silent is False:
            await phone.register(expires=0)


async def taken(phone: SipPhone, rtp: RtpEnd) -> Dialog:
    rung = await phone.invited(timeout=8)
    rung.answer(200, sdp(rtp.port))
    rtp.remote = rung.media
    await rung.acked.wait()
    return rung


async def test_early_media_of_the_far_side_is_heard_before_it_answers(two: Two) -> None:
    """What the carrier says before it answers crosses both boxes, and neither of them answers by itself."""
    async with registered(two.near, "203") as (carol, rtp), RtpEnd() as carrier_rtp:
        call = await carol.dial("97000", sdp(rtp.port))
        called = await two.carrier.invited(timeout=8)
        called.answer(183, sdp(carrier_rtp.port))
        carrier_rtp.remote = called.media
        early = await call.answer_of(183)
        rtp.remote = early.media
        await hears(carrier_rtp, rtp)
        assert (await two.near.get("/calls/active"))[0]["answered_at"] is None
        called.answer(200, sdp(carrier_rtp.port))
        await call.answer_of(200)
        await both_hear(rtp, carrier_rtp)
        await called.bye()
        await call.hung_up()
    assert (await two.call_over())["disposition"] == "answered"


async def test_who_is_refused_after_early_media_hears_why(two: Two) -> None:
    async with registered(two.near, "203") as (carol, rtp), RtpEnd() as carrier_rtp:
        call = await carol.dial("97001", sdp(rtp.port))
        called = await two.carrier.invited(timeout=8)
        called.answer(183, sdp(carrier_rtp.port))
        await call.answer_of(183)
        called.answer(486)
        assert (await call.answer_of()).status == 486
    over = await two.call_over()
    assert (over["disposition"], over["answered_at"]) == ("busy", None)


async def test_a_number_of_the_office_rings_its_phone_and_who_is_held_hears_music(two: Two) -> None:
    """The provider sends the DID to our contact; we hold by re-INVITE, and the provider's customer hears our music."""
    async with (
        registered(two.near, "203") as (carol, rtp),
        Phone(two.far.sim, "fxs1", ahead=3) as customer,
        SipPeer("301") as provider_side,
    ):
        customer.pick_up()
        await customer.hears("dial", timeout=5)
        await customer.dial("500")
        async with Phone(two.near.sim, "fxs1", ahead=3) as alice:
            await alice.rung(timeout=8)  # no DID: the trunk's route
            customer.hang_up()
            await two.call_over()
        await provider_side.call(f"sip:{DID}@{two.near.sip}", sdp(rtp.port))
        rung = await taken(carol, rtp)
        held = await rung.send("INVITE", sdp(rtp.port, direction="sendonly", version=2))
        assert held.status == 200
        await rung.bye()
    assert (await two.call_over())["to_number"] == DID


async def test_the_far_side_hands_its_end_over_and_our_call_goes_on(two: Two) -> None:
    """REFER at the provider: our telephone talks with one after the other, in one call."""
    async with (
        registered(two.far, "303") as (dave, rtp),
        Phone(two.near.sim, "fxs1", ahead=3) as alice,
        Phone(two.far.sim, "fxs1", ahead=3) as customer,
    ):
        alice.pick_up()
        await alice.hears("dial", timeout=5)
        await alice.dial("9303#")
        rung = await taken(dave, rtp)
        await both_hear(rtp, alice)
        assert (await rung.send("INVITE", sdp(rtp.port, direction="sendonly", version=2))).status == 200
        assert tone_level_dbm0((await alice.listen(0.8))[1600:], MUSIC_HZ) > -30
        assert (await rung.send("REFER", headers=f"Refer-To: <sip:301@{two.far.sip}>")).status == 202
        await customer.rung(timeout=8)
        customer.pick_up()
        await two.far.until("/calls/active", lambda calls: len(calls[0]["legs"]) == 2)
        await both_hear(alice, customer)
        alice.hang_up()
        customer.hang_up()
    over = await two.call_over()
    assert (over["to_number"], over["disposition"], over["trunk"]) == ("9303", "answered", "isp")


@pytest.mark.skipif(not shutil.which("baresip"), reason="needs baresip")
async def test_wideband_is_wideband_through_both(two: Two, tmp_path: Path) -> None:
    """6 kHz of a G.722 phone here are heard at a G.722 phone there, and the other way round."""
    near = ("203", PASSWORDS["203"], two.near.sip)
    far = ("303", PASSWORDS["303"], two.far.sip)
    async with (
        Baresip(tmp_path / "far-phone", "G722", two_tones(16000), answers=True, wide=True, account=far) as dave,
        Baresip(tmp_path / "near-phone", "G722", two_tones(16000), wide=True, account=near) as carol,
    ):
        for box, number in ((two.near, "203"), (two.far, "303")):
            await box.until("/phones", lambda phones, n=number: any(p["extension"] == n for p in phones))
        await carol.command("dial", "9303")
        await carol.event("CALL_ESTABLISHED", timeout=8)
        await asyncio.sleep(2)
        await carol.command("hangup")
        await carol.event("CALL_CLOSED")
        await dave.event("CALL_CLOSED")
        for phone in (carol, dave):
            heard, hz = phone.heard_wide()
            assert loudness(heard, hz, HIGH) > 0.1 * loudness(heard, hz, LOW) > 100
    await two.call_over()


async def test_a_provider_that_dies_is_followed_by_the_line(tmp_path: Path, sounds: Path) -> None:
    """Its whole box is killed in a call: that call ends, the next goes out over the line, and the records say why."""
    async with two_boxes(tmp_path, sounds) as two, Exchange(two.near.sim, "fxo1") as line:
        async with Phone(two.near.sim, "fxs1", ahead=3) as alice, registered(two.far, "303") as (dave, rtp):
            alice.pick_up()
            await alice.hears("dial", timeout=5)
            await alice.dial("9303#")
            await taken(dave, rtp)
            await both_hear(rtp, alice)
            dave.silent = True
            two.far.kill("up")
            trunk = await two.near.until("/trunks", lambda trunks: trunks[0]["state"] == "down", 20)
            assert "does not answer" in (await two.near.get("/alarms"))[0]["text"], trunk
            alice.hang_up()
            await two.near.until("/calls/active", lambda calls: not calls)
            await two.near.until("/ports", lambda ports: all(port["state"] == "idle" for port in ports))
            alice.pick_up()
            await alice.hears("dial", timeout=5)
            await alice.dial("95550199#")
            await line.off_hook(timeout=8)
            assert await line.digits(7) == "5550199"
            alice.hang_up()
        over = await two.near.call_ended(2)
    assert (over["trunk"], over["line"]) == ("lines", "fxo1")
