# SPDX-License-Identifier: GPL-2.0-or-later
"""The verdict on the appliance: every story that runs in it, as a test of this machine."""

from __future__ import annotations

import pytest

from hil.appliance import run
from hil.appliance.image import ROOT_MB, size
from hil.kernel.guest_run import Run, written_tests

pytestmark = pytest.mark.timeout(1500)


def test_the_appliance_ran_to_its_end(appliance: Run) -> None:
    assert not appliance.timed_out, f"it did not end in time; its last words:\n{appliance.console[-2000:]}"
    assert appliance.verdicts, f"it left no results; its last words:\n{appliance.console[-4000:]}"


def test_the_root_is_small(appliance: Run) -> None:
    assert size() / 1e6 <= ROOT_MB


@pytest.mark.parametrize("name", written_tests(run.files()))
def test_in_the_appliance(appliance: Run, name: str) -> None:
    verdicts = {key: verdict for key, verdict in appliance.verdicts.items() if key.partition("[")[0] == name}
    assert verdicts, "it did not run"
    failed = [f"{key}: {verdict.text}" for key, verdict in verdicts.items() if verdict.outcome != "passed"]
    assert not failed, "\n".join(failed)
