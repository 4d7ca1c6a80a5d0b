# SPDX-License-Identifier: GPL-2.0-or-later
"""How quickly the box sees what a telephone on a simulated port does: lifted, lifted while it rings, put down."""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from firmware.api import Control, Subscription
from hil.box import Box
from hil.g711 import decode
from hil.levels import power
from hil.phone import Phone
from hil.signals import sines
from hil.waiting import Watch

TIMES = 10
LOUD = power(sines([(350, -30)], 20))
CONFIG: dict[str, Any] = {
    "site": {"name": "Phones", "country": "us"},
    "extension": [
        {"number": "201", "port": "fxs1"},
        {"number": "202", "port": "fxs2", "flash": False},
        {"number": "203", "port": "fxs3", "flash_max_ms": 700},
    ],
}


class Seen:
    """When each port came into a state, as a subscriber is told."""

    def __init__(self, subscription: Subscription) -> None:
        self._told: dict[tuple[str, str], float] = {}
        self._watch, self._loop = Watch(), asyncio.get_running_loop()
        self._subscription = subscription
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        for event in self._subscription:
            if event.name == "port":
                self._told[event.data["id"], event.data["state"]] = time.monotonic()
                self._loop.call_soon_threadsafe(self._watch.changed)

    async def after(self, since: float, port: str, state: str) -> float:
        """Milliseconds from `since` until the port was in the state. NotSeen after 5 s."""
        key = port, state
        await self._watch.until(lambda: self._told.get(key, 0) >= since, 5, f"{port} {state}", lambda: "it was not")
        return 1000 * (self._told[port, state] - since)


async def _dial_tone(phone: Phone) -> float:
    """From the loop's closing to the first block with dial tone, ms."""
    began, since = phone.wire.heard_blocks, time.monotonic()
    phone.pick_up()

    def heard() -> float | None:
        blocks = list(phone.wire.heard)[began - phone.wire.heard_blocks :] if phone.wire.heard_blocks > began else []
        return next((at for at, block in blocks if power(decode(block, phone.law)) > LOUD), None)

    await phone.watch.until(lambda: heard() is not None, 3, "dial tone", phone.described)
    return 1000 * ((heard() or since) - since)


async def _ring_trip(caller: Phone, phone: Phone) -> float:
    """From the loop's closing within a burst to the end of ring voltage, ms."""
    caller.pick_up()
    await caller.dial(f"20{phone.port[-1]}")
    await phone.rung(timeout=5)
    await asyncio.sleep(random.uniform(0.1, 0.5))  # the burst lasts 800 ms
    since = time.monotonic()
    phone.pick_up()
    await phone.watch.until(lambda: not phone.ring_voltage, 2, "the end of ringing", phone.described)
    return 1000 * (phone.ring_log[-1][0] - since)


async def _hang_up(seen: Seen, phone: Phone) -> float:
    """From the loop's opening until the port is idle, ms."""
    since = time.monotonic()
    phone.hang_up()
    return await seen.after(since, phone.port, "idle")


async def measure() -> dict[str, Any]:
    """Medians of ten."""
    figures: dict[str, list[float]] = {"dial_tone": [], "ring_trip": []}
    with tempfile.TemporaryDirectory(prefix="tipring-phones-") as folder:
        async with Box(Path(folder) / "box", CONFIG, "sim:fxo=1,fxs=3") as box:
            phones = [Phone(box.sim, f"fxs{n}") for n in (1, 2, 3)]
            for phone in phones:
                await phone.plug()
            with Control(box.state / "control.sock") as control, control.subscribe() as subscription:
                seen = Seen(subscription)
                for _ in range(TIMES):
                    for phone, name in zip(phones, ("default", "no_flash", "flash_700"), strict=True):
                        figures["dial_tone"].append(await _dial_tone(phone))
                        figures.setdefault(f"hang_up_{name}", []).append(await _hang_up(seen, phone))
                    figures["ring_trip"].append(await _ring_trip(phones[0], phones[1]))
                    for phone in phones[:2]:
                        await _hang_up(seen, phone)
            for phone in phones:
                await phone.unplug()
    return {f"{name}_ms_median": round(statistics.median(times), 1) for name, times in figures.items()} | {
        f"{name}_ms_most": round(max(times), 1) for name, times in figures.items()
    }


def run() -> dict[str, Any]:
    """The figures."""
    return asyncio.run(measure())


if __name__ == "__main__":
    print(run())
