# SPDX-License-Identifier: GPL-2.0-or-later
"""Agents log in and out, hot-desk, pause, wrap up; supervisors do it for them; who did what is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import virtual_time
from agents_office import ALICE, BOB, BOSS, DOCUMENT, AgentsOffice

from firmware import acd
from firmware.calls.agent_desk import Actor
from firmware.errors import Conflict, Invalid, NotFound
from firmware.records import AgentChange, Change


def story(told: Callable[[AgentsOffice], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """A test that is told in the office, on virtual time."""

    async def in_office() -> None:
        office = AgentsOffice()
        office.open()
        await told(office)

    def test() -> None:
        virtual_time.run(in_office())

    test.__name__, test.__doc__ = told.__name__, told.__doc__
    return test


@story
async def test_who_has_a_place_is_there_and_who_has_none_is_logged_out(office: AgentsOffice) -> None:
    assert (office.is_("alice"), office.is_("bob")) == ("available", "logged_out")
    assert office.agents.seats.of(office.agents.agent("bob")) is None
    with pytest.raises(Invalid, match="say at which extension"):
        office.agents.ready("bob", BOB)


@story
async def test_an_agent_takes_the_phone_along(office: AgentsOffice) -> None:
    office.agents.log_in("bob", "202", None, BOB)
    assert (office.is_("bob"), office.agents.sitting_at("202")) == ("available", office.config.agents[1])
    office.agents.log_in("bob", "203", None, BOB)
    assert (office.agents.sitting_at("202"), office.agents.seats.of(office.agents.agent("bob"))) == (None, "203")
    office.agents.log_out("bob", None, BOB)
    assert (office.is_("bob"), office.agents.seats.of(office.agents.agent("bob"))) == ("logged_out", None)
    assert [entry for entry in office.journal.written if entry[0] == "sat_down"] == [
        ("sat_down", "bob", "202"), ("sat_down", "bob", "203"), ("sat_down", "bob", None),
    ]  # fmt: skip


@story
async def test_whoever_takes_a_phone_logs_the_one_before_out(office: AgentsOffice) -> None:
    office.agents.log_in("bob", "201", None, BOB)
    assert (office.is_("alice"), office.is_("bob")) == ("logged_out", "available")
    assert list(office.changes("alice"))[-1] == ("logged_out", "", "bob")


@story
async def test_a_phone_with_a_call_is_not_taken(office: AgentsOffice) -> None:
    office.calls("c1", queue="sales")
    with pytest.raises(Conflict) as refused:
        office.agents.log_in("bob", "201", None, BOB)
    assert (refused.value.code, office.is_("alice")) == ("phone_taken", "offered")
    with pytest.raises(Conflict) as moved:
        office.agents.log_in("alice", "202", None, ALICE)
    assert moved.value.code == "agent_busy"


@story
async def test_an_agent_serves_one_queue_or_all(office: AgentsOffice) -> None:
    office.agents.log_out("alice", "sales", ALICE)
    office.calls("c1", queue="sales")
    assert (office.is_("alice"), office.offers) == ("available", [])
    office.agents.log_in("alice", None, "sales", ALICE)
    assert [offer.agent for offer in office.offers] == ["alice"]
    office.handle(acd.CallLeft("c1"))
    office.agents.log_out("alice", "sales", ALICE)
    office.agents.log_out("alice", "support", ALICE)
    assert office.is_("alice") == "logged_out"
    office.agents.log_in("alice", None, "support", ALICE)
    assert office.agents.as_json(office.config.agents[0])["logged_in"] == ["support"]
    with pytest.raises(Invalid, match="does not serve"):
        office.agents.log_in("bob", "202", "support", BOB)


@story
async def test_pauses_have_a_reason_of_the_list_and_a_supervisor_may_set_them(office: AgentsOffice) -> None:
    with pytest.raises(Invalid, match="use one of lunch, training"):
        office.agents.pause("alice", "sleep", ALICE)
    office.agents.pause("alice", "lunch", BOSS)
    assert (office.is_("alice"), office.agents.watch.now("alice").reason) == ("paused", "lunch")
    office.agents.pause("alice", "lunch", BOSS)  # again: nothing new
    office.agents.ready("alice", ALICE)
    assert list(office.changes("alice")) == [
        ("logged_in", "", "system"), ("paused", "lunch", "boss"), ("ready", "", "alice"),
    ]  # fmt: skip


@story
async def test_an_agent_whose_phone_is_away_is_not_available(office: AgentsOffice) -> None:
    office.away.add("201")
    office.check_phones()
    assert office.is_("alice") == "unavailable"
    office.calls("c1", queue="sales")
    assert not office.offers
    with office.agents.seats.engaged("202"):
        office.agents.log_in("bob", "202", None, BOB)
        assert (office.is_("bob"), office.agents.as_json(office.config.agents[1])["reason"]) == (
            "unavailable", "phone is in use",
        )  # fmt: skip
    assert [offer.agent for offer in office.offers] == ["bob"]


@story
async def test_a_direct_call_makes_an_agent_unavailable(office: AgentsOffice) -> None:
    class Talking:
        legs = (type("Leg", (), {"number": "201"})(),)

    office.journal.calls["direct"] = Talking()
    office.check_phones()
    assert office.agents.as_json(office.config.agents[0])["reason"] == "is on another call"
    assert office.is_("alice") == "unavailable"
    del office.journal.calls["direct"]
    office.check_phones()
    assert office.is_("alice") == "available"


@story
async def test_wrap_up_ends_by_itself_or_by_the_agent_or_lasts_longer(office: AgentsOffice) -> None:
    await office.talks("alice", "c1", "support")
    await asyncio.sleep(9)
    assert office.is_("alice") == "wrap_up"
    office.agents.extend_wrap_up("alice", 30)
    await asyncio.sleep(20)
    assert office.is_("alice") == "wrap_up"
    office.agents.ready("alice", ALICE)
    assert office.is_("alice") == "available"
    with pytest.raises(Conflict, match="not in wrap-up"):
        office.agents.extend_wrap_up("alice", 30)


@story
async def test_wrap_up_waits_for_the_code_that_a_queue_requires(office: AgentsOffice) -> None:
    await office.talks("alice", "c1", "sales")
    await asyncio.sleep(300)
    assert office.is_("alice") == "wrap_up"
    for choice in (office.agents.ready, office.agents.log_out):
        with pytest.raises(Conflict) as missing:
            choice("alice", *([None] if choice == office.agents.log_out else []), ALICE)  # type: ignore[operator]
        assert missing.value.code == "disposition_required"
    with pytest.raises(Invalid, match="use one of sale, no_sale"):
        office.agents.code("alice", "solved", None, ALICE)
    office.agents.code("alice", "sale", None, ALICE)
    await asyncio.sleep(0.1)
    assert office.is_("alice") == "available"
    assert office.journal.told == [("coded", {"call": "c1", "agent": "alice", "code": "sale"})]
    assert office.agents.figures.today()["agents"][0]["codes"] == {"sale": 1}


@story
async def test_a_code_given_at_once_leaves_the_rest_of_wrap_up(office: AgentsOffice) -> None:
    await office.talks("alice", "c1", "sales")
    await asyncio.sleep(4)
    office.agents.code("alice", "sale", "c1", ALICE)
    await asyncio.sleep(5)
    assert office.is_("alice") == "wrap_up"
    office.agents.code("alice", "no_sale", "c1", ALICE)  # a change of mind
    await asyncio.sleep(1.1)
    assert office.is_("alice") == "available"


@story
async def test_a_code_may_be_given_during_the_call_and_then_wrap_up_is_the_queues(office: AgentsOffice) -> None:
    office.calls("c1", queue="sales")
    office.handle(acd.Answered("c1", "alice"))
    office.agents.code("alice", "sale", None, ALICE)
    office.handle(acd.TalkEnded("alice", "c1"))
    await asyncio.sleep(9.9)
    assert office.is_("alice") == "wrap_up"
    await asyncio.sleep(0.2)
    assert office.is_("alice") == "available"


@story
async def test_only_the_last_call_gets_a_code(office: AgentsOffice) -> None:
    with pytest.raises(NotFound):
        office.agents.code("alice", "sale", None, ALICE)
    await office.talks("alice", "c1", "support")
    with pytest.raises(NotFound):
        office.agents.code("alice", "solved", "c0", ALICE)


@story
async def test_a_supervisor_gets_an_agent_out_of_a_wrap_up_without_a_code(office: AgentsOffice) -> None:
    await office.talks("alice", "c1", "sales")
    office.agents.pause("alice", "training", BOSS)
    assert office.is_("alice") == "paused"
    office.agents.ready("alice", BOSS)
    assert office.is_("alice") == "available"


@story
async def test_the_figures_of_today_are_live(office: AgentsOffice) -> None:
    await office.talks("alice", "c1", "support", seconds=30)
    await asyncio.sleep(10.1)
    office.agents.pause("alice", "lunch", ALICE)
    await asyncio.sleep(60)
    alice = office.agents.figures.today()["agents"][0]
    assert (alice["calls"], alice["talk_s"], alice["wrap_s"], alice["paused_by_reason"]) == (1, 30, 10, {"lunch": 60})
    assert (alice["unpaid_s"], alice["by_queue"]["sales"]["calls"], alice["by_queue"]["support"]["calls"]) == (60, 0, 1)
    assert {queue["name"]: queue["talk_s"] for queue in office.agents.figures.today()["queues"]} == {
        "sales": 0, "support": 30,
    }  # fmt: skip


@story
async def test_a_miss_counts_and_the_acd_may_pause_whoever_misses(office: AgentsOffice) -> None:
    office.config = office.config.model_copy(
        update={"queues": tuple(queue.model_copy(update={"max_misses": 1}) for queue in office.config.queues)}
    )
    office.open()
    office.calls("c1", queue="support")
    await asyncio.sleep(15)
    office.handle(acd.NotAnswered("c1", "alice", acd.Outcome.NO_ANSWER, "did not answer"))
    assert office.is_("alice") == "paused"
    assert [(change, by) for change, _, by in office.changes("alice")][-1] == ("paused", "system")
    assert office.agents.figures.today()["agents"][0]["missed"] == 1
    assert office.agents.figures.today()["agents"][0]["ring_s"] == 15


def test_a_restart_loses_neither_the_seat_nor_the_day() -> None:
    async def told() -> None:
        before = AgentsOffice()
        before.open()
        before.agents.log_in("bob", "203", None, BOB)
        await before.talks("alice", "c1", "support", seconds=30)
        await asyncio.sleep(20)
        before.agents.pause("alice", "lunch", ALICE)
        await asyncio.sleep(100)
        seen = before.clock().at
        await asyncio.sleep(50)  # the box is off
        after = AgentsOffice()
        last = {
            id: [r for r in before.journal.records() if isinstance(r, AgentChange) and r.agent == id][-1]
            for id in ("alice", "bob")
        }
        after.agents.seats.recall({"bob": "203"})
        after.agents.figures.take_over(before.journal.records(), last, seen)
        kept = {"mode": "paused", "reason": "lunch", "since_at": 0.0, "idle_since_at": 0.0, "misses": 0, "calls": 1,
                "talk_s": 30.0, "logged_out_of": []}  # fmt: skip
        after.handle(acd.Restored({("agent", "alice"): kept}))
        after.open()
        assert (after.is_("alice"), after.agents.seats.of(after.agents.agent("bob"))) == ("paused", "203")
        alice = after.agents.figures.today()["agents"][0]
        assert (alice["calls"], alice["talk_s"], alice["paused_by_reason"]) == (1, 30, {"lunch": 100})
        assert [change for change, _, _ in after.changes("alice")] == [Change.RESTARTED]

    virtual_time.run(told())


@story
async def test_an_agent_who_is_deleted_is_forgotten_and_one_who_is_new_begins(office: AgentsOffice) -> None:
    office.agents.log_in("bob", "202", None, BOB)
    carol = {"id": "carol", "extension": "203", "queues": {"sales": 1}}
    office.config = AgentsOffice(agent=[DOCUMENT["agent"][0], carol]).config
    office.open()
    assert [agent["id"] for agent in office.agents.figures.today()["agents"]] == ["alice", "carol"]
    assert office.is_("carol") == "available"
    with pytest.raises(NotFound):
        office.agents.pause("bob", "lunch", Actor("bob", "api"))


@story
async def test_a_queue_that_is_given_to_an_agent_counts_from_then_on(office: AgentsOffice) -> None:
    office.config = AgentsOffice(agent=[DOCUMENT["agent"][0] | {"queues": {"sales": 1}}]).config
    office.open()
    await asyncio.sleep(10)
    office.config = AgentsOffice().config
    office.open()
    await asyncio.sleep(10)
    shown = office.agents.figures.today()["agents"][0]
    assert {name: queue["logged_in_s"] for name, queue in shown["by_queue"].items()} == {"sales": 20, "support": 10}


@story
async def test_what_agents_are_now_is_kept_for_reports(office: AgentsOffice) -> None:
    office.agents.pause("alice", "lunch", ALICE)
    office.agents.log_in("bob", "202", "sales", BOB)
    stands = {args[0]: tuple(args[1:4]) for name, *args in office.journal.written if name == "stands"}
    assert stands == {"alice": ("paused", "lunch", ("sales", "support")), "bob": ("available", "", ("sales",))}


@story
async def test_wrong_pins_lock_the_log_in_for_a_while(office: AgentsOffice) -> None:
    for _ in range(5):
        assert not office.agents.pins.locked("bob")
        office.agents.pins.wrong("bob")
    assert office.agents.pins.locked("bob")
    assert set(office.journal.alarms) == {"agent_pin:bob"}
    await asyncio.sleep(901)
    office.agents.pins.look()
    assert not office.journal.alarms
