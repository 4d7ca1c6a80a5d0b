# SPDX-License-Identifier: GPL-2.0-or-later
"""The verdict on the appliance: every story that runs in it, as a test of this machine."""

from __future__ import annotations

import pytest

from hil.appliance import run
from hil.appliance.image import ROOT_MB, size
from hil.kernel.guest_run import Run, written_tests

pytestmark = pytest.mark.timeout(run.ENDS_WITHIN_S + 900)  # and what it is made of


def test_the_appliance_ran_to_its_end(appliance: Run) -> None:
    assert not appliance.timed_out, f"it did not end in time; its last words:\n{appliance.console[-2000:]}"
    assert appliance.verdicts, f"it left no results; its last words:\n{appliance.console[-4000:]}"


def test_the_root_is_small(appliance: Run) -> None:
    assert size() / 1e6 <= ROOT_MB


def test_it_came_back_after_a_reboot_and_after_a_power_cut(appliance: Run) -> None:
    found = {key.partition("[")[2].rstrip("]") for key in appliance.verdicts if key.startswith(run.AGAIN)}
    assert found == {"reboot", "power_cut"}


@pytest.mark.parametrize("name", written_tests(run.files()))
def test_in_the_appliance(appliance: Run, name: str) -> None:
    verdicts = {key: verdict for key, verdict in appliance.verdicts.items() if key.partition("[")[0] == name}
    assert verdicts, "it did not run"
    failed = [f"{key}: {verdict.text}" for key, verdict in verdicts.items() if verdict.outcome != "passed"]
    assert not failed, "\n".join(failed)
