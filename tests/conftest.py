# SPDX-License-Identifier: GPL-2.0-or-later
"""For all tests."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from hil import blank_state
from hil.clock import be_punctual

REAL_TIME = ("browser", "core", "edge", "faults", "line_pair", "sip", "story", "uplink")


def pytest_configure() -> None:
    """Telephones and exchanges are never late because of somebody else's work on this machine, where we may say so."""
    with contextlib.suppress(PermissionError):
        os.nice(-10)
    be_punctual()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What plays in real time is played once more before it fails: a machine that stood still is no fault of the box.

    The summary names what was played twice.
    """
    if not config.pluginmanager.hasplugin("rerunfailures"):
        return  # in the guest of the kernel bench
    for item in items:
        if item.path.relative_to(Path(__file__).parent).parts[0] in REAL_TIME:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state directory with empty databases."""
    blank_state.copy_to(tmp_path)
    return tmp_path
