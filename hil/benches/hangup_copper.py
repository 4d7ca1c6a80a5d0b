# SPDX-License-Identifier: GPL-2.0-or-later
"""From what an exchange does on simulated copper to the box going on hook."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from firmware.countries import ToneName
from hil.box import Box
from hil.exchange import Exchange

ROUNDS = 5
SETTLED_S = 1.5  # in the call, before it ends
QUICK = (300, 2200)
TWO_CYCLES_MS = 2000  # of busy tone in the United States

Act = Callable[[Exchange], Awaitable[None] | None]


def _dropped(exchange: Exchange) -> Awaitable[None]:
    return exchange.drop_battery(250)


def _reversed(exchange: Exchange) -> None:
    exchange.reverse_polarity()


def _busy(exchange: Exchange) -> None:
    exchange.tone(ToneName.BUSY)


WAYS: dict[str, tuple[Act, int]] = {
    "battery_250": (_dropped, 0),
    "polarity": (_reversed, 0),
    "busy_after_two_cycles": (_busy, TWO_CYCLES_MS),
}


async def measure() -> dict[str, Any]:
    """Median and most, in ms, of each way."""
    with tempfile.TemporaryDirectory(prefix="tipring-bench-") as folder:
        async with Box(Path(folder) / "box") as box:
            return {f"{way}_ms": await _rounds(box, act, less_ms) for way, (act, less_ms) in WAYS.items()}


async def _rounds(box: Box, act: Act, less_ms: int) -> dict[str, int]:
    times = [round(await _once(box, act)) - less_ms for _ in range(ROUNDS)]
    return {"median": round(statistics.median(times)), "most": max(times)}


async def _once(box: Box, act: Act) -> float:
    async with Exchange(box.sim, "fxo1", ahead=3) as exchange:
        exchange.ring("5551234", cadence_ms=QUICK)
        await exchange.off_hook(timeout=9)
        await asyncio.sleep(SETTLED_S)
        began = time.monotonic()
        done = act(exchange)
        if done:
            await done
        await exchange.on_hook(timeout=9)
        released: float = next(at for at, said in reversed(exchange.wire.control_log) if said == {"hook": "on"})
        return 1000 * (released - began)
