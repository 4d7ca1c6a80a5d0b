# SPDX-License-Identifier: GPL-2.0-or-later
"""The verdict on a labgrid target. Runs in labgrid's own environment: `python -m hil.labgrid`."""

from __future__ import annotations

from typing import Any

from hil.kernel.guest_run import RESULTS, verdicts


def test_the_target_passes_its_tests(strategy: Any) -> None:
    strategy.transition("tested")
    failed = {name: one.text for name, one in verdicts(RESULTS / "junit.xml").items() if one.outcome == "failed"}
    assert not failed
    assert strategy.exit_status == 0
