# SPDX-License-Identifier: GPL-2.0-or-later
"""The wait that callers are told: by hand where it can be, and against simulated days."""

import pytest

from firmware.acd.estimate import PRIOR_HANDLE_S, Pace, agents_for, expected_wait_s
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


def test_an_agent_with_two_queues_counts_as_the_share_that_waits_in_this_one() -> None:
    both, own = frozenset(("sales", "support")), frozenset(("support",))
    assert agents_for("support", {"support": 3, "sales": 1}, [both, own]) == pytest.approx(1.75)
    assert agents_for("support", {}, [both, own]) == 2


@pytest.mark.parametrize("agents", [3, 10])
def test_over_simulated_days_it_is_nearer_than_the_wait_of_the_last_caller(agents: int) -> None:
    told = waits.office(agents, days=8, seed=7)
    ours, theirs = told["tipring"], told["last_answered"]
    assert ours["mean_error_s"] < 0.8 * theirs["mean_error_s"]
    assert ours["within"] > theirs["within"]
    assert abs(ours["bias_s"]) < abs(theirs["bias_s"])
    assert told == waits.office(agents, days=8, seed=7)
