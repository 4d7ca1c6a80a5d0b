# SPDX-License-Identifier: GPL-2.0-or-later
"""A day of an office: telephones, an IP phone, a softphone and baresip; an analog line, and a second Tipring as the
provider. Each scene ends with how its call is to be in the records.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hil.baresip import Baresip
from hil.box import Box
from hil.exchange import Exchange
from hil.hearing import both_hear
from hil.listen import align, speech_like, tone_level_dbm0
from hil.phone import Phone
from hil.rtp import RtpEnd
from hil.signals import dtmf
from hil.sip import Dialog, sdp
from hil.sip_phone import SipPhone
from tests.edge.conftest import PASSWORDS, device, devices_of
from tests.edge.test_lamps import shows
from tests.sip.conftest import MakeBox
from tests.story.story_ends import ANNA, QUICK, Ends

pytestmark = [
    pytest.mark.skipif(not shutil.which("baresip"), reason="needs baresip"),
    pytest.mark.timeout(180),
]

ACCOUNT = {"number": "500", "sip": {"password": "Zq4uTn8wKs2xVb6mRj9c"}}
MUSIC_HZ = 440  # of tests/sip
DAVE = speech_like(1.5, seed=7)
OUTSIDE = "9301"  # the customer's telephone, at the provider


def our_office(provider: str) -> dict[str, Any]:
    """By day a menu answers, by night a voicemail box. 9 goes out over the provider, else over the line."""
    isp = {"registrar": provider, "username": "500", "password": ACCOUNT["sip"]["password"], "caller_id": "own"}
    origins = [{"line": "fxo1"}, {"trunk": "isp"}]
    return {
        "extension": [
            {"number": "201", "name": "Reception", "port": "fxs1"},
            {"number": "202", "name": "Workshop", "port": "fxs2"},
            {"number": "203", "name": "Carol", "sip": {"password": PASSWORDS["203"]}, "voicemail": True},
            {"number": "204", "name": "Dave", "sip": {"password": PASSWORDS["204"]}},
            {"number": "205", "name": "Erin", "sip": {"password": "Hs7pLm3dYt9wQx5cNv2k"}},
        ],
        "trunk": [{"name": "lines", "ports": ["fxo1"]}, {"name": "isp", "sip": isp}],
        "outbound": [{"pattern": "9.", "strip": 1, "trunks": ["isp", "lines"]}],
        "route": [
            *({**origin, "schedule": "day", "to": "ivr:main"} for origin in origins),
            *({**origin, "to": "voicemail:203"} for origin in origins),
        ],
        "schedule": [{"name": "day"}],
        "ivr": [{"name": "main", "prompt": "short", "digits": {"1": "extension:201", "2": "extension:203"}}],
        "conference": [{"name": "team", "number": "700"}],
        "emergency": {"trunks": ["lines"], "alert": ["203"]},
        "agent": [],
        "queue": [],
    }


class Day:
    """The office and everybody in it; `expected` are its calls as they are to be in the records."""

    def __init__(self, box: Box, far: Box) -> None:
        self.box, self.far, self.ends = box, far, Ends(box)
        self.expected: list[tuple[Any, ...]] = []

    async def over(self, direction: str, caller: str, called: str, disposition: str, *legs: str) -> None:
        """Waits until the scene's call is over, and remembers what its record is to say."""
        self.expected.append((direction, caller, called, disposition, sorted(legs)))
        await self.box.until("/calls/active", lambda calls: not calls)
        await self.ends.ended(len(self.expected))
        for box in (self.box, self.far):
            await box.until("/ports", lambda ports: all(port["state"] in ("idle", "no_battery") for port in ports))

    async def dials(self, phone: Phone, number: str) -> None:
        """At a telephone."""
        phone.pick_up()
        await phone.hears("dial", timeout=5)
        await phone.dial(number)

    async def taken(self, phone: SipPhone, rtp: RtpEnd) -> Dialog:
        """A SIP phone rings and answers; its sound goes to `rtp`."""
        rung = await phone.invited(timeout=8)
        rung.answer(180)
        rung.answer(200, sdp(rtp.port))
        rtp.remote = rung.media
        await rung.acked.wait()
        return rung

    async def records(self) -> list[tuple[Any, ...]]:
        """Of all calls, the first one first: what `expected` has."""
        found = []
        for call in await self.ends.cdrs(len(self.expected)):
            whole = await self.box.get(f"/calls/{call['id']}")
            legs = sorted(leg["name"] for leg in whole["legs"])
            found.append((call["direction"], call["from_number"], call["to_number"], call["disposition"], legs))
        return found


@pytest.fixture
async def day(make_box: MakeBox, tmp_path: Path, sounds: Path) -> AsyncIterator[Day]:
    customer = {"number": "301", "name": "Customer", "port": "fxs1"}
    far_office = {"site": {"country": "us", "timezone": "UTC"}, "extension": [customer, ACCOUNT]}
    async with contextlib.AsyncExitStack() as stack:
        far = await stack.enter_async_context(Box(tmp_path / "far", far_office, "sim:fxs=1"))
        box = await stack.enter_async_context(make_box("sim:fxo=1,fxs=2", **our_office(far.sip)))
        yield Day(box, far)
        print(box.last_words(200))


