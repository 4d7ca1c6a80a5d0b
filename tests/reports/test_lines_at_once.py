# SPDX-License-Identifier: GPL-2.0-or-later
"""The most calls at one moment, against looking at every moment."""

from hypothesis import given
from hypothesis import strategies as st

from firmware.reports.lines import _carried, _most_at_once

CALLS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)).map(lambda c: (c[0], c[0] + c[1])), max_size=20)


@given(st.lists(CALLS, max_size=3), st.integers(0, 20), st.integers(21, 60))
def test_the_most_at_once_is_that_of_the_fullest_moment(lines, since, until):
    used = {str(n): sorted(calls) for n, calls in enumerate(lines)}
    moments = [
        sum(1 for calls in lines for began, ended in calls if began <= at < ended and ended > since)
        for at in range(0, until)
    ]
    begins = {began for calls in lines for began, ended in calls if began < until and ended > since}
    assert _most_at_once(used, since, until) == max((moments[at] for at in begins), default=0)


@given(CALLS, st.integers(0, 20), st.integers(21, 60))
def test_a_line_is_busy_for_what_lies_within_the_span(calls, since, until):
    group = _carried(sorted(calls), since, until)
    assert group.busy_ms == sum(max(0, min(ended, until) - max(began, since)) for began, ended in calls)
    assert sum(group.hours.values()) == group.busy_ms
