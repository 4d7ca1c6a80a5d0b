# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens to callers and agents when several things go wrong in the same instant."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from queue_office import QueueOffice
from virtual_time import run

from firmware import acd
from firmware.calls.causes import Cause
from firmware.calls.queueing import Found, clock


async def settled() -> None:
    """Everything that was to happen at once has happened."""
    await asyncio.sleep(0.01)


def test_the_agents_phone_dies_while_it_rings_and_the_next_agent_has_the_call() -> None:
    async def story() -> None:
        office = QueueOffice(answers_s={"202": 3})
        office.open()
        waiting = office.waits(office.caller())
        await settled()
        office.away.add("201")
        office.wire("201").left(Cause.OUT_OF_ORDER)
        found = await waiting
        assert isinstance(found, Found)
        assert found.agent == "bob"
        assert office.is_("alice") == "unavailable"
        assert not office.queues.state.agents["alice"].misses, "a dead phone is no fault of hers"
        (lost,) = [*office.trail("not_answered"), *office.trail("withdrawn")]
        assert lost["agent"] == "alice"

    run(story())


@pytest.mark.parametrize("instants", range(6))
def test_the_caller_hangs_up_in_the_instant_of_the_answer(instants: int) -> None:
    """Whatever the loop has got to by then, nobody rings on and nobody stays on a call."""

    async def story() -> None:
        office = QueueOffice()
        office.open()
        waiting = office.waits(office.caller())
        await settled()
        office.wire("201").up.set()
        for _ in range(instants):
            await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait({waiting})
        await settled()
        if waiting.cancelled():
            assert office.wire("201").ended is not None, "her phone is released"
            assert office.is_("alice") == "available"
        else:
            assert waiting.result() == Found(office.wire("201"), "alice")
        assert not office.queues.state.queues["support"].waiting

    run(story())


@pytest.mark.parametrize("instants", range(6))
def test_the_phone_dies_and_the_caller_hangs_up_at_once(instants: int) -> None:
    async def story() -> None:
        office = QueueOffice()
        office.open()
        waiting = office.waits(office.caller())
        await settled()
        office.away.add("201")
        office.wire("201").left(Cause.OUT_OF_ORDER)
        for _ in range(instants):
            await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait({waiting})
        await settled()
        assert {office.is_("bob"), office.is_("carol")} == {"available"}
        assert office.is_("alice") == "unavailable"
        assert all(wire.ended is not None or wire.gone.done() for wire in office.wires)

    run(story())


def test_all_phones_ring_and_two_agents_lift_at_once() -> None:
    async def story() -> None:
        office = QueueOffice(answers_s={"201": 3, "203": 3}, strategy="ring-all")
        office.open()
        found = await office.waits(office.caller())
        await settled()
        assert isinstance(found, Found)
        loser = {"alice": "carol", "carol": "alice"}[found.agent]
        assert [office.is_(id) for id in (found.agent, loser, "bob")] == ["on_call", "available", "available"]
        assert [wire.ended is None for wire in office.wires].count(True) == 1
        first, *others = office.trail("offered")
        assert {word["agent"] for word in first["considered"] if word["chosen"]} == {"alice", "bob", "carol"}
        assert [later["considered"] for later in others] == [[], []]

    run(story())


def test_a_phone_that_rang_for_another_caller_is_quiet_before_it_rings_for_the_next_one() -> None:
    async def story() -> None:
        office = QueueOffice(answers_s={"201": 3}, strategy="ring_all")
        office.open()
        first, second = office.waits(office.caller()), office.waits(office.caller("5550101"))
        found = await first
        await settled()
        assert isinstance(found, Found)
        assert [number for number, _ in office.rung] == ["201", "202", "203", "202", "203"]
        assert [wire.ended is not None for wire in office.wires] == [False, True, True, False, False]
        second.cancel()
        await asyncio.wait({second})

    run(story())


def test_a_queue_is_deleted_with_callers_in_it() -> None:
    async def story() -> None:
        office = QueueOffice()
        office.open()
        calls = [office.waits(office.caller(f"555010{n}")) for n in range(5)]
        await settled()
        office.open(queue=[], agent=[{"id": "alice", "extension": "201"}])
        assert await asyncio.gather(*calls) == [acd.GaveUp.DELETED] * 5
        await settled()
        assert all(wire.ended is not None for wire in office.wires)

    run(story())


def test_settings_change_while_a_phone_rings_and_it_rings_on() -> None:
    async def story() -> None:
        office = QueueOffice(answers_s={"201": 10}, strategy="linear")
        office.open()
        waiting = office.waits(office.caller())
        await asyncio.sleep(5)
        office.open(queue=[{"name": "support", "strategy": "random", "ring_timeout_s": 3, "wrap_up_s": 30}])
        found = await waiting
        assert isinstance(found, Found)
        assert found.agent == "alice"
        office.queues.talk_ended("alice", next(iter(office.journal.calls)))
        assert office.is_("alice") == "wrap_up", "what begins later goes by the new settings"

    run(story())


def test_an_agent_is_deleted_while_the_phone_rings() -> None:
    async def story() -> None:
        office = QueueOffice(answers_s={"202": 3}, strategy="linear")
        office.open()
        waiting = office.waits(office.caller())
        await settled()
        office.open(agent=[agent for agent in office.document["agent"] if agent["id"] != "alice"])
        found = await waiting
        assert isinstance(found, Found)
        assert found.agent == "bob"
        assert office.wire("201").ended is not None

    run(story())


