# SPDX-License-Identifier: GPL-2.0-or-later
"""Supervisors move, order, assign and take callers who wait. docs/queues.md says what it should be."""

from __future__ import annotations

import pytest
from acd_office import AcdOffice

from firmware import acd
from firmware.acd.by_hand import BY_HAND

BOTH = {"alice": {"support": 1}, "bob": {"sales": 1}}


def line(office: AcdOffice, queue: str = "support") -> list[str]:
    """Who stands in it, first in line first."""
    return [place.call for place in office.state.queues[queue].waiting]


def waiting(office: AcdOffice, calls: int = 3) -> None:
    """So many callers, ten seconds after each other, and nobody free."""
    office.busy(*(agent.id for agent in office.agents))
    for n in range(calls):
        office.at(10.0 * n)
        office.joins(f"call{n}")


@pytest.mark.parametrize(("keep_wait", "position", "waited_s"), [(True, 1, 20.0), (False, 2, 0.0)])
def test_who_is_moved_stands_there_with_his_wait_or_behind_everybody(
    keep_wait: bool, position: int, waited_s: float
) -> None:
    office = AcdOffice(BOTH, queues={"sales": {}})
    waiting(office)
    office.joins("there", "sales")
    office.tell(acd.Moved("call0", "sales", keep_wait))
    place = office.state.waiting("call0")
    assert place
    assert (place.queue, office.state.position("call0"), place.waited(office.now)) == ("sales", position, waited_s)
    assert line(office) == ["call1", "call2"]
    assert office.free("bob") == [("call0" if keep_wait else "there", "bob")]


def test_who_is_moved_while_a_phone_rings_rings_elsewhere_and_the_agent_has_the_next_caller() -> None:
    office = AcdOffice(BOTH, queues={"sales": {}})
    office.joins("call0")
    office.joins("call1")
    commands = office.tell(acd.Moved("call0", "sales"))
    assert [(c.call, c.agent) for c in commands if isinstance(c, acd.Withdraw)] == [("call0", "alice")]
    assert sorted(office.offers()) == [("call0", "bob"), ("call1", "alice")]


@pytest.mark.parametrize(
    ("sales", "why"),
    [({"max_callers": 1}, acd.GaveUp.FULL), ({"join_while": acd.Presence.FREE}, acd.GaveUp.EMPTY)],
)
def test_a_queue_that_is_full_or_closed_takes_nobody_and_the_caller_stays_where_he_is(
    sales: dict[str, object], why: acd.GaveUp
) -> None:
    office = AcdOffice(BOTH, queues={"sales": sales})
    waiting(office)
    office.tell(acd.CallJoined("there", "sales"))
    assert office.state.why_not_move("call0", "sales") is why
    assert office.state.why_not_move("call0", "nowhere") is acd.GaveUp.DELETED
    assert office.tell(acd.Moved("call0", "sales")) == office.tell(acd.Moved("call0", "nowhere")) == []
    assert line(office) == ["call0", "call1", "call2"]


def test_the_other_queues_own_limit_of_waiting_counts_from_the_move_on() -> None:
    office = AcdOffice(BOTH, queues={"sales": {"max_wait_s": 30.0}}, max_wait_s=60.0)
    waiting(office, 1)
    office.at(50.0)
    office.tell(acd.Moved("call0", "sales"))
    office.at(79.0)
    assert line(office, "sales") == ["call0"]
    office.at(81.0)
    assert line(office, "sales") == []


def test_points_of_priority_by_hand_change_the_place_in_line_and_back() -> None:
    office = AcdOffice(BOTH, queues={"sales": {}})
    waiting(office)
    office.tell(acd.PrioritySet("call2", 1))
    assert line(office) == ["call2", "call0", "call1"]
    office.tell(acd.PrioritySet("call2", 0))
    assert line(office) == ["call0", "call1", "call2"]
    office.tell(acd.PrioritySet("call0", -1))
    assert line(office) == ["call1", "call2", "call0"]


def test_who_was_put_in_front_last_is_first() -> None:
    office = AcdOffice(BOTH, queues={"sales": {}})
    waiting(office)
    for call in ("call2", "call1", "call1"):
        office.tell(acd.ToFront(call))
    assert line(office) == ["call1", "call2", "call0"]
    assert office.free("alice") == [("call1", "alice")]


