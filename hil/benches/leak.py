# SPDX-License-Identifier: GPL-2.0-or-later
"""Thousands of short SIP calls through edge and core: do descriptors, memory and pjsip's pools stay where they are?

`python -m hil.benches.leak --calls 10000` for more of them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from firmware.api import Control
from hil.box import Box
from hil.processes import descriptors, memory_mb
from hil.sipp import Sipp

CALLS, A_SECOND, HOLD_MS = 2000, 20, 200
THIRDS = 3
SETTLE_S = 40.0  # a transaction is kept for 32 s (RFC 3261, 17.2)
RTP_PORTS = range(40000, 40400, 2)  # nobody listens there


def footprint(box: Box) -> dict[str, float]:
    """Descriptors and resident memory of core and edge, and pjsip's memory pools."""
    found: dict[str, float] = {}
    for name in ("core", "edge"):
        leader = box.pid(name)
        found[f"{name}_descriptors"] = descriptors(leader)
        found[f"{name}_rss_mb"] = memory_mb(leader)["rss_mb"]
    with Control(box.state / "control.sock") as control:
        pools = control.request("stats")["sip_pools"]
    return found | {"pj_pools": pools["used"], "pj_pools_kept_mb": round(pools["kept_bytes"] / 2**20, 2)}


def growth(earlier: dict[str, float], later: dict[str, float]) -> dict[str, float]:
    """What has come to it."""
    return {f"{name}_grown": round(value - earlier[name], 1) for name, value in later.items()}


async def measure(calls: int = CALLS) -> dict[str, Any]:
    """Footprints before and after each third of the calls; what the last two thirds added."""
    config = {
        "site": {"country": "us"},
        "extension": [{"number": "201", "port": "fxs1"}],
        "queue": [{"name": "support", "number": "600"}],
    }
    with tempfile.TemporaryDirectory(prefix="tipring-bench-") as name:
        folder = Path(name)
        async with Box(folder / "box", config, "sim:fxs=1", {"TIPRING_LOG": "WARNING"}) as box:
            marks = [await asyncio.to_thread(footprint, box)]
            for _ in range(THIRDS):
                await _call(folder, box, calls // THIRDS)
                await box.until("/calls/active", lambda active: not active)
                await asyncio.sleep(SETTLE_S)
                marks.append(await asyncio.to_thread(footprint, box))
            return {"calls": calls // THIRDS * THIRDS, "after_thirds": marks, **growth(marks[1], marks[-1])}


async def _call(folder: Path, box: Box, calls: int) -> None:
    """AssertionError, with what SIPp said, when one failed."""
    rows = [(RTP_PORTS[n % len(RTP_PORTS)], 0) for n in range(calls)]
    async with Sipp(folder, "callers", rows, [box.sip, "-m", calls, "-r", A_SECOND, "-d", HOLD_MS, "-l", 50]) as sipp:
        await sipp.done(calls / A_SECOND * 2 + 60)


def run() -> dict[str, Any]:
    """The figures."""
    return asyncio.run(measure())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=CALLS)
    print(json.dumps(asyncio.run(measure(parser.parse_args().calls)), indent=2))
