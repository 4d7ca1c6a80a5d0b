# SPDX-License-Identifier: GPL-2.0-or-later
"""One boot of the guest for all tests here; skipped, with the reason, where it cannot be booted."""

from __future__ import annotations

import pytest

from hil.kernel.guest_run import Run, run_guest
from hil.kernel.steps import Unavailable


@pytest.fixture(scope="session")
def guest(request: pytest.FixtureRequest) -> Run:
    """The run of the guest, its console shown as it goes by."""
    shown = request.config.pluginmanager.getplugin("capturemanager")
    try:
        with shown.global_and_fixture_disabled():
            print()
            return run_guest()
    except Unavailable as error:
        pytest.skip(str(error))
