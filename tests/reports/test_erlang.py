# SPDX-License-Identifier: GPL-2.0-or-later
"""Erlang's formulas give what published tables and examples have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.reports import erlang

TABLE = [
    # lines, share of calls lost, erlang: the common table of Erlang B (e.g. Westbay Engineers' calculator for 15 lines)
    (1, 0.01, 0.0101), (5, 0.01, 1.361), (10, 0.01, 4.461), (15, 0.01, 8.108), (20, 0.01, 12.03), (30, 0.01, 20.34),
    (100, 0.01, 84.06), (10, 0.001, 3.092), (10, 0.02, 5.084), (20, 0.05, 15.25),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "lost", "traffic"), TABLE)
def test_lines_carry_what_the_tables_say(lines, lost, traffic):
    assert erlang.blocking(traffic, lines) == pytest.approx(lost, rel=0.01)
    assert erlang.lines_needed(traffic * 0.99, lost) == lines
    assert erlang.lines_needed(traffic * 1.01, lost) == lines + 1


def test_the_published_example_of_agents():
    """360 calls in half an hour of 4 minutes each, 55 agents, 15 s: 23.9 %, 8.2 s, 84.6 %."""
    assert erlang.waiting(48, 55) == pytest.approx(0.239, abs=0.0005)
    assert erlang.answer_s(48, 55, 240) == pytest.approx(8.18, abs=0.01)
    assert erlang.service_level(48, 55, 240, 15) == pytest.approx(0.846, abs=0.0005)


def test_too_few_agents_never_catch_up():
    assert erlang.waiting(5, 5) == 1
    assert erlang.answer_s(5, 5, 60) is None
    assert erlang.service_level(5, 4, 60, 20) == 0


def test_nobody_is_needed_for_nothing():
    assert (erlang.lines_needed(0), erlang.agents_needed(0, 0, 20)) == (0, 0)


@given(st.floats(0.01, 200), st.floats(1, 1000), st.floats(1, 120), st.floats(0.5, 0.99))
def test_the_agents_needed_are_enough_and_one_less_is_not(traffic, handle_s, threshold_s, wanted):
    agents = erlang.agents_needed(traffic, handle_s, threshold_s, wanted)
    assert erlang.service_level(traffic, agents, handle_s, threshold_s) >= wanted
    assert agents - 1 <= traffic or erlang.service_level(traffic, agents - 1, handle_s, threshold_s) < wanted
