# SPDX-License-Identifier: GPL-2.0-or-later
"""For all tests."""

from __future__ import annotations

import contextlib
import os


def pytest_configure() -> None:
    """Telephones and exchanges are never late because of somebody else's work on this machine, where we may say so."""
    with contextlib.suppress(PermissionError):
        os.nice(-10)
