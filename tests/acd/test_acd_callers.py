# SPDX-License-Identifier: GPL-2.0-or-later
"""Which call comes first, who may wait, and what becomes of the others. docs/queues.md says what it should be."""

from __future__ import annotations

import pytest
from acd_office import AcdOffice

from firmware import acd

ONE = {"alice": {"support": 1}}
TWO_QUEUES = {"alice": {"support": acd.Membership(1, 1.0), "sales": acd.Membership(1, 3.0)}}


def order(office: AcdOffice, calls: int) -> list[str]:
    """In which order alice gets them."""
    found = []
    office.free("alice")
    for _ in range(calls):
        ((call, agent),) = office.offers()
        office.takes(call, agent, 1.0)
        found.append(call)
    return found


def test_a_point_of_priority_is_worth_a_minute_of_waiting() -> None:
    office = AcdOffice(ONE)
    office.busy("alice")
    for call, at, priority in (("old", 0.0, 0), ("important", 50.0, 1), ("late", 70.0, 1), ("new", 80.0, 0)):
        office.at(at)
        office.joins(call, priority=priority)
    assert [office.state.position(call) for call in ("important", "old", "late", "new")] == [1, 2, 3, 4]
    assert order(office, 4) == ["important", "old", "late", "new"]


def test_the_agents_weight_for_a_queue_decides_between_queues() -> None:
    office = AcdOffice(TWO_QUEUES, queues={"sales": {}})
    office.busy("alice")
    office.joins("support1")
    office.at(40.0)
    office.joins("sales1", "sales")
    office.at(55.0)
    assert order(office, 1) == ["support1"], "55 s outweigh 3 x 15 s"
    office.busy("alice")
    office.tell(acd.CallLeft("sales1"))
    office.joins("support2")
    office.at(office.now + 10)
    office.joins("sales2", "sales")
    office.at(office.now + 10)
    assert order(office, 2) == ["sales2", "support2"], "3 x 10 s outweigh 20 s"


def test_who_is_cut_off_and_calls_again_within_a_minute_has_the_old_place() -> None:
    office = AcdOffice(ONE)
    office.busy("alice")
    for number, caller in enumerate(("5551", "5552", "5553")):
        office.at(10.0 * number)
        office.joins(f"call{number}", caller=caller)
    office.tell(acd.CallLeft("call1"))
    office.at(79.0)
    office.joins("again", caller="5552")
    assert office.state.position("again") == 2
    place = office.state.waiting("again")
    assert place
    assert place.waited(office.now) == 69.0
    office.tell(acd.CallLeft("again"))
    office.at(140.0)
    office.joins("too late", caller="5552")
    assert office.state.position("too late") == 3


def test_who_leaves_for_something_else_has_no_old_place() -> None:
    office = AcdOffice(ONE)
    office.busy("alice")
    office.joins("call0", caller="5551")
    office.joins("call1", caller="5552")
    office.tell(acd.CallLeft("call0", dropped=False))
    office.joins("again", caller="5551")
    assert office.state.position("again") == 2


def test_a_call_back_keeps_the_place_and_waits_without_limit() -> None:
    office = AcdOffice(ONE, max_wait_s=60.0)
    office.busy("alice")
    office.joins("first")
    office.at(10.0)
    office.joins("second")
    office.tell(acd.PlaceKept("first", "call back"))
    assert (office.state.position("call back"), office.state.waiting("first")) == (1, None)
    office.at(500.0)
    assert office.state.waiting("second") is None
    office.free("alice")
    (offer,) = office.last
    assert isinstance(offer, acd.Offer)
    assert (offer.call, offer.callback, offer.waited_s) == ("call back", True, 500.0)


def test_a_call_back_for_a_set_time_sleeps_until_then_and_is_first() -> None:
    office = AcdOffice(ONE, max_wait_s=900.0)
    office.joins("later", callback=True, due_at=3600.0)
    assert office.offers() == []
    office.busy("alice")
    office.at(3000.0)
    office.joins("caller")
    office.at(3599.0)
    assert office.state.position("later") is None
    office.at(3600.0)
    assert (office.state.position("later"), office.state.position("caller")) == (1, 2)