async def test_a_day_of_the_office(day: Day, tmp_path: Path) -> None:
    dave_account = ("204", PASSWORDS["204"], f"{day.box.sip};transport=tcp")
    async with (
        device(day.box, "203") as carol,
        device(day.box, "205", transport="wss", password="Hs7pLm3dYt9wQx5cNv2k") as erin,
        Baresip(tmp_path / "dave", "PCMU", DAVE, answers=True, account=dave_account),
        Phone(day.box.sim, "fxs1", ahead=6) as reception,
        Phone(day.box.sim, "fxs2", ahead=6) as workshop,
        Phone(day.far.sim, "fxs1", ahead=6) as customer,
    ):
        for phone, number in ((carol, "203"), (erin, "205")):
            await phone.register()
            await devices_of(day.box, number, 1)
        await devices_of(day.box, "204", 1)
        await day.box.until("/trunks", lambda trunks: any(t.get("registered") for t in trunks))
        line = await day.ends.exchange("fxo1")
        try:
            await at_night_a_message_is_left(day, carol, workshop, line)
            await by_day_the_menu_leads_to_carol_who_hands_the_caller_over(day, carol, reception, line)
            await three_talk(day, reception, customer)
            await a_call_is_parked_and_taken_at_another_phone(day, reception, erin, customer)
            await a_call_is_picked_up(day, reception, workshop, carol)
            await calls_are_forwarded_to_the_softphone(day, reception, workshop, erin)
            await the_customer_is_called_and_held(day, carol, customer)
            await three_meet_in_the_conference(day, reception, workshop, carol)
            await help_is_called_over_the_line_in_use(day, reception, workshop, carol, line)
        finally:
            await day.ends.unplug_all()
    assert await day.records() == day.expected


async def at_night_a_message_is_left(day: Day, carol: SipPhone, workshop: Phone, line: Exchange) -> None:
    await day.dials(workshop, "*282")
    await day.box.until("/night", lambda switch: switch["mode"] == "night")
    workshop.hang_up()
    await carol.subscribe("203", "message-summary")
    line.ring(*ANNA, cadence_ms=QUICK)
    await line.off_hook(timeout=8)
    await day.ends.noted("message_began")
    line.say(speech_like(1.5, seed=71))
    await line.listen(1.8)
    await line.hang_up("battery")
    await day.over("inbound", ANNA[0], "5550100", "voicemail", "fxo1")
    await shows(carol, "message-summary", "Voice-Message: 1/0")


async def by_day_the_menu_leads_to_carol_who_hands_the_caller_over(
    day: Day, carol: SipPhone, reception: Phone, line: Exchange
) -> None:
    await day.dials(reception, "*281")
    await day.box.until("/night", lambda switch: switch["mode"] == "day")
    reception.hang_up()
    line.ring(*ANNA, cadence_ms=QUICK)
    await line.off_hook(timeout=8)
    await line.say(dtmf("2", 100, 100))
    async with RtpEnd() as rtp:
        rung = await day.taken(carol, rtp)
        assert f'"{ANNA[1]}" <sip:{ANNA[0]}@' in rung.invited["from"]
        await both_hear(rtp, line)
        assert (await rung.send("REFER", headers=f"Refer-To: <sip:201@{day.box.sip}>")).status == 202
        await reception.rung(timeout=5)
        reception.pick_up()
        await rung.hung_up()
    await day.ends.legs_are("fxo1", "fxs1")
    await both_hear(line, reception)
    reception.hang_up()
    await line.on_hook()
    await day.over("inbound", ANNA[0], "5550100", "answered", "fxo1", "203", "fxs1")


async def calls_in(day: Day, customer: Phone, reception: Phone) -> None:
    """The customer calls over the provider, and reception answers."""
    await day.dials(customer, "500")
    await day.ends.call_is("greeting")
    await customer.dial("1")
    await reception.rung(timeout=8)
    reception.pick_up()
    await day.ends.legs_are("isp", "fxs1")


async def three_talk(day: Day, reception: Phone, customer: Phone) -> None:
    await calls_in(day, customer, reception)
    await both_hear(customer, reception)
    await reception.flash()
    await reception.hears("dial", timeout=3)
    await reception.dial("204")
    await day.ends.legs_are("isp", "fxs1", "204")
    await reception.flash()
    await day.ends.noted("conference")
    for listener in (customer, reception):
        assert align(DAVE[:12000], await listener.listen(3.2)).correlation > 0.5  # he never stops
    customer.hang_up()
    await day.ends.legs_are("fxs1", "204")
    reception.hang_up()
    await day.over("inbound", "301", "500", "answered", "isp", "fxs1", "204")


