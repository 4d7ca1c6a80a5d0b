# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is asked first, and what is said about the others."""

from __future__ import annotations

from firmware import acd


def office(wrap_up_s: float = 10.0, max_wait_s: float = 300.0) -> acd.AcdState:
    state = acd.AcdState()
    queue = acd.QueueSettings("support", 20, wrap_up_s, max_wait_s)
    agents = [
        acd.AgentSettings("alice", {"support": acd.Membership()}),
        acd.AgentSettings("bob", {"support": acd.Membership()}),
    ]
    state.handle(acd.Configured([queue], agents), 0.0)
    return state


def offers(commands: list[acd.Command]) -> list[tuple[str, str]]:
    return [(c.call, c.agent) for c in commands if isinstance(c, acd.Offer)]


def test_the_agent_who_talked_last_is_asked_last() -> None:
    state = office(wrap_up_s=0)
    assert offers(state.handle(acd.CallJoined("first", "support"), 1.0)) == [("first", "alice")]
    state.handle(acd.Answered("first", "alice"), 2.0)
    state.handle(acd.TalkEnded("alice", "first"), 60.0)
    assert offers(state.handle(acd.CallJoined("second", "support"), 61.0)) == [("second", "bob")]


def test_the_next_in_line_gets_the_agent_whose_wrap_up_ends() -> None:
    state = office()
    for n, agent in enumerate(("alice", "bob")):
        state.handle(acd.CallJoined(f"call{n}", "support"), 1.0)
        state.handle(acd.Answered(f"call{n}", agent), 2.0)
    assert offers(state.handle(acd.CallJoined("waits", "support"), 3.0)) == []
    assert offers(state.handle(acd.TalkEnded("bob", "call1"), 4.0)) == []
    assert state.deadline(4.0) == 14.0
    assert offers(state.handle(acd.Tick(), 14.0)) == [("waits", "bob")]


def test_each_offer_says_why_the_others_were_passed_over() -> None:
    state = office()
    state.handle(acd.AgentSet("alice", acd.AgentMode.PAUSED, "lunch"), 1.0)
    (offer,) = state.handle(acd.CallJoined("call", "support"), 5.0)
    assert isinstance(offer, acd.Offer)
    words = {c.agent: c.reason for c in offer.considered}
    assert words == {"alice": "is paused (lunch)", "bob": "longest idle: idle for 5 s, tier 1"}


def test_a_call_that_nobody_answers_moves_on_and_comes_back() -> None:
    state = office()
    state.handle(acd.CallJoined("call", "support"), 0.0)
    assert offers(state.handle(acd.NotAnswered("call", "alice"), 20.0)) == [("call", "bob")]
    assert offers(state.handle(acd.NotAnswered("call", "bob"), 40.0)) == [("call", "alice")]


def test_who_has_waited_long_enough_overflows_but_not_while_a_phone_rings() -> None:
    state = office(max_wait_s=30)
    state.handle(acd.CallJoined("call", "support"), 0.0)
    assert state.handle(acd.Tick(), 35.0) == []
    state.handle(acd.AgentReachable("bob", "phone is off hook"), 35.0)
    (overflow,) = state.handle(acd.NotAnswered("call", "alice"), 40.0)
    assert isinstance(overflow, acd.Overflow)
    assert state.waiting("call") is None


def test_callers_of_a_deleted_queue_are_not_lost() -> None:
    state = office()
    for id in ("alice", "bob"):
        state.handle(acd.AgentSet(id, acd.AgentMode.LOGGED_OUT), 0.0)
    state.handle(acd.CallJoined("call", "support"), 1.0)
    (overflow,) = state.handle(acd.Configured([], []), 2.0)
    assert overflow == acd.Overflow("call", "support", acd.GaveUp.DELETED)
