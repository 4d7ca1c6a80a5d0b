# SPDX-License-Identifier: GPL-2.0-or-later
"""For all tests."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from hil import blank_state
from hil.clock import be_punctual

LONG_FIRST = ("edge", "sip", "faults", "story", "browser", "core", "uplink")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What plays in real time comes first: short tests then fill what time is left of each worker."""
    order = {folder: place for place, folder in enumerate(LONG_FIRST)}
    items.sort(key=lambda item: order.get(item.path.parent.name, len(order)))


def pytest_configure() -> None:
    """Telephones and exchanges are never late because of somebody else's work on this machine, where we may say so."""
    with contextlib.suppress(PermissionError):
        os.nice(-10)
    be_punctual()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state directory with empty databases."""
    blank_state.copy_to(tmp_path)
    return tmp_path
