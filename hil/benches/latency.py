# SPDX-License-Identifier: GPL-2.0-or-later
"""Mouth to ear between two simulated ports of a running box, and a long call without a gap.

python -m hil.benches.latency [--soak SECONDS]
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from firmware.api import Control
from hil.box import Box
from hil.clock import be_punctual, clock
from hil.g711 import BLOCK, encode
from hil.levels import power
from hil.listen import align, faults, speech_like
from hil.phone import Phone
from hil.signals import sines

CALLS, IMPULSES = 12, 20  # each call with another phase between the wire's clock and the box's
EVERY_BLOCKS = 8  # 160 ms between impulses
LOUD = power(sines([(700, -20)], 20))
CONFIG: dict[str, Any] = {
    "site": {"name": "Latency", "country": "us"},
    "extension": [{"number": f"20{n}", "port": f"fxs{n}"} for n in (1, 2)],
}


class Mouth:
    """Says an impulse of one block now and then, and remembers when each was handed to the socket."""

    def __init__(self, phone: Phone) -> None:
        self.sent: list[float] = []
        self._impulse = encode(sines([(700, -10)], 20), phone.law)
        self._silence = phone.silence
        self._blocks = 0
        phone.wire.player.otherwise = self._block

    def _block(self) -> bytes:
        self._blocks += 1
        if self._blocks % EVERY_BLOCKS or len(self.sent) >= IMPULSES:
            return self._silence
        self.sent.append(time.monotonic())
        return self._impulse


async def _connected(box: Box, ahead: int = 0) -> tuple[Phone, Phone]:
    """Two phones in a call that no tone disturbs any more."""
    caller, called = (Phone(box.sim, f"fxs{n}", ahead=ahead) for n in (1, 2))
    for phone in (caller, called):
        await asyncio.sleep(random.uniform(0, 0.02))
        await phone.plug()
    caller.pick_up()
    await caller.hears("dial", timeout=3)
    await caller.dial("202")
    await called.rung(timeout=3)
    called.pick_up()
    await caller.hears_silence(timeout=8)
    return caller, called


async def _delays(box: Box) -> list[float]:
    """One call: the delays of all impulses in both directions, ms."""
    phones = await _connected(box)
    began = [phone.wire.heard_blocks for phone in phones]
    mouths = [Mouth(phone) for phone in phones]
    await asyncio.sleep((IMPULSES * EVERY_BLOCKS + 10) * 0.02)
    found: list[float] = []
    for mouth, ear, since in zip(mouths, reversed(phones), reversed(began), strict=True):
        found += _matched(mouth.sent, _arrivals(ear, since))
    for phone in phones:
        phone.hang_up()
        await phone.unplug()
    return found


def _arrivals(ear: Phone, since: int) -> list[float]:
    """When each block with an impulse came: the first of those that carry a part of it."""
    blocks = list(ear.wire.heard)[since - ear.wire.heard_blocks :]
    pcm = ear.wire.heard_pcm(since)
    loud = [power(pcm[n * BLOCK : (n + 1) * BLOCK]) > LOUD for n in range(len(blocks))]
    return [at for n, (at, _) in enumerate(blocks) if loud[n] and not (n and loud[n - 1])]


def _matched(sent: list[float], arrived: list[float]) -> list[float]:
    if len(sent) != len(arrived):
        raise RuntimeError(f"{len(sent)} impulses were sent, {len(arrived)} arrived")
    return [1000 * (there - here) for here, there in zip(sent, arrived, strict=True)]


async def measure() -> dict[str, Any]:
    """One-way delay from handing a packet to the socket to receiving the packet that carries it."""
    be_punctual()
    with tempfile.TemporaryDirectory(prefix="tipring-latency-") as folder:
        async with Box(Path(folder) / "box", CONFIG, "sim:fxo=1,fxs=2") as box:
            delays = [delay for _ in range(CALLS) for delay in await _delays(box)]
    delays.sort()
    return {
        "impulses": len(delays),
        "one_way_ms_median": round(statistics.median(delays), 1),
        "one_way_ms_p95": round(delays[int(0.95 * len(delays))], 1),
        "one_way_ms_least": round(delays[0], 1),
        "one_way_ms_most": round(delays[-1], 1),
    }


async def measure_soak(seconds: float) -> dict[str, Any]:
    """One call for so long, both sides talking: every gap, slip and damage, and what the ports counted."""
    spoken = [speech_like(seconds, seed=n) for n in (1, 2)]
    said = [encode(speech, "ulaw") for speech in spoken]
    gc.disable()
    be_punctual()
    with tempfile.TemporaryDirectory(prefix="tipring-soak-") as folder:
        async with Box(Path(folder) / "box", CONFIG, "sim:fxo=1,fxs=2") as box:
            phones = await _connected(box, ahead=3)
            with Control(box.state / "control.sock") as control:
                before = control.request("stats", reset=True)["lines"]
                began = [phone.wire.heard_blocks for phone in phones]
                clock().late_max_s = 0.0
                await asyncio.gather(*(phone.say(audio) for phone, audio in zip(phones, said, strict=True)))
                await asyncio.sleep(0.5)
                heard = [phone.wire.heard_pcm(since) for phone, since in zip(phones, began, strict=True)]
                stats = control.request("stats")
            for phone in phones:
                await phone.unplug()
    ports = {f"fxs{n}": stats["lines"][f"fxs{n}"] for n in (1, 2)}
    found = [faults(spoken[n], heard[1 - n]) for n in (0, 1)]
    return {
        "seconds": seconds,
        "correlation": [round(align(spoken[n], heard[1 - n]).correlation, 5) for n in (0, 1)],
        "faults": [len(list) for list in found],
        "first_faults": [[str(fault) for fault in list[:10]] for list in found],
        "far_ends": {
            "late_max_ms": round(1000 * clock().late_max_s, 1),
            "blocks_skipped": clock().missed,
            "blocks_not_taken": [phone.wire.unsent_blocks for phone in phones],
        },
        "clock": stats["clock"],
        "lines": {id: {n: port[n] - before[id][n] for n in ("underruns", "overruns")} for id, port in ports.items()},
    }


def run() -> dict[str, Any]:
    """The figures."""
    return asyncio.run(measure())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--soak", type=float, metavar="SECONDS", help="one long call instead")
    seconds = parser.parse_args().soak
    print(json.dumps(asyncio.run(measure_soak(seconds)) if seconds else run(), indent=1))
