# SPDX-License-Identifier: GPL-2.0-or-later
"""pytest fixtures with far ends for a running box. Use them with `pytest_plugins = ["hil.fixtures"]`.

They need a fixture `box` whose value has `sim` (the directory of the sockets, a Path) and may have `country` (a code,
"us" when missing); `box` must be up before it is handed out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from hil.exchange import Exchange
from hil.phone import Phone


class Box(Protocol):
    """What the fixtures need to know of the box under test."""

    sim: Path


class FarEnds:
    """Plugs exchanges and phones into a box, and unplugs them in the end."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._country: str = getattr(box, "country", "us")
        self._ends: list[Exchange | Phone] = []

    async def exchange(self, port: str = "fxo1", **options: Any) -> Exchange:
        """An exchange on a line. `options` are those of `Exchange`; WireError when it cannot be plugged in."""
        exchange = Exchange(self._box.sim, port, self._country, **options)
        self._ends.append(exchange)
        await exchange.plug()
        return exchange

    async def phone(self, port: str = "fxs1", **options: Any) -> Phone:
        """A phone on a station."""
        phone = Phone(self._box.sim, port, self._country, **options)
        self._ends.append(phone)
        await phone.plug()
        return phone

    async def line_pair(self, line: str = "fxo1", station: str = "fxs1") -> tuple[Exchange, Phone]:
        """An exchange and a phone at once."""
        return await self.exchange(line), await self.phone(station)

    async def close(self) -> None:
        """Pulls every cable."""
        for end in self._ends:
            await end.unplug()


@pytest.fixture
async def far_ends(box: Box) -> AsyncIterator[FarEnds]:
    """Makes far ends for any port of the box."""
    ends = FarEnds(box)
    yield ends
    await ends.close()


@pytest.fixture
async def exchange(far_ends: FarEnds) -> Exchange:
    """The exchange on fxo1."""
    return await far_ends.exchange()


@pytest.fixture
async def phone(far_ends: FarEnds) -> Phone:
    """The phone on fxs1."""
    return await far_ends.phone()
