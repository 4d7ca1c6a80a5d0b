# SPDX-License-Identifier: GPL-2.0-or-later
"""The power of a machine is cut a few times; `tipring bench machine_cuts` does it two hundred times."""

from __future__ import annotations

import pytest

from hil.appliance.cuts import cut
from hil.kernel.steps import Unavailable, say

CUTS, SEED = 4, 9


@pytest.mark.timeout(1500)
def test_nothing_that_a_machine_acknowledged_is_lost_when_its_power_is_cut() -> None:
    try:
        figures = cut(CUTS, SEED, say)
    except Unavailable as reason:
        pytest.skip(str(reason))
    assert figures["lost_or_damaged"] == []
    assert figures["boots_that_found_their_disk"] > 0
    assert figures["acknowledged_calls"] > 0
    assert figures["cuts_that_lost_writes"] > 0
