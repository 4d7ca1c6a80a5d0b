# SPDX-License-Identifier: GPL-2.0-or-later
"""The fixture `pair`: on simulated copper here; in the guest of `make hil` a plugin gives one of the DAHDI core."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from hil.line_pair import LinePair
from hil.simulated_pair import simulated_pair

if os.environ.get("TIPRING_TIER") != "kernel":

    @pytest_asyncio.fixture
    async def pair(tmp_path: Path) -> AsyncIterator[LinePair]:
        """At rest."""
        async with simulated_pair(tmp_path / "sim") as pair:
            yield pair
