# SPDX-License-Identifier: GPL-2.0-or-later
"""baresip and SIPp as registered phones: the field's own, not ours."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from firmware.api import Control
from hil.baresip import Baresip
from hil.box import Box
from hil.hearing import assert_heard, when_on_time
from hil.listen import speech_like
from hil.phone import Phone
from hil.sipp import Sipp
from tests.edge.conftest import IN_ONE_LOOP, PASSWORDS, devices_of

here = shutil.which("sipp") and shutil.which("baresip")
pytestmark = [IN_ONE_LOOP, pytest.mark.skipif(not here, reason="needs sip-tester and baresip")]


@pytest.mark.parametrize("transport", ["udp", "tls"])
async def test_baresip_registers_calls_and_is_called(box: Box, tmp_path: Path, transport: str) -> None:
    spoken, answered = speech_like(1.5, seed=1), speech_like(1.5, seed=2)
    host, _, port = box.sip.rpartition(":")
    server = f"{host}:{int(port) + (transport == 'tls')};transport={transport}"
    account = ("203", PASSWORDS["203"], server)
    async with (
        Phone(box.sim, "fxs1", ahead=3) as alice,
        Baresip(tmp_path / "baresip", "PCMU", spoken, answers=True, account=account) as carol,
    ):
        (seen,) = await devices_of(box, "203", 1)
        assert (seen["transport"], "baresip" in seen["user_agent"]) == (transport, True)
        await carol.command("dial", "201")
        await alice.rung(timeout=5)
        alice.pick_up()
        await carol.event("CALL_ESTABLISHED")

        async def both_speak(_: int) -> None:
            alice.say(answered)
            assert_heard(spoken, await alice.listen(3.2))

        await when_on_time(both_speak, alice, carol)
        alice.hang_up()
        await carol.event("CALL_CLOSED")
        assert_heard(answered, carol.heard())
        await box.call_ended()
        await box.until("/ports", lambda ports: all(port["state"] == "idle" for port in ports[1:]))
        alice.pick_up()
        await alice.hears("dial", timeout=5)
        await alice.dial("203")
        await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")
        alice.hang_up()
        cdr = await box.call_ended(2)
    assert (cdr["from_number"], cdr["to_number"], cdr["disposition"]) == ("201", "203", "answered")


async def test_sipp_phones_register_and_call_each_other(box: Box, tmp_path: Path) -> None:
    port = 5060 + int(box.sip.rpartition(":")[2]) % 5000
    who = {number: f"[authentication username={number} password={PASSWORDS[number]}]" for number in PASSWORDS}
    registering = Sipp(tmp_path, "phone_register", [("204", who["204"])], [box.sip, "-m", 1, "-p", port])
    async with registering as phone:
        await phone.done(10)
    await devices_of(box, "204", 1)
    calls = Sipp(tmp_path, "phone_caller", [("203", who["203"], "204")] * 3, [box.sip, "-m", 3, "-d", 300])
    async with Sipp(tmp_path, "phone_called", [(40000,)] * 3, ["-p", port]), calls:
        await calls.done(15)
    await box.call_ended(3)
    for call in (await box.get("/calls?limit=3"))["items"]:
        assert (call["disposition"], call["from_number"], call["to_number"]) == ("answered", "203", "204")


async def test_the_message_lamp_of_baresip_is_lit_and_goes_out(box: Box, tmp_path: Path) -> None:
    account = ("203", PASSWORDS["203"], f"{box.sip};transport=tcp")
    async with Baresip(tmp_path / "baresip", "PCMU", speech_like(0.5, seed=1), account=account, lamp=True) as carol:
        with Control(box.state / "control.sock") as control:
            for waiting, shown in ((True, "yes"), (False, "no")):
                control.request("extension.message_waiting", extension="203", on=waiting)
                await carol.shows(f"Messages-Waiting: {shown}", timeout=25)
