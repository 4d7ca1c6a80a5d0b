# SPDX-License-Identifier: GPL-2.0-or-later
"""The access from outside stays closed for an hour to who guesses its PIN, whatever happens to the box meanwhile."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

from notebook import Notebook

from firmware import times
from firmware.calls.disa import CLOSED_S, MOST_WRONG, DisaDoor
from firmware.calls.journal import DISA


def door(journal: Notebook) -> DisaDoor:
    return DisaDoor(cast(Any, SimpleNamespace(journal=journal)))


def test_who_guesses_closes_it_also_for_the_next_core() -> None:
    journal = Notebook()
    first = door(journal)
    for _ in range(MOST_WRONG):
        assert not first.closed("door")
        first._guessed("door")
    assert first.closed("door")
    assert door(journal).closed("door")
    assert not door(journal).closed("another")


def test_after_an_hour_it_is_open_and_the_alarm_is_over() -> None:
    journal = Notebook()
    journal.stands(DISA + "door", times.now() - timedelta(seconds=CLOSED_S + 1))
    guarded = door(journal)
    guarded.look()
    assert not journal.alarms
    assert not guarded.closed("door")
