# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is asked: each strategy, tiers, skills. docs/queues.md says what it should be."""

from __future__ import annotations

from collections import Counter

import pytest
from acd_office import AcdOffice

from firmware import acd

THREE = {"alice": {"support": 1}, "bob": {"support": 1}, "carol": {"support": 1}}


def asked(office: AcdOffice, calls: int, talk_s: float = 10.0) -> list[str]:
    """Who is asked for one call after another, each taken and talked."""
    found = []
    for number in range(calls):
        ((call, agent),) = office.joins(f"call{number}")
        office.takes(call, agent, talk_s)
        office.at(office.now + 1)
        found.append(agent)
    return found


def test_in_turn_goes_on_after_who_was_asked_last_whether_or_not_that_one_answered() -> None:
    office = AcdOffice(THREE, strategy=acd.Strategy.ROUND_ROBIN)
    assert asked(office, 4) == ["alice", "bob", "carol", "alice"]
    assert office.joins("missed") == [("missed", "bob")]
    office.tell(acd.NotAnswered("missed", "bob"))
    assert office.offers() == [("missed", "carol")]
    assert office.words()["alice"] == "later in turn: tier 1"
    assert office.words()["bob"] == "did not answer the last offer"


def test_whose_turn_it_is_outlives_a_restart() -> None:
    office = AcdOffice(THREE, strategy=acd.Strategy.ROUND_ROBIN)
    asked(office, 2)
    kept = {(item.kind, item.id): item.data for item in office.state.take_changes().kept if item.data is not None}
    after = acd.AcdState()
    after.handle(acd.Restored(kept), 0.0)
    after.handle(acd.Configured(office.queues, office.agents), 0.0)
    (offer,) = after.handle(acd.CallJoined("call", "support"), 1.0)
    assert isinstance(offer, acd.Offer)
    assert offer.agent == "carol"


def test_always_in_the_same_order() -> None:
    office = AcdOffice(THREE, strategy=acd.Strategy.LINEAR)
    assert asked(office, 3) == ["alice"] * 3
    office.busy("alice")
    assert office.joins("call") == [("call", "bob")]
    assert office.words() == {
        "bob": "first in order: place 2, tier 1", "carol": "later in order: place 3, tier 1",
        "alice": "phone is off hook",
    }  # fmt: skip


def test_who_has_taken_the_fewest_calls_today() -> None:
    office = AcdOffice(THREE, strategy=acd.Strategy.FEWEST_CALLS)
    office.busy("carol")
    assert Counter(asked(office, 4)) == {"alice": 2, "bob": 2}
    office.free("carol")
    assert asked(office, 2) == ["carol", "carol"], "who came later takes the next ones"
    office.tell(acd.DayBegan())
    office.joins("tomorrow")
    assert office.words()["carol"] == "later in line: 0 calls today, tier 1"


def test_who_has_talked_the_least_today() -> None:
    office = AcdOffice(THREE, strategy=acd.Strategy.LEAST_TALK)
    for agent, talk_s in (("alice", 300.0), ("bob", 10.0), ("carol", 60.0)):
        ((call, found),) = office.joins(agent)
        assert found == agent
        office.takes(call, agent, talk_s)
    assert office.joins("next") == [("next", "bob")]
    assert office.words()["alice"] == "later in line: 300 s of talk today, tier 1"


def test_by_lot_with_weights_and_the_same_seed_draws_the_same() -> None:
    agents = {"alice": {"support": acd.Membership(1, 3.0)}, "bob": {"support": acd.Membership(1, 1.0)}}
    drawn = asked(AcdOffice(agents, strategy=acd.Strategy.RANDOM, seed=7), 800)
    assert drawn == asked(AcdOffice(agents, strategy=acd.Strategy.RANDOM, seed=7), 800)
    assert drawn.count("alice") / 800 == pytest.approx(0.75, abs=0.05)


