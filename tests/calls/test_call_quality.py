# SPDX-License-Identifier: GPL-2.0-or-later
"""How a call sounded: figures of the E-model, what is poor, and a trunk or a line that is an alarm by it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from firmware.calls.quality import Quality, of_blocks, of_packets, opinion, rating, worst
from firmware.core.quality_watch import FEW, LAST, TOO_MANY, QualityWatch
from tests.calls.notebook import Notebook

GOOD, BAD = Quality(4.4), Quality(2.0, loss_percent=20.0)


@pytest.mark.parametrize(
    ("r", "mos"), [(0, 1.0), (50, 2.58), (60, 3.10), (70, 3.60), (80, 4.02), (90, 4.34), (93.2, 4.41)]
)
def test_the_opinion_is_that_of_g107(r: float, mos: float) -> None:
    """Table B.1 of G.107, and its default."""
    assert opinion(r) == pytest.approx(mos, abs=0.006)


def test_loss_and_delay_take_what_the_recommendation_says() -> None:
    assert rating(0, 0) == pytest.approx(93.2)
    assert rating(0.01, 0) == pytest.approx(93.2 - 95 / 26.1)
    assert rating(0, 277.3) == pytest.approx(93.2 - 0.024 * 277.3 - 11)
    assert rating(1, 1000) == 0
    assert [rating(loss / 100, 60) for loss in range(20)] == sorted(
        (rating(x / 100, 60) for x in range(20)), reverse=True
    )


def test_a_clean_call_is_good_and_a_broken_one_is_not() -> None:
    clean, broken = of_packets(5000, 5000, 0.4), of_packets(5000, 4000, 30)
    assert clean
    assert broken
    assert (clean.mos, clean.loss_percent, clean.poor) == (pytest.approx(4.37, abs=0.03), 0, False)
    assert (broken.loss_percent, broken.jitter_ms, broken.poor) == (20, 30, True)


def test_too_short_a_call_says_nothing_and_doubled_packets_are_no_loss() -> None:
    assert of_packets(99, 99, 0) is None
    assert of_blocks(99, 0, 0, None) is None
    doubled = of_packets(500, 900, 0)
    assert doubled
    assert doubled.loss_percent == 0


@pytest.mark.parametrize(
    ("clipped", "echo", "poor"), [(0, None, False), (5, 45.0, False), (20, None, True), (0, 12.0, True)]
)
def test_a_line_that_is_too_loud_or_echoes_is_poor(clipped: int, echo: float | None, poor: bool) -> None:
    quality = of_blocks(1000, 0, clipped, echo)
    assert quality
    assert quality.poor is poor


def test_the_worst_of_all_parties_is_the_calls() -> None:
    one, other = Quality(4.4, 0.1, 9.0, 30.0, 0.0), Quality(4.0, 2.0, 1.0, None, 3.0)
    assert worst(None, one) == one
    assert worst(one, other) == Quality(4.0, 2.0, 9.0, 30.0, 3.0)


class Office:
    """Calls over a trunk and a line end."""

    def __init__(self) -> None:
        self.journal = Notebook()
        self.watch = QualityWatch(cast(Any, self.journal))

    def ends(self, quality: Quality, kind: str = "sip", name: str = "cloud", number: str = "") -> list[str]:
        """Kinds of alarms that stand after it."""
        cdr = SimpleNamespace(trunk="cloud", line="fxo1")
        self.watch.heard(cast(Any, cdr), cast(Any, SimpleNamespace(kind=kind, name=name, number=number)), quality)
        return list(self.journal.alarms)


def test_a_trunk_is_an_alarm_after_several_poor_calls_and_over_after_good_ones() -> None:
    office = Office()
    for _ in range(TOO_MANY - 1):
        assert office.ends(BAD) == []
    assert office.ends(BAD) == ["quality:trunk:cloud"]
    assert "packets are lost" in office.journal.alarms["quality:trunk:cloud"].text
    for _ in range(LAST - FEW):
        last = office.ends(GOOD)
    assert last == []


def test_a_line_is_judged_by_itself_and_a_phone_of_the_house_not_at_all() -> None:
    office = Office()
    loud = Quality(4.4, clipped_percent=9.0)
    for _ in range(LAST):
        office.ends(loud, "analog", "fxs1", "201")
        assert office.ends(loud, "sip", "202", "202") == []
    for _ in range(TOO_MANY):
        found = office.ends(loud, "analog", "fxo1")
    assert found == ["quality:line:fxo1"]
    assert "clipped" in office.journal.alarms["quality:line:fxo1"].text
