# SPDX-License-Identifier: GPL-2.0-or-later
"""The wait that callers are told: by hand where it can be, and against simulated days."""

import pytest

from firmware.acd import (
    AcdState,
    AgentMode,
    AgentSet,
    AgentSettings,
    Answered,
    CallJoined,
    CallLeft,
    Configured,
    Membership,
    QueueSettings,
    Restored,
    TalkEnded,
)
from firmware.acd.estimate import PRIOR_HANDLE_S, Pace, expected_wait_s
from hil.benches import waits


def test_patient_callers_wait_for_one_agent_to_become_free_after_another() -> None:
    assert expected_wait_s(0, agents=3, handle_s=180) == pytest.approx(60)
    assert expected_wait_s(4, agents=3, handle_s=180) == pytest.approx(300)


def test_whoever_may_give_up_shortens_the_wait_of_those_behind() -> None:
    rate = 1 / 60
    by_hand = 60 + 1 / (rate + 0.001) + 1 / (rate + 0.002)
    assert expected_wait_s(2, agents=3, handle_s=180, give_up_per_s=0.001) == pytest.approx(by_hand)


def test_without_agents_nothing_can_be_said() -> None:
    assert expected_wait_s(1, agents=0, handle_s=180) is None


def test_a_new_queue_begins_with_three_minutes_and_learns() -> None:
    pace = Pace()
    assert pace.handle_s == PRIOR_HANDLE_S
    for _ in range(300):
        pace.call_handled(60)
        pace.call_waited(50, gave_up=False)
        pace.call_waited(50, gave_up=True)
    assert pace.handle_s == pytest.approx(60, rel=0.02)
    assert pace.give_up_per_s == pytest.approx(1 / 100, rel=0.02)
    for _ in range(120):
        pace.call_handled(240)
    assert pace.handle_s > 200  # what was usual in the morning is forgotten by noon


def floor(**agents: list[str]) -> AcdState:
    """Queues a and b, and agents with their queues, all on a call."""
    state = AcdState()
    members = [AgentSettings(id, {name: Membership() for name in queues}) for id, queues in agents.items()]
    state.handle(Configured([QueueSettings("a", wrap_up_s=0), QueueSettings("b", wrap_up_s=0)], members), 0)
    for agent, queues in agents.items():
        state.handle(CallJoined(f"of {agent}", queues[0]), 0)
        state.handle(Answered(f"of {agent}", agent), 0)
    return state


def test_an_agent_with_two_queues_counts_as_the_share_that_waits_in_this_one() -> None:
    state = floor(anna=["a"], bob=["a", "b"])
    for call, queue in (("1", "a"), ("2", "a"), ("3", "a"), ("4", "b")):
        state.handle(CallJoined(call, queue), 0)
    assert state.position("3") == 3
    assert state.expected_wait("3") == pytest.approx(3 * PRIOR_HANDLE_S / 1.75)
    assert state.expected_wait("4") == pytest.approx(PRIOR_HANDLE_S / 0.25)
    assert state.expected_wait("nobody") is None


def test_who_is_on_a_pause_serves_nobody_and_a_free_agent_means_no_wait() -> None:
    state = floor(anna=["a"], bob=["b"])
    state.handle(CallJoined("1", "a"), 0)
    state.handle(AgentSet("anna", AgentMode.PAUSED), 0)
    assert state.expected_wait("1") is None
    assert state.expected_wait_of("a") is None
    state.handle(TalkEnded("bob", "of bob"), 100)
    assert state.expected_wait_of("b") == 0


def test_what_a_queue_learnt_outlives_a_restart() -> None:
    state = floor(anna=["a"])
    state.handle(CallJoined("1", "a"), 0)
    state.handle(CallLeft("1"), 50)
    state.handle(TalkEnded("anna", "of anna"), 60)
    pace = state.queues["a"].pace
    assert (pace.handled, pace.gave_up) == (pytest.approx(5, abs=1), 1)
    kept = {(item.kind, item.id): item.data for item in state.take_changes().kept if item.data}
    again = AcdState()
    again.handle(Restored(kept), 0)
    again.handle(Configured([QueueSettings("a")], []), 0)
    assert again.queues["a"].pace == pace


@pytest.mark.parametrize("agents", [3, 10])
def test_over_simulated_days_it_is_nearer_than_the_wait_of_the_last_caller(agents: int) -> None:
    told = waits.office(agents, days=8, seed=7)
    ours, theirs = told["tipring"], told["last_answered"]
    assert ours["mean_error_s"] < 0.8 * theirs["mean_error_s"]
    assert ours["within"] > theirs["within"]
    assert abs(ours["bias_s"]) < abs(theirs["bias_s"])
    assert told == waits.office(agents, days=8, seed=7)
