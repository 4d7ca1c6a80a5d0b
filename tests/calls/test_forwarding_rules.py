# SPDX-License-Identifier: GPL-2.0-or-later
"""Who rings when an extension is called, and where the call goes when nobody there takes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import virtual_time
from ringing_office import NoDisk, Office, Told, Wire

from firmware.calls.causes import Cause
from firmware.calls.choices import Choices
from firmware.calls.forwarding import Forwarded, Reason, reach, reach_person
from firmware.calls.groups import ring_group
from firmware.calls.leg import Caller, Failed
from firmware.calls.ringing import ring_extension
from firmware.errors import Invalid

ANNA = Caller("5551234", "ANNA SMITH")
LONG_S = 120.0


def story(tell: Callable[[], Coroutine[Any, Any, None]]) -> None:
    virtual_time.run(tell())


async def reached(office: Office, number: str = "201") -> str:
    """Who answers, "to TARGET (reason)", or the cause."""
    call: Any = Told()
    try:
        leg = await reach(office, call, office.extension(number), ANNA, LONG_S)  # type: ignore[arg-type]
        return leg.name
    except Forwarded as forwarded:
        return f"to {forwarded.target} ({forwarded.reason})"
    except Failed as failed:
        return failed.cause.name


FORWARDS = {
    "forward_busy": "202",
    "forward_no_answer": "203",
    "forward_unregistered": "204",
}


@pytest.mark.parametrize(
    ("settings", "phone", "outcome"),
    [
        ({}, "answers", "201"),
        ({}, "rings", "NO_ANSWER"),
        ({}, Cause.BUSY, "BUSY"),
        ({}, "away", "OUT_OF_ORDER"),
        ({"forward_always": "205"}, "answers", "to extension:205 (always)"),
        (FORWARDS, "answers", "201"),
        (FORWARDS, "rings", "to extension:203 (no_answer)"),
        (FORWARDS, Cause.BUSY, "to extension:202 (busy)"),
        (FORWARDS, Cause.REJECTED, "to extension:202 (busy)"),
        (FORWARDS, "away", "to extension:204 (unregistered)"),
        ({"forward_no_answer": "203"}, "away", "to extension:203 (unregistered)"),
        ({"forward_no_answer": "203"}, Cause.BUSY, "BUSY"),
        ({"do_not_disturb": True}, "answers", "BUSY"),
        ({"do_not_disturb": True, "forward_busy": "202"}, "answers", "to extension:202 (busy)"),
        ({"do_not_disturb": True, "forward_always": "205"}, "answers", "to extension:205 (always)"),
        (FORWARDS, Cause.TEMPORARY_FAILURE, "TEMPORARY_FAILURE"),
    ],
)
def test_a_call_goes_where_the_extension_says(settings: dict[str, Any], phone: str | Cause, outcome: str) -> None:
    async def tell() -> None:
        office = Office({"number": "201", **settings}, answers_s={"201": 3} if phone == "answers" else {})
        if isinstance(phone, Cause):
            office.refuses["201"] = phone
        if phone == "away":
            office.away.add("201")
        assert await reached(office) == outcome

    story(tell)


def test_a_forward_when_nobody_answers_takes_the_time_that_was_set() -> None:
    async def tell() -> None:
        office = Office({"number": "201", "forward_no_answer": "202", "no_answer_s": 12})
        assert await reached(office) == "to extension:202 (no_answer)"
        assert asyncio.get_running_loop().time() == pytest.approx(12)
        assert office.wires[0].ended is Cause.NORMAL

    story(tell)


def test_what_was_chosen_at_the_phone_counts_instead_of_the_configuration_until_it_is_taken_back() -> None:
    async def tell() -> None:
        disk = NoDisk()
        office = Office({"number": "201", "forward_always": "202"}, answers_s={"201": 1})
        office.choices = Choices(disk)
        told: list[str] = []
        office.choices.on_changed = told.append
        await office.choices.choose("201", forward_always="203")
        assert await reached(office) == "to extension:203 (always)"
        await office.choices.choose("201", forward_always="")
        assert await reached(office) == "201"
        office.choices = Choices(disk)  # the box was started again
        assert await reached(office) == "201"
        await office.choices.choose("201", forward_always=None)
        assert await reached(office) == "to extension:202 (always)"
        assert told == ["201", "201"]
        assert disk.kept == {"201": {}}

    asyncio.run(tell())


def test_a_loop_of_forwards_is_cut_after_five() -> None:
    async def tell() -> None:
        ring = {"201": "202", "202": "203", "203": "201"}
        office = Office(*({"number": number, "forward_always": to} for number, to in ring.items()))
        call: Any = Told()
        with pytest.raises(Failed) as failed:
            await reach_person(office, call, office.extension("201"), ANNA, LONG_S)  # type: ignore[arg-type]
        assert failed.value.cause is Cause.ROUTING_ERROR
        assert [data["by"] for event, data in call.trail if event == "forwarded"] == ["201", "202", "203", "201", "202"]

    story(tell)


def test_a_chain_of_forwards_ends_at_whoever_answers() -> None:
    async def tell() -> None:
        office = Office(
            {"number": "201", "forward_always": "202"}, {"number": "202", "forward_busy": "203"}, answers_s={"203": 2}
        )
        office.refuses["202"] = Cause.BUSY
        call: Any = Told()
        leg = await reach_person(office, call, office.extension("201"), ANNA, LONG_S)  # type: ignore[arg-type]
        assert leg.name == "203"
        assert [data["reason"] for _, data in call.trail] == [Reason.ALWAYS, Reason.BUSY]

    story(tell)


def test_what_rings_beside_an_extension_rings_after_its_delay() -> None:
    async def tell() -> None:
        beside = ["extension:202", {"to": "extension:203", "after_s": 10}]
        office = Office({"number": "201", "also": beside}, answers_s={"203": 2})
        assert await reached(office) == "203"
        assert office.rung == [("201", 0), ("202", 0), ("203", 10)]
        assert [wire.ended for wire in office.wires] == [Cause.NORMAL, Cause.NORMAL, None]

    story(tell)


def test_what_rings_beside_a_busy_phone_may_still_answer() -> None:
    async def tell() -> None:
        office = Office({"number": "201", "also": [{"to": "extension:203", "after_s": 5}]}, answers_s={"203": 2})
        office.refuses["201"] = Cause.BUSY
        assert await reached(office) == "203"

    story(tell)


def test_in_turn_each_rings_for_its_time() -> None:
    async def tell() -> None:
        settings = {"ring": "in_turn", "turn_s": 10, "also": ["extension:202", "extension:203"]}
        office = Office({"number": "201", **settings}, answers_s={"203": 4})
        office.refuses["202"] = Cause.BUSY
        assert await reached(office) == "203"
        assert office.rung == [("201", 0), ("202", 10), ("203", 10)]
        assert office.wires[0].ended is Cause.NORMAL

    story(tell)


def test_who_does_not_want_to_be_disturbed_does_not_ring_beside_others() -> None:
    async def tell() -> None:
        office = Office({"number": "201", "also": ["extension:202"]}, {"number": "202", "do_not_disturb": True})
        assert await reached(office) == "NO_ANSWER"
        assert [number for number, _ in office.rung] == ["201"]

    story(tell)


def test_a_caller_who_gives_up_silences_every_phone_at_once() -> None:
    async def tell() -> None:
        office = Office({"number": "201", "also": ["extension:202", {"to": "extension:203", "after_s": 60}]})
        ringing = asyncio.create_task(reached(office))
        await asyncio.sleep(5)
        ringing.cancel()
        await asyncio.wait({ringing})
        assert [wire.ended for wire in office.wires] == [Cause.NORMAL, Cause.NORMAL]
        await asyncio.sleep(100)
        assert len(office.rung) == 2

    story(tell)


def test_two_that_answer_in_the_same_moment_leave_one() -> None:
    async def tell() -> None:
        office = Office({"number": "201", "also": ["extension:202"]}, answers_s={"201": 3, "202": 3})
        winner = await reached(office)
        assert [wire.name for wire in office.wires if wire.ended is None] == [winner]

    story(tell)


def test_a_call_is_picked_up_at_another_phone_while_it_rings() -> None:
    async def tell() -> None:
        office = Office()
        ringing = asyncio.create_task(ring_extension(office, office.extension("201"), ANNA, LONG_S))  # type: ignore[arg-type]
        await asyncio.sleep(2)
        taker = Wire("206")
        with pytest.raises(Failed):
            office.ringing.pick_up(taker, ("202", "203"))
        office.ringing.pick_up(taker, ("201", "202"))
        assert await ringing is taker
        assert office.wires[0].ended is Cause.NORMAL
        assert not office.ringing.rings("201")

    story(tell)


def group(**settings: Any) -> dict[str, Any]:
    return {"group": [{"name": "desk", "members": ["201", "202", "203"], "timeout_s": 60, "turn_s": 10, **settings}]}


async def grouped(office: Office) -> str:
    call: Any = Told()
    call.caller = ANNA
    try:
        return (await ring_group(office, call, office.config.groups[0])).name  # type: ignore[arg-type]
    except Failed as failed:
        return failed.cause.name


def test_a_group_rings_together() -> None:
    async def tell() -> None:
        office = Office(answers_s={"202": 5}, **group())
        assert await grouped(office) == "202"
        assert office.rung == [("201", 0), ("202", 0), ("203", 0)]

    story(tell)


def test_a_group_rings_in_turn_and_leaves_out_who_is_not_to_be_disturbed() -> None:
    async def tell() -> None:
        office = Office({"number": "202", "do_not_disturb": True}, answers_s={"203": 5}, **group(strategy="in_turn"))
        assert await grouped(office) == "203"
        assert office.rung == [("201", 0), ("203", 10)]

    story(tell)


def test_the_next_call_to_a_round_robin_group_begins_with_the_next_member() -> None:
    async def tell() -> None:
        office = Office(answers_s=dict.fromkeys(("201", "202", "203"), 1), **group(strategy="round_robin"))
        assert [await grouped(office) for _ in range(4)] == ["201", "202", "203", "201"]

    story(tell)


def test_a_group_that_nobody_takes_gives_up_in_time() -> None:
    async def tell() -> None:
        office = Office(**group(timeout_s=25, strategy="in_turn"))
        assert await grouped(office) == "NO_ANSWER"
        assert asyncio.get_running_loop().time() == pytest.approx(25)

    story(tell)


def test_nobody_of_a_group_can_be_rung() -> None:
    async def tell() -> None:
        quiet = ({"number": number, "do_not_disturb": True} for number in ("201", "202", "203"))
        assert await grouped(Office(*quiet, **group())) == "BUSY"

    story(tell)


def test_settings_from_outside_are_checked() -> None:
    from firmware.calls.choices import read

    assert read({"do_not_disturb": True, "forward_busy": None}) == {"do_not_disturb": True, "forward_busy": None}
    for wrong in ({"dance": True}, {"do_not_disturb": "yes"}, {"forward_busy": 5}):
        with pytest.raises(Invalid):
            read(wrong)
