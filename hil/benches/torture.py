# SPDX-License-Identifier: GPL-2.0-or-later
"""Damaged SIP messages for minutes, to the edge's port and to the core's own: who dies, who grows?

`python -m hil.benches.torture --minutes 30` for longer; `--seed` for other messages.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from hil.benches.leak import SETTLE_S, footprint, growth
from hil.box import Box
from hil.processes import group
from hil.torture import SIP_PORT, Torturer, fuzzed, own_address, rfc4475

MINUTES = 3.0
ROUND = 2000  # messages to each port
PORTS = {"edge": 0, "core": 4}  # beyond the box's


def _config() -> dict[str, Any]:
    return {
        "site": {"country": "us"},
        "extension": [
            {"number": "201", "port": "fxs1"},
            {"number": "203", "sip": {"password": "wB7mQz3kTf9pXr5sLd2c"}},
        ],
        "queue": [{"name": "support", "number": "600"}],
        "trunk": [{"name": "isp", "sip": {"registrar": f"{own_address()}:{SIP_PORT}", "register": False}}],
    }


async def measure(minutes: float = MINUTES, seed: int = 0) -> dict[str, Any]:
    """Rounds of messages, each with a ping at its end; the last footprint beside that after the first third."""
    with tempfile.TemporaryDirectory(prefix="tipring-bench-") as name:
        async with (
            Box(Path(name) / "box", _config(), "sim:fxs=1", {"TIPRING_LOG": "ERROR"}) as box,
            Torturer(own_address()) as torturer,
        ):
            processes = [box.pid("core"), *group(box.pid("edge"))]
            marks: list[dict[str, float]] = []
            until = asyncio.get_running_loop().time() + 60 * minutes
            while asyncio.get_running_loop().time() < until:
                await _round(box, torturer, seed + len(marks))
                marks.append(footprint(box))
            await asyncio.sleep(SETTLE_S)
            await box.until("/calls/active", lambda calls: not calls, 60)
            return {
                "messages": 2 * (ROUND + len(rfc4475())) * len(marks),
                "died": [box.pid("core"), *group(box.pid("edge"))] != processes,
                "core_rss_mb": [mark["core_rss_mb"] for mark in marks],
                "last": footprint(box),
                **growth(marks[len(marks) // 3], footprint(box)),
            }


async def _round(box: Box, torturer: Torturer, seed: int) -> None:
    """NotSeen when a port is silent afterwards."""
    host, _, port = box.sip.rpartition(":")
    for beyond in PORTS.values():
        to = (host, int(port) + beyond)
        await torturer.send_all((item.data for item in rfc4475(f"r{seed}p{beyond}")), to)
        await torturer.send_all(fuzzed(ROUND, seed, torturer.host, to), to)
        await torturer.ping(to, seed, 30)
        torturer.log.clear()
    await asyncio.sleep(1)


def run() -> dict[str, Any]:
    """The figures."""
    return asyncio.run(measure())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    print(json.dumps(asyncio.run(measure(arguments.minutes, arguments.seed)), indent=2))
