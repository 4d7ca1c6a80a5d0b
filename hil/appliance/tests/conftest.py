# SPDX-License-Identifier: GPL-2.0-or-later
"""One boot of the appliance for all tests here; skipped, with the reason, where it cannot be booted."""

from __future__ import annotations

import pytest

from hil.appliance.run import run_appliance
from hil.kernel.guest_run import Run
from hil.kernel.steps import Unavailable


@pytest.fixture(scope="session")
def appliance(request: pytest.FixtureRequest) -> Run:
    """The run, its console shown as it goes by."""
    shown = request.config.pluginmanager.getplugin("capturemanager")
    try:
        with shown.global_and_fixture_disabled():
            print()
            return run_appliance()
    except Unavailable as error:
        pytest.skip(str(error))