async def a_call_is_parked_and_taken_at_another_phone(
    day: Day, reception: Phone, erin: SipPhone, customer: Phone
) -> None:
    await calls_in(day, customer, reception)
    await reception.flash()
    await reception.hears("dial", timeout=3)
    await reception.dial("*70")
    await day.ends.call_is("waiting")
    assert tone_level_dbm0((await customer.listen(0.8))[1600:], MUSIC_HZ) > -30
    async with RtpEnd() as rtp:
        taking = await erin.dial("*711", sdp(rtp.port))
        rtp.remote = (await taking.answer_of(200)).media
        reception.hang_up()
        await day.ends.legs_are("isp", "205")
        await both_hear(rtp, customer)
        await taking.bye()
    customer.hang_up()
    await day.over("inbound", "301", "500", "answered", "isp", "fxs1", "205")


async def a_call_is_picked_up(day: Day, reception: Phone, workshop: Phone, carol: SipPhone) -> None:
    await day.dials(workshop, "201")
    await reception.rung(timeout=5)
    async with RtpEnd() as rtp:
        taking = await carol.dial("**201", sdp(rtp.port))
        rtp.remote = (await taking.answer_of(200)).media
        await both_hear(rtp, workshop)
        await taking.bye()
    workshop.hang_up()
    await day.over("internal", "202", "201", "answered", "fxs2", "203")


async def calls_are_forwarded_to_the_softphone(day: Day, reception: Phone, workshop: Phone, erin: SipPhone) -> None:
    await forwards(day, workshop, "*72205", "205")
    await day.dials(reception, "202")
    async with RtpEnd() as rtp:
        rung = await day.taken(erin, rtp)
        await both_hear(rtp, reception)
        await rung.bye()
    reception.hang_up()
    await day.over("internal", "201", "202", "answered", "fxs1", "205")
    await forwards(day, workshop, "*73", "")


async def forwards(day: Day, phone: Phone, code: str, to: str) -> None:
    phone.pick_up()
    await phone.dial(code)
    await day.box.until("/extensions/202/settings", lambda known: known["forward_always"] == to)
    phone.hang_up()


async def the_customer_is_called_and_held(day: Day, carol: SipPhone, customer: Phone) -> None:
    async with RtpEnd() as rtp:
        call = await carol.dial(OUTSIDE, sdp(rtp.port))
        await customer.rung(timeout=8)
        customer.pick_up()
        rtp.remote = (await call.answer_of(200)).media
        await both_hear(rtp, customer)
        assert (await call.send("INVITE", sdp(rtp.port, direction="sendonly", version=2))).status == 200
        assert tone_level_dbm0((await customer.listen(0.8))[1600:], MUSIC_HZ) > -30
        assert (await call.send("INVITE", sdp(rtp.port, version=3))).status == 200
        await both_hear(rtp, customer)
        await call.bye()
    customer.hang_up()
    await day.over("outbound", "203", OUTSIDE, "answered", "203", "isp")


async def three_meet_in_the_conference(day: Day, reception: Phone, workshop: Phone, carol: SipPhone) -> None:
    await day.dials(reception, "700")
    await day.dials(workshop, "700")
    async with RtpEnd() as rtp:
        call = await carol.dial("700", sdp(rtp.port))
        rtp.remote = (await call.answer_of(200)).media
        await day.box.until("/calls/active", lambda calls: [call["state"] for call in calls] == ["talking"] * 3)
        for one, other in ((rtp, reception), (reception, workshop), (workshop, rtp)):
            await both_hear(one, other)
        await call.bye()
    reception.hang_up()
    workshop.hang_up()
    for number, leg in (("201", "fxs1"), ("202", "fxs2"), ("203", "203")):
        await day.over("internal", number, "700", "answered", leg)


async def help_is_called_over_the_line_in_use(
    day: Day, reception: Phone, workshop: Phone, carol: SipPhone, line: Exchange
) -> None:
    line.ring(*ANNA, cadence_ms=QUICK)
    await line.off_hook(timeout=8)
    await line.say(dtmf("1", 100, 100))
    await reception.rung(timeout=5)
    reception.pick_up()
    await day.ends.legs_are("fxo1", "fxs1")
    await day.dials(workshop, "911")
    await line.on_hook(timeout=6)
    reception.hang_up()
    await line.off_hook(timeout=5)
    assert await line.digits(3) == "911"
    line.answer(reverse=True)
    async with RtpEnd() as rtp:
        desk = await day.taken(carol, rtp)
        assert "911: Workshop" in desk.invited["from"]
        await day.ends.legs_are("fxo1", "fxs2", "203")
        await both_hear(line, workshop)
        await line.hang_up("battery")
        await line.on_hook()
        await desk.hung_up()
    workshop.hang_up()
    await day.over("inbound", ANNA[0], "5550100", "answered", "fxo1", "fxs1")
    await day.over("outbound", "202", "911", "answered", "fxs2", "fxo1", "203")
