# SPDX-License-Identifier: GPL-2.0-or-later
"""A span counts the same whole or in parts, wherever it is cut."""

from datetime import UTC

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.reports.choice import By, Choice, Of, Office
from firmware.reports.tally import Tally, tallies
from firmware.store.connect import open_for_reading
from tests.reports import october

SINCE, UNTIL = october.when("09-30 00:00"), october.when("11-02 00:00")
NAIVE = {"min_value": SINCE.replace(tzinfo=None), "max_value": UNTIL.replace(tzinfo=None)}
MOMENTS = st.datetimes(**NAIVE, timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(Of), st.sampled_from(By), MOMENTS)
def test_parts_add_up_to_the_whole(folder, of, by, cut):
    db, office = open_for_reading(folder / "history.db"), Office.of(october.DOCUMENT)

    def found(since, until) -> dict[object, Tally]:
        return tallies(db, Choice(since, until, of, by), office) if since < until else {}

    whole, parts = found(SINCE, UNTIL), found(SINCE, cut)
    for key, tally in found(cut, UNTIL).items():
        parts.setdefault(key, Tally()).add(tally)
    assert {key: as_seen(tally) for key, tally in parts.items()} == {k: as_seen(t) for k, t in whole.items()}
    db.close()


def as_seen(tally: Tally) -> tuple[object, ...]:
    """Without outcomes that never came."""
    outcomes = {name: count for name, count in tally.outcomes.items() if count}
    return (tally.count, tally.within, tally.early, tally.answer_ms, tally.longest_ms, tally.talk_ms, outcomes)
