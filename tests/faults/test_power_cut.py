# SPDX-License-Identifier: GPL-2.0-or-later
"""The power is cut at a few seeded operations on files; `tipring bench power_cut` does it at two hundred."""

from __future__ import annotations

from pathlib import Path

import pytest

from hil.benches.power_cut import cut

POINTS, SEED, FURTHEST = 4, 5, 200
MOST_S = 1.0  # of sound that a cut may take


@pytest.mark.timeout(150)
async def test_nothing_that_anybody_saw_is_lost_and_recordings_play_up_to_the_last_second(tmp_path: Path) -> None:
    figures = await cut(POINTS, SEED, tmp_path, FURTHEST)
    assert figures["points"] == POINTS
    assert figures["acknowledged_and_lost"] == []
    assert figures["databases_broken"] == []
    assert figures["acknowledged_calls"] > 0
    assert figures["recordings_playable"] > 0
    assert figures["sound_lost_s"]["max"] <= MOST_S
