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
    items.sort(key=lambda item: _place(item.path.relative_to(Path(__file__).parent).parts[0]))


def _place(folder: str) -> int:
    return LONG_FIRST.index(folder) if folder in LONG_FIRST else len(LONG_FIRST)


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