def test_an_agent_goes_on_a_pause_while_the_phone_rings() -> None:
    async def story() -> None:
        office = QueueOffice(answers_s={"202": 3}, strategy="linear")
        office.open()
        waiting = office.waits(office.caller())
        await settled()
        office.queues.handle(acd.AgentSet("alice", acd.AgentMode.PAUSED, "lunch"))
        found = await waiting
        assert isinstance(found, Found)
        assert found.agent == "bob"
        assert office.wire("201").ended is not None
        (withdrawn,) = office.trail("withdrawn")
        assert withdrawn["agent"] == "alice"

    run(story())


@pytest.mark.parametrize("hours", [-1, 1])
def test_the_clock_jumps_by_an_hour_and_nobody_waits_longer(hours: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """NTP, or a box that believes that summer time is a setting of its clock."""

    async def story() -> None:
        office = QueueOffice(answers_s={}, max_wait_s=60)
        office.open()
        for id in ("alice", "bob", "carol"):
            office.queues.handle(acd.AgentSet(id, acd.AgentMode.LOGGED_OUT))
        loop = asyncio.get_running_loop()
        began, waiting = loop.time(), office.waits(office.caller())
        await asyncio.sleep(30)
        assert not waiting.done()
        before = clock.wall(loop.time())
        monkeypatch.setattr(clock.time, "time", lambda: 1.7e9 + loop.time() + 3600 * hours)
        office.later_s = 3600 * hours
        assert clock.wall(loop.time()) != before, "what is shown follows the clock"
        assert await waiting == acd.GaveUp.MAX_WAIT
        assert loop.time() - began == pytest.approx(60, abs=0.1)

    monkeypatch.setattr(clock.time, "time", lambda: 1.7e9)
    run(story())


def test_counts_of_today_begin_anew_at_midnight() -> None:
    async def story() -> None:
        office = QueueOffice(answers_s={"201": 1}, strategy="linear")
        office.open()
        call = office.caller()
        await office.waits(call)
        office.queues.talk_ended("alice", call.id)
        assert office.queues.state.agents["alice"].calls == 1
        await asyncio.sleep(15 * 3600)
        office.queues.handle(acd.Tick())
        assert office.queues.state.agents["alice"].calls == 0

    run(story())


def test_a_phone_that_fails_in_an_unforeseen_way_leaves_the_call_to_the_next_agent() -> None:
    async def story() -> None:
        office = QueueOffice(answers_s={"202": 1}, strategy="linear")
        office.open()
        phone = office.call_phone
        office.call_phone = lambda extension, *rest: 1 / 0 if extension.number == "201" else phone(extension, *rest)  # type: ignore[assignment,method-assign]
        found = await office.waits(office.caller())
        assert isinstance(found, Found)
        assert found.agent == "bob"
        assert office.is_("alice") == "available"

    run(story())


def remembered(office: QueueOffice) -> dict[tuple[str, str], Any]:
    """What the history would hold of this core, had it died now."""
    memory: dict[tuple[str, str], Any] = {}
    for name, *args in office.journal.written:
        for item in args[0] if name == "kept" else ():
            memory[item.kind, item.id] = item.data
    return {key: data for key, data in memory.items() if data is not None}


def test_the_core_dies_and_who_calls_again_has_the_old_place_and_who_paused_is_paused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story() -> None:
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(clock.time, "time", lambda: 1.7e9 + loop.time())
        office = QueueOffice(strategy="round_robin")
        office.open()
        for id in ("alice", "bob", "carol"):
            office.queues.handle(acd.AgentSet(id, acd.AgentMode.PAUSED, "lunch"))
        waiting = []
        for number in ("5550100", "5550101"):
            waiting.append(office.waits(office.caller(number)))
            await asyncio.sleep(10)
        memory = remembered(office)
        for task in waiting:
            task.cancel()
        await asyncio.sleep(20)

        after = QueueOffice(strategy="round_robin")
        after.queues.recall(memory)
        after.open()
        assert after.queues.state.agents["alice"].reason == "lunch"
        new, old = after.caller("5550199"), after.caller("5550101")
        tasks = [after.waits(new)]
        await settled()
        tasks.append(after.waits(old))
        await settled()
        assert [after.queues.state.position(call.id) for call in (old, new)] == [1, 2]
        place = after.queues.state.waiting(old.id)
        assert place
        assert place.waited(clock.now()) == pytest.approx(30, abs=0.5)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    run(story())


def test_who_called_before_midnight_is_not_counted_by_the_core_that_starts_after_it() -> None:
    async def story() -> None:
        office = QueueOffice(answers_s={"201": 1}, strategy="linear")
        office.open()
        call = office.caller()
        await office.waits(call)
        office.queues.talk_ended("alice", call.id)
        memory = remembered(office)

        same = QueueOffice()
        same.queues.recall(memory)
        same.open()
        assert same.queues.state.agents["alice"].calls == 1
        await asyncio.sleep(15 * 3600)
        next_day = QueueOffice()
        next_day.queues.recall(memory)
        next_day.open()
        assert next_day.queues.state.agents["alice"].calls == 0

    run(story())