def test_what_rings_goes_on_ringing_when_the_line_is_put_in_another_order() -> None:
    office = AcdOffice(BOTH, queues={"sales": {}})
    office.joins("call0")
    office.joins("call1")
    for event in (acd.ToFront("call1"), acd.PrioritySet("call0", -3)):
        assert office.tell(event) == []
    assert line(office) == ["call1", "call0"]
    assert office.takes("call0", "alice") == [("call1", "alice")]


def test_the_agent_who_was_chosen_by_hand_has_the_call_whoever_stands_before_it() -> None:
    office = AcdOffice({"alice": {"support": 1}, "bob": {"support": 2}}, tier_delay_s=100.0)
    office.busy("alice")
    office.joins("call0")
    office.joins("call1", required={"german": 9})
    office.tell(acd.Assigned("call1", "bob"))
    assert office.offers() == [("call1", "bob")]
    assert office.words() == {"alice": "somebody else was chosen by hand", "bob": "chosen by hand"}
    office.tell(acd.NotAnswered("call1", "bob"))
    assert line(office) == ["call0", "call1"], "nobody lost a place"


def test_when_all_phones_ring_the_others_stop_and_do_not_ring_again_for_it() -> None:
    office = AcdOffice({id: {"support": 1} for id in ("alice", "bob", "carol")}, strategy=acd.Strategy.RING_ALL)
    office.joins("call0")
    commands = office.tell(acd.Assigned("call0", "bob"))
    assert [(c.agent, c.reason) for c in commands if isinstance(c, acd.Withdraw)] == [
        ("alice", BY_HAND),
        ("carol", BY_HAND),
    ]
    assert office.offers() == []
    assert sorted(office.joins("call1")) == [("call1", "alice"), ("call1", "carol")]
    office.tell(acd.NotAnswered("call0", "bob"))
    assert office.state.waiting("call0")
    office.tell(acd.CallLeft("call1"))
    assert {agent for call, agent in office.offers() if call == "call0"} >= {"alice", "carol"}, "rings everywhere again"


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (acd.AgentSet("bob", acd.AgentMode.PAUSED, "lunch"), "is paused (lunch)"),
        (acd.AgentSet("bob", acd.AgentMode.LOGGED_OUT), "is logged out"),
        (acd.QueueLogin("bob", "support", False), "is logged out of this queue"),
        (acd.AgentReachable("bob", "phone is off hook"), "phone is off hook"),
        (acd.CallJoined("other", "sales"), "is being offered another call"),
    ],
)
def test_an_agent_who_cannot_take_it_is_not_rung_and_why_is_said(event: acd.Event, why: str) -> None:
    office = AcdOffice({"alice": {"support": 1}, "bob": {"support": 1, "sales": 1}}, queues={"sales": {}})
    office.busy("alice")
    office.tell(event)
    office.busy(*([] if office.offers() else ["alice"]))
    office.joins("call0")
    if office.state.waiting("call0").offered_to:  # type: ignore[union-attr]
        office.tell(acd.NotAnswered("call0", "bob"))
    assert office.state.why_not_assign("call0", "bob") == why
    assert office.tell(acd.Assigned("call0", "bob")) == []
    assert office.state.why_not_assign("call0", "alice") == "phone is off hook"


def test_who_is_taken_past_the_agents_waits_no_more_and_no_phone_rings() -> None:
    office = AcdOffice(BOTH, queues={"sales": {}})
    office.joins("call0")
    office.joins("call1")
    commands = office.tell(acd.PickedUp("call0"))
    assert [(c.call, c.agent) for c in commands if isinstance(c, acd.Withdraw)] == [("call0", "alice")]
    assert office.offers() == [("call1", "alice")]
    assert line(office) == ["call1"]


@pytest.mark.parametrize(
    "event",
    [
        acd.Moved("gone", "sales"),
        acd.PrioritySet("gone", 5),
        acd.ToFront("gone"),
        acd.Assigned("gone", "alice"),
        acd.PickedUp("gone"),
    ],
)
def test_nothing_happens_for_who_has_just_hung_up(event: acd.Event) -> None:
    office = AcdOffice(BOTH, queues={"sales": {}})
    waiting(office)
    office.joins("gone")
    office.tell(acd.CallLeft("gone"))
    assert office.tell(event) == []
    assert line(office) == ["call0", "call1", "call2"]
