# SPDX-License-Identifier: GPL-2.0-or-later
"""Promises to call back, over days that pass in no time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import virtual_time

from firmware.calls.call_backs import CallBacks, Deferred, NotReached, World
from firmware.config import check
from firmware.errors import Conflict, NotFound
from firmware.records import CallBack, CallBackState

MONDAY = datetime(2026, 11, 23, 16, 50, tzinfo=UTC)
HOUR_S = 3600.0


class Office:
    """Open from eight to five. `answers`: what each attempt comes to, in turn; "" is a talk."""

    def __init__(self, answers: list[str], **rules: Any) -> None:
        self.answers, self.tried, self.by_hand = answers, list[datetime](), list[str]()
        self.history: dict[str, CallBack] = {}
        self.hold = asyncio.Event()
        self.hold.set()
        self.document = {
            "queue": [{"name": "support", "call_back": {"schedule": "day", **rules}}],
            "schedule": [{"name": "day", "hours": {"mon-fri": ["08:00-17:00"]}}],
        }
        self.jumped = timedelta()
        self.restart()

    def restart(self) -> None:
        """All that a new core has is the history."""
        world = World(
            lambda: check(self.document, None), self._save, self._attempt, self._by_hand, lambda at: at, self.now
        )
        self.promises = CallBacks(world)
        self.promises.take_over(item for item in list(self.history.values()) if not item.ended_at)

    def now(self) -> datetime:
        return MONDAY + timedelta(seconds=asyncio.get_running_loop().time()) + self.jumped

    def _save(self, item: CallBack) -> None:
        self.history[item.id] = item

    async def _by_hand(self, item: CallBack, agent: str) -> None:
        self.by_hand.append(agent)
        await self._attempt(item)

    async def _attempt(self, item: CallBack) -> None:
        self.tried.append(self.now())
        self.promises.changed(item.id, state=CallBackState.CALLING)
        await self.hold.wait()
        match self.answers.pop(0):
            case "later":
                raise Deferred("the house is full")
            case "":
                return
            case why:
                raise NotReached(why)

    def promise(self, number: str = "5551234", at: datetime | None = None) -> CallBack:
        now = self.now()
        id = f"{len(self.history)}"
        return self.promises.promise(CallBack(id, "support", number, now, now, at or now, wanted_at=at))


def story(tell: Callable[[Office], Coroutine[Any, Any, None]], *answers: str, **rules: Any) -> None:
    async def whole() -> None:
        office = Office(list(answers), **rules)
        await tell(office)
        office.promises.stop()

    virtual_time.run(whole())


def times(office: Office) -> list[str]:
    return [f"{at:%a %H:%M}" for at in office.tried]


def test_in_turn_at_once() -> None:
    async def tell(office: Office) -> None:
        one = office.promise()
        await asyncio.sleep(1)
        assert times(office) == ["Mon 16:50"]
        assert office.history[one.id].state is CallBackState.KEPT
        assert not office.promises.open

    story(tell, "")


def test_who_does_not_answer_is_called_again_at_business_hours_and_then_no_more() -> None:
    async def tell(office: Office) -> None:
        one = office.promise()
        await asyncio.sleep(24 * HOUR_S)
        assert times(office) == ["Mon 16:50", "Tue 08:00", "Tue 08:15"]
        ended = office.history[one.id]
        assert (ended.state, ended.tries, ended.reason) == (CallBackState.FAILED, 3, "busy")
        assert ended.ended_at

    story(tell, "no answer", "no answer", "busy")


def test_at_the_time_that_was_chosen() -> None:
    async def tell(office: Office) -> None:
        office.promise(at=MONDAY + timedelta(hours=17))
        await asyncio.sleep(16 * HOUR_S)
        (item,) = office.promises.as_json()
        assert (item["due"], item["state"], times(office)) == (False, "waiting", [])
        await asyncio.sleep(2 * HOUR_S)
        assert times(office) == ["Tue 09:50"]

    story(tell, "")


def test_what_is_not_the_customers_fault_is_not_counted() -> None:
    async def tell(office: Office) -> None:
        one = office.promise()
        await asyncio.sleep(150)
        assert len(office.tried) == 2
        assert (office.history[one.id].state, office.history[one.id].tries) == (CallBackState.KEPT, 0)

    story(tell, "later", "", tries=1)


def test_a_restart_forgets_nothing_and_calls_nobody_twice() -> None:
    async def tell(office: Office) -> None:
        kept, waits = office.promise("5551"), office.promise("5552", MONDAY + timedelta(days=1))
        await asyncio.sleep(1)
        office.promises.stop()
        office.restart()
        assert [item["id"] for item in office.promises.as_json()] == [waits.id]
        assert office.history[kept.id].state is CallBackState.KEPT
        await asyncio.sleep(24 * HOUR_S)
        assert times(office) == ["Mon 16:50", "Tue 16:50"]

    story(tell, "", "")


def test_one_that_was_being_carried_out_when_the_core_died_is_tried_again() -> None:
    async def tell(office: Office) -> None:
        office.hold.clear()
        office.promise()
        await asyncio.sleep(1)
        office.promises.stop()
        office.hold.set()
        office.restart()
        await asyncio.sleep(1)
        assert len(office.tried) == 2
        assert not office.promises.open

    story(tell, "")


def test_a_clock_that_is_set_forward_is_believed_within_half_a_minute() -> None:
    async def tell(office: Office) -> None:
        office.promise(at=MONDAY + timedelta(minutes=5))
        office.jumped = timedelta(minutes=8)
        await asyncio.sleep(31)
        assert len(office.tried) == 1

    story(tell, "")


def test_cancelled_ones_are_not_called_but_one_that_rings_cannot_be_cancelled() -> None:
    async def tell(office: Office) -> None:
        office.hold.clear()
        one = office.promise()
        two = office.promise("5552", MONDAY + timedelta(minutes=5))
        await asyncio.sleep(1)
        with pytest.raises(Conflict):
            office.promises.cancel(one.id, "web:anna")
        assert office.promises.cancel(two.id, "web:anna").state is CallBackState.CANCELLED
        assert office.history[two.id].reason == "cancelled by web:anna"
        with pytest.raises(NotFound):
            office.promises.cancel(two.id, "web:anna")
        office.hold.set()
        await asyncio.sleep(HOUR_S)
        assert len(office.tried) == 1

    story(tell, "")


def test_who_asks_twice_is_called_once_and_keeps_the_older_place() -> None:
    async def tell(office: Office) -> None:
        first = office.promise(at=MONDAY + timedelta(minutes=5))
        await asyncio.sleep(10)
        second = office.promise()
        assert second.since == first.since
        assert office.history[first.id].reason == "asked for again"
        await asyncio.sleep(400)
        assert len(office.tried) == 1

    story(tell, "")


def test_no_more_are_promised_than_the_queue_allows() -> None:
    async def tell(office: Office) -> None:
        office.promise("5551", MONDAY + timedelta(days=1))
        with pytest.raises(Conflict) as refused:
            office.promise("5552")
        assert refused.value.code == "too_many_call_backs"

    story(tell, most=1)


def test_a_queue_that_was_deleted_is_told() -> None:
    async def tell(office: Office) -> None:
        one = office.promise(at=MONDAY + timedelta(minutes=5))
        office.document = {}
        await asyncio.sleep(HOUR_S)
        ended = office.history[one.id]
        assert (ended.state, ended.reason) == (CallBackState.FAILED, "the queue support was deleted")
        assert replace(ended, ended_at=None).due_at == one.due_at

    story(tell)


def test_what_an_agent_took_is_not_rung_for_others_and_the_agent_calls() -> None:
    async def tell(office: Office) -> None:
        one = office.promise(at=MONDAY + timedelta(minutes=5))
        office.promises.take(one.id, "alice")
        with pytest.raises(Conflict, match="alice has taken"):
            office.promises.take(one.id, "bob")
        await asyncio.sleep(600)
        assert office.tried == []
        office.promises.call(one.id, "alice")
        await asyncio.sleep(1)
        assert office.by_hand == ["alice"]
        assert (office.history[one.id].state, office.history[one.id].agent) == (CallBackState.KEPT, "alice")

    story(tell, "")


def test_one_that_was_taken_and_forgotten_is_in_line_again_also_after_a_restart() -> None:
    async def tell(office: Office) -> None:
        one = office.promise(at=MONDAY - timedelta(hours=8) + timedelta(days=1))  # Tuesday, 08:50
        await asyncio.sleep(15.95 * HOUR_S)
        office.promises.take(one.id, "alice")
        office.promises.stop()
        office.restart()
        assert office.history[one.id].state is CallBackState.TAKEN
        await asyncio.sleep(HOUR_S)
        assert times(office) == ["Tue 09:17"]
        assert office.by_hand == []

    story(tell, "")


def test_one_that_is_given_back_is_tried_at_once() -> None:
    async def tell(office: Office) -> None:
        office.hold.clear()
        one = office.promise(at=MONDAY + timedelta(minutes=1))
        office.promises.take(one.id, "alice")
        office.promises.give_back(one.id, "alice")
        await asyncio.sleep(90)
        assert times(office) == ["Mon 16:51"]
        with pytest.raises(Conflict, match="being called back now"):
            office.promises.take(one.id, "alice")

    story(tell, "")


def test_who_does_not_answer_an_agent_is_tried_again_by_anybody() -> None:
    async def tell(office: Office) -> None:
        one = office.promise(at=MONDAY + timedelta(minutes=2))
        office.promises.call(one.id, "alice")
        await asyncio.sleep(1)
        now = office.history[one.id]
        assert (now.state, now.agent, now.tries, now.reason) == (CallBackState.WAITING, None, 1, "no answer")

    story(tell, "no answer")


def test_done_some_other_way_is_kept() -> None:
    async def tell(office: Office) -> None:
        one = office.promise(at=MONDAY + timedelta(minutes=2))
        assert office.promises.done(one.id, "alice").state is CallBackState.KEPT
        await asyncio.sleep(HOUR_S)
        assert (office.tried, office.promises.open) == ([], {})
        with pytest.raises(NotFound):
            office.promises.done(one.id, "alice")

    story(tell)