def test_a_full_queue_takes_nobody_more_but_call_backs() -> None:
    office = AcdOffice(ONE, max_callers=1)
    office.busy("alice")
    office.joins("one")
    office.joins("two")
    assert office.gave_up() == [("two", "full")]
    office.joins("back", callback=True)
    assert office.gave_up() == []


@pytest.mark.parametrize(
    ("wanted", "state", "joins"),
    [
        (acd.Presence.LOGGED_IN, acd.AgentMode.PAUSED, True),
        (acd.Presence.WORKING, acd.AgentMode.PAUSED, False),
        (acd.Presence.LOGGED_IN, acd.AgentMode.LOGGED_OUT, False),
        (acd.Presence.ALWAYS, acd.AgentMode.LOGGED_OUT, True),
    ],
)
def test_callers_join_while_agents_are_as_they_should(wanted: acd.Presence, state: acd.AgentMode, joins: bool) -> None:
    office = AcdOffice(ONE, join_while=wanted)
    office.tell(acd.AgentSet("alice", state))
    office.joins("call")
    assert office.gave_up() == ([] if joins else [("call", "empty")])


def test_callers_go_when_the_last_agent_has_been_gone_for_a_while() -> None:
    office = AcdOffice(ONE, stay_while=acd.Presence.LOGGED_IN, empty_after_s=10.0)
    office.busy("alice")
    office.joins("call")
    office.tell(acd.AgentSet("alice", acd.AgentMode.LOGGED_OUT))
    office.at(9.0)
    office.tell(acd.AgentSet("alice", acd.AgentMode.PAUSED))
    office.at(60.0)
    assert office.state.waiting("call"), "somebody came back in time"
    office.tell(acd.AgentSet("alice", acd.AgentMode.LOGGED_OUT))
    office.at(70.0)
    assert office.gave_up() == [("call", "empty")]


@pytest.mark.parametrize(
    ("outcome", "back_at"), [(acd.Outcome.NO_ANSWER, 10), (acd.Outcome.REJECTED, 20), (acd.Outcome.BUSY, 40)]
)
def test_an_agent_is_left_alone_after_an_offer_that_came_to_nothing(outcome: acd.Outcome, back_at: float) -> None:
    office = AcdOffice(ONE, no_answer_delay_s=10.0, reject_delay_s=20.0, busy_delay_s=40.0)
    office.joins("call")
    office.tell(acd.NotAnswered("call", "alice", outcome))
    assert office.at(back_at - 0.1) == []
    assert office.at(back_at) == [("call", "alice")]


def test_missed_calls_in_a_row_pause_the_agent_and_the_call_goes_on() -> None:
    office = AcdOffice({"alice": {"support": 1}, "bob": {"support": 2}}, max_misses=2, no_answer_delay_s=0.0)
    office.joins("call")
    office.tell(acd.NotAnswered("call", "alice"))
    assert office.offers() == [("call", "alice")]
    office.tell(acd.NotAnswered("call", "alice"))
    assert acd.AgentPaused("call", "alice", 2) in office.last
    assert office.offers() == [("call", "bob")]
    assert office.words()["alice"] == "is paused (did not answer)"


def test_wrap_up_can_be_longer_and_shorter() -> None:
    office = AcdOffice(ONE, wrap_up_s=10.0)
    office.joins("call")
    office.takes("call", "alice", 5.0)
    office.tell(acd.WrapUpExtended("alice", 60.0))
    office.joins("next")
    assert office.at(70.0) == []
    office.tell(acd.WrapUpEnded("alice"))
    assert office.offers() == [("next", "alice")]


def test_an_agent_may_leave_one_queue_and_serve_the_other() -> None:
    office = AcdOffice(TWO_QUEUES, queues={"sales": {}})
    office.tell(acd.QueueLogin("alice", "sales", logged_in=False))
    assert office.joins("sales1", "sales") == []
    assert office.joins("support1") == [("support1", "alice")]
    office.takes("support1", "alice")
    office.tell(acd.QueueLogin("alice", "sales", logged_in=True))
    assert office.offers() == [("sales1", "alice")]
