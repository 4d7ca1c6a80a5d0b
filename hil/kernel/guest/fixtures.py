# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures of the guest: a plugin, so that tests/line_pair finds them, too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from drivers.dahdi import DahdiCard
from drivers.port import MessageLamp
from hil.kernel.guest import bench
from hil.kernel.guest.bench import DahdiPair


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
async def pair(card: DahdiCard) -> AsyncIterator[DahdiPair]:
    """A line pair, at rest."""
    pair = bench.pair_of(card, 1)
    await asyncio.sleep(bench.DEAF_S)
    yield pair
    bench.mend(pair.number)


@pytest_asyncio.fixture
async def neon_pair(dahdi: None) -> AsyncIterator[DahdiPair]:
    """A line pair of a card that is said to light neon lamps."""
    card = DahdiCard(buffers=16, echo_taps=0)
    await card.start()
    pair = bench.pair_of(card, 1)
    pair.station.lamp = MessageLamp.NEON
    yield pair
    await card.stop()
