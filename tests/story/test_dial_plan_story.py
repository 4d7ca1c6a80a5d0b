# SPDX-License-Identifier: GPL-2.0-or-later
"""The dial plan on real copper: calls for help, the night switch, classes, limits, calls on from outside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from story_ends import ANNA, QUICK, Ends, ends_of
from story_office import box_of, office

from hil.box import Box
from hil.exchange import Exchange
from hil.phone import Phone
from hil.signals import dtmf

pytestmark = pytest.mark.asyncio(loop_scope="session")


def guarded_office() -> dict[str, Any]:
    """Phone 4 may call inside only, and has a PIN; line 2 is open by hand only; one premium call an hour."""
    config = office()
    config["extension"][3] |= {"class": "internal", "class_pin": "2468"}
    config["emergency"] = {"callback": "5550100", "alert": ["206"]}
    config["tolls"] = {"premium": {"calls_per_hour": 1}}
    config["schedule"] = [{"name": "day"}]
    config["disa"] = [{"name": "door", "pin": "135790"}]
    config["route"] = [
        {"line": "fxo2", "schedule": "day", "to": "extension:203"},
        {"line": "fxo2", "to": "extension:205"},
        {"line": "fxo1", "to": "disa:door"},
    ]
    return config


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def guarded_box(tmp_path_factory: pytest.TempPathFactory, sounds: Path) -> AsyncIterator[Box]:
    async with box_of(tmp_path_factory.mktemp("dial-plan"), sounds, guarded_office()) as running:
        yield running
        print(running.last_words(200))


@pytest_asyncio.fixture(loop_scope="session")
async def ends(guarded_box: Box) -> AsyncIterator[Ends]:
    async with ends_of(guarded_box) as ends:
        yield ends


async def dials(phone: Phone, digits: str) -> None:
    phone.pick_up()
    await phone.hears("dial", timeout=2)
    await phone.dial(digits)


async def goes_out(exchange: Exchange, digits: str) -> None:
    await exchange.off_hook(timeout=8)
    assert await exchange.digits(len(digits)) == digits
    exchange.answer(reverse=True)


def events(trail: list[dict[str, Any]]) -> list[str]:
    return [item["event"] for item in trail]


async def test_a_call_for_help_cuts_another_one_when_there_is_no_other_line(ends: Ends) -> None:
    line = await ends.exchange("fxo2")
    talker, helpless, desk = await ends.phone(3), await ends.phone(4), await ends.phone(6)
    await dials(talker, "95559876#")
    await goes_out(line, "5559876")
    await ends.call_is("talking")

    await dials(helpless, "911")
    await line.on_hook(timeout=6)
    await talker.hears("congestion", timeout=3)
    await goes_out(line, "911")
    await desk.rung(timeout=5)
    shown = await desk.caller_id()
    assert (shown.number, shown.name) == ("204", "911: Phone 4")
    desk.pick_up()
    await ends.legs_are("fxo2", "fxs4", "fxs6")

    helpless.hang_up()
    talker.hang_up()
    cut, call = await ends.cdrs(2)
    assert (cut["hangup_cause"], cut["hangup_by"]) == (8, "system")
    assert "cut_for_emergency" in events(await ends.trail(cut["id"]))
    assert (call["to_number"], call["disposition"]) == ("911", "answered")
    assert {"emergency", "line_taken", "desk_told", "supervised"} <= set(events(await ends.trail(call["id"])))
    assert "Emergency call: 204 Phone 4 called 911." in [alarm["text"] for alarm in await ends.box.get("/alarms")]


async def test_a_line_that_rings_is_taken_for_a_call_for_help(ends: Ends) -> None:
    line, helpless = await ends.exchange("fxo2"), await ends.phone(4)
    line.ring(*ANNA, cadence_ms=QUICK)
    await ends.port_is("fxo2", "ringing")
    await dials(helpless, "911")
    await line.off_hook(timeout=5)
    await line.on_hook(timeout=5)
    await goes_out(line, "911")
    await ends.call_is("talking")
    helpless.hang_up()
    refused, call = await ends.cdrs(2)
    assert (refused["hangup_cause"], call["disposition"]) == (8, "answered")


async def test_a_line_that_is_being_examined_is_taken_for_a_call_for_help(ends: Ends) -> None:
    line, helpless = await ends.exchange("fxo2"), await ends.phone(4)
    await ends.box.request("POST", "/api/v1/lines/fxo2/doctor", {})
    await line.off_hook(timeout=5)
    await dials(helpless, "911")
    await line.on_hook(timeout=5)
    await goes_out(line, "911")
    await ends.call_is("talking")
    helpless.hang_up()
    call = await ends.ended()
    assert (call["line"], call["disposition"]) == ("fxo2", "answered")
    assert "line_taken" in events(await ends.trail(call["id"]))
    shown = await ends.box.until("/lines/fxo2/doctor", lambda shown: shown["report"]["state"] == "failed")
    assert shown["report"]["error"]["code"] == "line_taken"


async def test_the_night_switch_is_set_by_a_phone_and_outlives_the_core(ends: Ends) -> None:
    phone = await ends.phone(3)
    await dials(phone, "*281")
    await ends.box.until("/night", lambda switch: switch["schedules"][0]["open"])
    await ends.unplug_all()
    await ends.box.killed("core")
    await ends.box.until("/night", lambda switch: isinstance(switch, dict) and switch["mode"] == "day", 20)

    line, day = await ends.exchange("fxo2"), await ends.phone(3)
    line.ring(*ANNA, cadence_ms=QUICK)
    await day.rung(timeout=8)
    line.give_up()
    await ends.ended()
    assert "night (closed by hand)  day closed" in ends.box.tipring("night", "night").stdout
    assert "=> answered: extension:205" in ends.box.tipring("route", "fxo2").stdout


async def test_a_class_is_kept_until_the_pin_was_right(ends: Ends) -> None:
    line, phone = await ends.exchange("fxo2"), await ends.phone(4)
    await dials(phone, "95559876#")
    await phone.hears("congestion", timeout=3)
    phone.hang_up()
    assert (await ends.ended())["hangup_cause"] == 57
    await ends.port_is("fxs4", "idle")
    await dials(phone, "*76")
    await phone.hears_silence(timeout=3, ms=100)
    await phone.dial("2468")
    await phone.hears("dial", timeout=3)
    await phone.dial("95559876#")
    await goes_out(line, "5559876")
    await ends.noted("unlocked")
    phone.hang_up()
    await ends.ended(2)


async def test_one_premium_call_too_many_is_refused_until_a_person_lifts_it(ends: Ends) -> None:
    line, phone = await ends.exchange("fxo2"), await ends.phone(3)
    number = "19005559876"
    await dials(phone, f"9{number}#")
    await goes_out(line, number)
    await ends.call_is("talking")
    phone.hang_up()
    await ends.ended()
    await ends.port_is("fxs3", "idle")
    await dials(phone, f"9{number}#")
    await phone.hears("congestion", timeout=3)
    phone.hang_up()
    assert (await ends.ended(2))["hangup_cause"] == 57
    stopped = (await ends.box.get("/tolls"))[1]
    assert stopped["reason"] == "more than 1 calls to premium numbers within an hour"
    assert "tipring tolls lift premium" in " ".join(alarm["text"] for alarm in await ends.box.get("/alarms"))
    route = ends.box.tipring("route", f"9{number}", "--from", "203").stdout
    assert "Refused: calls to premium numbers are stopped." in route
    await ends.box.request("POST", "/api/v1/tolls/premium/lift", {})
    assert (await ends.box.get("/tolls"))[1]["used"]["calls_per_hour"] == 0
    await ends.port_is("fxo2", "idle")


async def test_who_knows_the_pin_calls_on_from_outside(ends: Ends) -> None:
    outside, phone = await ends.exchange("fxo1"), await ends.phone(3)
    outside.ring(*ANNA, cadence_ms=QUICK)
    await outside.off_hook(timeout=8)
    await outside.say(dtmf("135790", 100, 100))
    await outside.say(dtmf("203#", 100, 100))
    await phone.rung(timeout=5)
    phone.pick_up()
    await ends.call_is("talking")
    phone.hang_up()
    trail = await ends.trail((await ends.ended())["id"])
    assert "disa" in events(trail)
    assert "".join(item["data"]["digit"] for item in trail if item["event"] == "digit") == "203#"  # never the PIN
