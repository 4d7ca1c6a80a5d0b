# SPDX-License-Identifier: GPL-2.0-or-later
"""The most calls at one moment, against looking at every moment."""

from hypothesis import given
from hypothesis import strategies as st

from firmware.reports.lines import Calls, _carried, _most_at_once

CALLS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)).map(lambda c: (c[0], c[0] + c[1])), max_size=20)


@given(CALLS)
def test_the_most_at_once_is_that_of_the_fullest_moment(calls):
    moments = [sum(1 for began, ended in calls if began <= at < ended) for at in range(61)]
    assert _most_at_once([Calls(*map(list, zip(*calls, strict=True)))]) == max(moments)


@given(CALLS, st.integers(0, 20), st.integers(21, 60))
def test_a_line_is_busy_for_what_lies_within_the_span(calls, since, until):
    within = [(began, ended) for began, ended in calls if began < until and ended > since]
    group = _carried(Calls(*map(list, zip(*within, strict=True))), since, until)
    assert group.busy_ms == sum(min(ended, until) - max(began, since) for began, ended in within)
    assert sum(group.hours.values()) == group.busy_ms
