# SPDX-License-Identifier: GPL-2.0-or-later
"""For all tests."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

import pytest

from firmware.store import migrations
from hil.clock import be_punctual


def pytest_configure() -> None:
    """Telephones and exchanges are never late because of somebody else's work on this machine, where we may say so."""
    with contextlib.suppress(PermissionError):
        os.nice(-10)
    be_punctual()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Empty databases, which were migrated once."""
    folder = tmp_path_factory.mktemp("migrated")
    for name in migrations.VERSIONS:
        migrations.ensure(folder / name)
    return folder


@pytest.fixture
def state(migrated: Path, tmp_path: Path) -> Path:
    """A state directory with databases."""
    for name in migrations.VERSIONS:
        shutil.copy(migrated / name, tmp_path / name)
    return tmp_path
