# SPDX-License-Identifier: GPL-2.0-or-later
"""A box of copper only, with an exchange on its line and a phone on its station."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from drivers.port import PortEvent
from hil.copper_box import CopperBox
from hil.exchange import Exchange
from hil.phone import Phone


@pytest.fixture
async def box(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[CopperBox]:
    async with CopperBox(tmp_path / "sim", getattr(request, "param", "us")) as box:
        yield box


@pytest.fixture
async def exchange(box: CopperBox) -> AsyncIterator[Exchange]:
    async with Exchange(box.sim, "fxo1", box.country.code) as exchange:
        await box.event(PortEvent.BATTERY_RESTORED)
        yield exchange


@pytest.fixture
async def phone(box: CopperBox) -> AsyncIterator[Phone]:
    async with Phone(box.sim, "fxs1", box.country.code) as phone:
        await box.event(PortEvent.PLUGGED)
        yield phone