def test_all_phones_ring_and_the_first_has_the_call() -> None:
    office = AcdOffice(THREE, strategy=acd.Strategy.RING_ALL)
    assert office.joins("call") == [("call", "alice"), ("call", "bob"), ("call", "carol")]
    office.tell(acd.Answered("call", "bob"))
    assert {(c.call, c.agent) for c in office.last if isinstance(c, acd.Withdraw)} == {
        ("call", "alice"),
        ("call", "carol"),
    }
    office.tell(acd.Answered("call", "carol"))
    assert office.last == [acd.Withdraw("call", "carol", "somebody was faster, or the caller left")]
    assert office.state.agents["carol"].state(office.now) == acd.AgentState.AVAILABLE


def test_who_becomes_free_while_all_ring_takes_the_next_caller_or_rings_along() -> None:
    office = AcdOffice(THREE, strategy=acd.Strategy.RING_ALL)
    office.busy("carol")
    office.joins("first")
    assert office.joins("second") == []
    assert office.free("carol") == [("second", "carol")]
    office.tell(acd.CallLeft("second"))
    assert office.offers() == [("first", "carol")]


def test_several_callers_are_offered_at_once() -> None:
    office = AcdOffice(THREE)
    assert [office.joins(f"call{n}") for n in range(4)] == [
        [("call0", "alice")], [("call1", "bob")], [("call2", "carol")], [],
    ]  # fmt: skip


def test_a_higher_tier_is_asked_when_nobody_of_a_lower_one_is_free() -> None:
    office = AcdOffice({"alice": {"support": 1}, "bob": {"support": 2}})
    assert [office.joins("one"), office.joins("two")] == [[("one", "alice")], [("two", "bob")]]


def test_a_tier_with_a_delay_is_asked_only_after_it() -> None:
    agents = {"alice": {"support": 1}, "bob": {"support": 2}, "carol": {"support": 3}}
    office = AcdOffice(agents, tier_delay_s=15.0)
    office.busy("alice")
    assert office.joins("call") == []
    assert office.at(14.9) == []
    assert office.at(15.0) == [("call", "bob")]
    office.tell(acd.NotAnswered("call", "bob", acd.Outcome.REJECTED))
    assert office.at(19.0) == []
    assert office.at(20.1) == [("call", "bob")]
    assert office.words()["carol"] == "tier 3 is asked after 10 s more"


def test_a_tier_in_which_nobody_is_logged_in_is_not_waited_for() -> None:
    office = AcdOffice({"alice": {"support": 1}, "bob": {"support": 2}}, tier_delay_s=15.0)
    office.busy("alice")
    assert office.joins("call") == []
    office.tell(acd.AgentSet("alice", acd.AgentMode.LOGGED_OUT))
    assert office.offers() == [("call", "bob")]


def test_the_next_tier_rings_beside_the_first_one() -> None:
    agents = {"alice": {"support": 1}, "bob": {"support": 2}}
    office = AcdOffice(agents, strategy=acd.Strategy.RING_ALL, tier_delay_s=10.0)
    assert office.joins("call") == [("call", "alice")]
    assert office.at(10.0) == [("call", "bob")]


def test_who_lacks_a_skill_is_not_asked_until_less_is_required() -> None:
    office = AcdOffice(
        {"alice": {"support": 1}, "bob": {"support": 1}}, skills={"alice": {"german": 2}}, required={"german": 4},
        relax_s=30.0,
    )  # fmt: skip
    assert office.joins("call") == []
    assert office.at(59.0) == []
    assert office.at(60.0) == [("call", "alice")]
    assert office.words()["bob"] == "german at level 0, this caller needs 2"


def test_a_caller_may_need_more_than_the_queue() -> None:
    skills = {"alice": {"german": 5}, "bob": {"german": 5, "billing": 3}}
    office = AcdOffice({"alice": {"support": 1}, "bob": {"support": 1}}, skills=skills, required={"german": 5})
    assert office.joins("call", required={"billing": 3}) == [("call", "bob")]


def test_the_best_fit_is_asked_first() -> None:
    skills = {"alice": {"german": 9}, "bob": {"german": 5, "billing": 4}}
    office = AcdOffice(
        THREE, skills=skills, strategy=acd.Strategy.SKILLS, required={"german": 5}, preferred={"billing": 2}
    )
    assert office.joins("call") == [("call", "bob")]
    assert office.words() == {
        "bob": "fits best: 13 points, tier 1", "alice": "fits less: 9 points, tier 1",
        "carol": "german at level 0, this caller needs 5",
    }  # fmt: skip
