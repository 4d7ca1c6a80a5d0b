# SPDX-License-Identifier: GPL-2.0-or-later
"""Supervisors order what becomes of callers who wait: as real calls, with phones that ring, and at awkward instants."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from queue_office import QueueOffice
from virtual_time import run

from firmware import acd
from firmware.calls.causes import Cause
from firmware.calls.queueing import Found
from firmware.calls.queueing.by_hand import RING_S
from firmware.errors import Conflict, Invalid, NotFound, TipringError

SALES = {"name": "sales", "wrap_up_s": 0, "max_callers": 2, "join_while": "logged_in"}
DAVE = {"id": "dave", "extension": "204", "queues": {"sales": 1}}


def an_office(answers_s: Mapping[str, float] = {}, **queue: Any) -> QueueOffice:
    """With a second queue, `sales`, which dave serves."""
    office = QueueOffice(answers_s=answers_s, **queue)
    office.open(queue=[*office.document["queue"], SALES], agent=[*office.document["agent"], DAVE])
    return office


def nobody_free(office: QueueOffice) -> None:
    for id in ("alice", "bob", "carol", "dave"):
        office.queues.handle(acd.AgentSet(id, acd.AgentMode.PAUSED, "lunch"))


async def settled() -> None:
    await asyncio.sleep(0.01)


async def ended(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    await settled()


def test_a_caller_who_is_moved_is_found_by_the_other_queues_agent_and_the_trail_says_who_moved_him() -> None:
    async def story() -> None:
        office = an_office({"204": 5})
        call = office.caller()
        waiting = office.waits(call)
        await asyncio.sleep(8)
        office.queues.by_hand.move(call.id, "sales", True, "anna")
        found = await waiting
        assert isinstance(found, Found)
        assert (found.agent, call.cdr.queue) == ("dave", "sales")
        assert office.trail("moved") == [{"queue": "sales", "was": "support", "kept_wait": True, "by": "anna"}]
        await settled()
        assert office.wire("201").ended is not None, "her phone is quiet"
        assert office.is_("alice") == "available"
        assert call.waited_s() >= 0

    run(story())


def test_the_one_who_is_first_of_the_other_queue_goes_on_as_any_caller_of_it() -> None:
    """Full, closed, deleted: the caller stays; and what gives up is the queue in which he is."""

    async def story() -> None:
        office = an_office()
        nobody_free(office)
        calls = [office.caller(f"555010{n}") for n in range(3)]
        tasks = [office.waits(call) for call in calls]
        await settled()
        move = office.queues.by_hand.move
        move(calls[0].id, "sales", True, "anna")
        move(calls[1].id, "sales", False, "anna")
        with pytest.raises(Conflict, match="sales takes no more callers: the queue was full") as refused:
            move(calls[2].id, "sales", True, "anna")
        assert refused.value.code == "queue_full"
        assert calls[2].cdr.queue == "support"
        with pytest.raises(Conflict, match="already"):
            move(calls[0].id, "sales", True, "anna")
        with pytest.raises(NotFound, match="no queue nowhere"):
            move(calls[2].id, "nowhere", True, "anna")
        await ended(tasks[0])
        office.queues.handle(acd.AgentSet("dave", acd.AgentMode.LOGGED_OUT))
        with pytest.raises(Conflict, match="no agent was there") as closed:
            move(calls[2].id, "sales", True, "anna")
        assert closed.value.code == "queue_empty"
        await ended(*tasks[1:])
        assert not office.queues.state.queues["sales"].waiting

    run(story())


def test_the_line_is_ordered_by_hand() -> None:
    async def story() -> None:
        office = an_office()
        nobody_free(office)
        calls = []
        tasks = []
        for n in range(3):
            calls.append(office.caller(f"555010{n}"))
            tasks.append(office.waits(calls[n]))
            await asyncio.sleep(5)
        first, second, third = (call.id for call in calls)
        office.queues.by_hand.front(third, "anna")
        office.queues.by_hand.front(third, "anna")
        office.queues.by_hand.prioritise(second, 2, "anna")
        shown = office.queues.views.queue("support")["callers"]
        assert [one["call"] for one in shown] == [second, third, first]
        assert [one["position"] for one in shown] == [1, 2, 3]
        assert office.trail("put_first") == [{"by": "anna"}], "what is so already is nothing to tell"
        assert office.trail("prioritised") == [{"priority": 2, "was": 0, "by": "anna"}]
        with pytest.raises(Invalid):
            office.queues.by_hand.prioritise(first, 101, "anna")
        await ended(*tasks)

    run(story())


def test_a_chosen_agent_is_rung_and_when_she_does_not_answer_the_caller_has_his_place() -> None:
    async def story() -> None:
        office = an_office({"201": 60, "203": 60}, strategy="linear", ring_timeout_s=10)
        call = office.caller()
        waiting = office.waits(call)
        await settled()
        office.queues.by_hand.assign(call.id, "carol", "anna")
        await settled()
        assert [office.is_(id) for id in ("alice", "carol")] == ["available", "offered"]
        assert office.wire("201").ended is not None
        with pytest.raises(NotFound):
            office.queues.by_hand.assign(call.id, "nobody", "anna")
        with pytest.raises(Conflict, match="does not serve this queue"):
            office.queues.by_hand.assign(call.id, "dave", "anna")
        await asyncio.sleep(11)
        assert office.queues.state.position(call.id) == 1
        assert office.is_("alice") == "offered", "the next one in order"
        assert office.trail("assigned") == [{"agent": "carol", "by": "anna"}]
        await ended(waiting)

    run(story())


def test_a_supervisor_takes_a_caller_and_the_agents_phone_is_quiet() -> None:
    async def story() -> None:
        office = an_office({"205": 4})
        call = office.caller()
        waiting = office.waits(call)
        await settled()
        office.queues.by_hand.pick(call.id, "205", "anna")
        with pytest.raises(Conflict, match="being rung"):
            office.queues.by_hand.pick(call.id, "206", "anna")
        found = await waiting
        await settled()
        assert found == Found(office.wire("205"), "")
        assert office.is_("alice") == "available"
        assert office.wire("201").ended is not None
        assert not office.queues.state.queues["support"].waiting
        assert call.cdr.agent is None
        assert office.trail("picked") == [{"extension": "205", "by": "anna"}]

    run(story())


def test_an_agent_who_is_faster_than_the_supervisor_has_the_caller() -> None:
    async def story() -> None:
        office = an_office({"201": 3, "205": 9})
        call = office.caller()
        waiting = office.waits(call)
        await settled()
        office.queues.by_hand.pick(call.id, "205", "anna")
        found = await waiting
        await settled()
        assert isinstance(found, Found)
        assert found.agent == "alice"
        assert office.wire("205").ended is not None

    run(story())


def test_a_supervisor_who_does_not_answer_loses_nobody() -> None:
    async def story() -> None:
        office = an_office(ring_timeout_s=10)
        nobody_free(office)
        call = office.caller()
        waiting = office.waits(call)
        await settled()
        office.queues.by_hand.pick(call.id, "205", "anna")
        await asyncio.sleep(RING_S + 1)
        (missed,) = office.trail("not_picked")
        assert missed["extension"] == "205"
        assert office.queues.state.position(call.id) == 1
        office.queues.by_hand.pick(call.id, "206", "anna")  # and may try again
        await ended(waiting)
        assert all(wire.ended is not None or wire.gone.done() for wire in office.wires)

    run(story())


@pytest.mark.parametrize("instants", range(6))
def test_the_caller_hangs_up_in_the_instant_in_which_the_supervisor_answers(instants: int) -> None:
    async def story() -> None:
        office = an_office()
        nobody_free(office)
        call = office.caller()
        waiting = office.waits(call)
        await settled()
        office.queues.by_hand.pick(call.id, "205", "anna")
        await settled()
        office.wire("205").up.set()
        for _ in range(instants):
            await asyncio.sleep(0)
        await ended(waiting)
        if waiting.cancelled():
            assert office.wire("205").ended is not None or office.wire("205").gone.done()
        else:
            assert waiting.result() == Found(office.wire("205"), "")
        assert not office.queues.state.queues["support"].waiting

    run(story())


@pytest.mark.parametrize("instants", range(6))
def test_the_caller_is_moved_in_the_instant_in_which_the_agent_answers(instants: int) -> None:
    """One of both is so; nobody rings on, and the caller is with somebody or waits."""

    async def story() -> None:
        office = an_office()
        call = office.caller()
        waiting = office.waits(call)
        await settled()
        office.wire("201").up.set()
        for _ in range(instants):
            await asyncio.sleep(0)
        moved = office.queues.state.waiting(call.id) is not None
        with contextlib.nullcontext() if moved else pytest.raises(Conflict, match="waits in no queue now"):
            office.queues.by_hand.move(call.id, "sales", True, "anna")
        await settled()
        if moved:
            assert not waiting.done()
            assert office.is_("alice") == "available"
            assert office.wire("201").ended is not None
            assert office.is_("dave") == "offered"
            await ended(waiting)
        else:
            assert waiting.result() == Found(office.wire("201"), "alice")
            assert call.cdr.queue == "support"

    run(story())


ORDERS: list[Callable[[QueueOffice, str], None]] = [
    lambda office, call: office.queues.by_hand.move(call, "sales", True, "anna"),
    lambda office, call: office.queues.by_hand.prioritise(call, 3, "anna"),
    lambda office, call: office.queues.by_hand.front(call, "anna"),
    lambda office, call: office.queues.by_hand.assign(call, "alice", "anna"),
    lambda office, call: office.queues.by_hand.pick(call, "205", "anna"),
]


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_that_comes_too_late_is_refused_with_why(order: Callable[[QueueOffice, str], None]) -> None:
    async def story() -> None:
        office = an_office({"201": 1})
        call = office.caller()
        await office.waits(call)
        with pytest.raises(Conflict, match="waits in no queue now"):
            order(office, call.id)
        del office.journal.calls[call.id]
        with pytest.raises(NotFound) as over:
            order(office, call.id)
        assert over.value.code == "no_such_call"

    run(story())


def test_call_backs_are_not_ordered_about() -> None:
    async def story() -> None:
        office = an_office()
        nobody_free(office)
        turn = asyncio.create_task(office.queues.turn("back", "support", office.caller, caller="5550100", waited_s=0))
        await settled()
        for order in ORDERS:
            with pytest.raises(TipringError) as refused:
                order(office, "back")
            assert refused.value.code == "is_call_back"
        await ended(turn)

    run(story())


def test_a_supervisors_phone_that_cannot_ring_is_said_at_once() -> None:
    async def story() -> None:
        office = an_office()
        nobody_free(office)
        call = office.caller()
        waiting = office.waits(call)
        await settled()
        office.away.add("205")
        for number, kind in (("205", Conflict), ("999", NotFound)):
            with pytest.raises(kind):
                office.queues.by_hand.pick(call.id, number, "anna")
        office.away.discard("205")
        office.queues.by_hand.pick(call.id, "205", "anna")
        await settled()
        office.wire("205").left(Cause.OUT_OF_ORDER)
        await settled()
        assert office.queues.state.position(call.id) == 1
        await ended(waiting)

    run(story())
