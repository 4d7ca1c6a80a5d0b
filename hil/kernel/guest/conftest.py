# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures of the guest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from drivers.dahdi import DahdiCard
from hil.kernel.guest import bench
from hil.kernel.guest.bench import LinePair


@pytest.fixture(scope="session")
def modules() -> None:
    """The kernel modules are loaded; nothing is configured."""
    bench.load_modules()


@pytest.fixture(scope="session")
def dahdi(modules: None) -> None:
    """DAHDI runs, with a right configuration."""
    bench.configure(bench.RIGHT)


@pytest_asyncio.fixture
async def card(dahdi: None) -> AsyncIterator[DahdiCard]:
    """The card of line pairs, started. Many buffers, because the guest's time jumps; no echo is cancelled."""
    card = DahdiCard(buffers=16, echo_taps=0)
    await card.start()
    yield card
    await card.stop()


@pytest_asyncio.fixture
async def pair(card: DahdiCard) -> LinePair:
    """A line pair, at rest."""
    pair = bench.pair_of(card, 1)
    await asyncio.sleep(bench.DEAF_S)
    return pair
