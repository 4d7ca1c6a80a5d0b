# SPDX-License-Identifier: GPL-2.0-or-later
"""Phones register: over every transport, with the right password only, and are seen."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest

from firmware.times import parse
from hil.box import Box
from hil.phone import Phone
from hil.sip import sdp
from hil.sip_phone import SipPhone
from tests.edge.conftest import IN_ONE_LOOP, device, devices_of, sip_phones
from tests.sip.conftest import MakeBox

pytestmark = IN_ONE_LOOP


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls", "wss"])
async def test_a_phone_registers_is_seen_and_leaves(box: Box, transport: str) -> None:
    async with device(box, "203", transport=transport, agent="Desk 7/1.2") as phone:
        assert (await phone.register(600)).status == 200
        (seen,) = await devices_of(box, "203", 1)
        assert (seen["transport"], seen["source"], seen["user_agent"]) == (transport, phone.address, "Desk 7/1.2")
        assert abs(parse(seen["since"]).timestamp() - time.time()) < 5
        assert 590 < parse(seen["expires"]).timestamp() - time.time() <= 600
        assert (await phone.register(0)).status == 200
        await devices_of(box, "203", 0)


async def test_a_lost_connection_is_no_registration(box: Box) -> None:
    async with device(box, "203", transport="tls") as phone:
        await phone.register()
        await devices_of(box, "203", 1)
    await devices_of(box, "203", 0)


async def test_a_wrong_password_and_an_unknown_user_hear_the_same(box: Box) -> None:
    answers = []
    for number, password in (("203", "wrong"), ("299", "wrong"), ("anybody", "wrong")):
        async with device(box, number, password=password) as phone:
            answer = await phone.register()
            names = [name for name, _ in answer.headers]
            answers.append((answer.first, names, answer["www-authenticate"].partition("nonce")[0]))
    assert answers[0][0].startswith("SIP/2.0 401")
    assert answers[0] == answers[1] == answers[2]
    assert await box.get("/phones") == []


async def test_a_phone_cannot_register_for_another_extension(box: Box) -> None:
    async with device(box, "204") as thief:
        assert (await thief.register(user="203", password=device(box, "203").password)).status == 403
    assert await box.get("/phones") == []


async def test_a_password_that_was_left_out_is_made_kept_and_printed(make_box: MakeBox) -> None:
    async with make_box(**sip_phones(extension=[{"number": "203", "sip": {}}], agent=[])) as box:
        first = json.loads((await asyncio.to_thread(box.tipring, "phone", "203", "--json")).stdout)
        assert len(first["password"]) >= 20
        assert f"sip:203:{first['password']}@" in first["sip"]
        assert first["password"] in (await asyncio.to_thread(box.tipring, "phone", "203")).stdout
        async with SipPhone("203", first["password"], box.sip) as phone:
            assert (await phone.register()).status == 200
            await box.killed("core")
            found = await box.until("/phones/203", lambda answer: "password" in answer)
            assert found["password"] == first["password"]
            new = (await box.request("POST", "/api/v1/phones/203/password"))["password"]
            assert new != first["password"]
            assert (await phone.register()).status == 401
            assert (await phone.register(password=new)).status == 200


async def test_a_box_that_nobody_has_set_up_accepts_a_softphone_with_what_it_prints(tmp_path: Path) -> None:
    async with Box(tmp_path / "box", None, "sim:fxo=1,fxs=2") as box, Phone(box.sim, "fxs2") as bob:
        found = json.loads((await asyncio.to_thread(box.tipring, "phone", "201", "--json")).stdout)
        udp = next(way["server"] for way in found["transports"] if way["transport"] == "udp")
        async with SipPhone(found["user"], found["password"], udp) as softphone:
            assert (await softphone.register()).status == 200
            await devices_of(box, "201", 1)
            call = await softphone.dial("202", sdp(40000))
            await bob.rung(timeout=5)
            call.cancel()
            await call.answer_of(487)


async def test_settings_of_a_phone_are_for_administrators(own_box: Box) -> None:
    box = own_box
    reader = (await asyncio.to_thread(box.tipring, "token", "create", "--role", "supervisor")).stdout.split()[-1]
    box._token = reader
    assert await box.get("/phones") == []
    with pytest.raises(Exception, match="403"):
        await box.get("/phones/203")


async def test_an_extension_that_was_deleted_while_the_edge_was_away_has_no_devices_left(make_box: MakeBox) -> None:
    """The next owner of the number must not share it with the phone of the last one."""
    async with make_box(**sip_phones()) as box:
        async with device(box, "203") as old:
            await old.register()
            await devices_of(box, "203", 1)
        assert await box.stop() == 0
        box.config = sip_phones(extension=[{"number": "203", "sip": {"password": "anotherPersons203"}}], agent=[])
        await box.start()
        assert await box.get("/phones") == []


async def test_extensions_come_and_go_while_others_stay_registered(make_box: MakeBox) -> None:
    async with (
        make_box(**sip_phones()) as box,
        device(box, "203") as stays,
        device(box, "204", transport="tcp") as goes,
    ):
        await stays.register()
        await goes.register()
        edge, document = box.pid("edge"), (await box.get("/config"))["document"]
        fewer = [item for item in document["extension"] if item["number"] != "204"]
        added = {"number": "205", "sip": {"password": "aVeryLongPassword205"}}
        await box.request("PUT", "/api/v1/config", document | {"extension": [*fewer, added]})
        await devices_of(box, "204", 0)
        assert (await goes.register()).status == 401
        async with SipPhone("205", "aVeryLongPassword205", box.sip) as new:
            assert (await new.register()).status == 200
        assert len(await devices_of(box, "203", 1)) == 1
        assert box.pid("edge") == edge
