# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory and CPU of all services of a box with nothing to do."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from hil.box import Box
from hil.processes import cpu_s, memory_mb

SETTLE_S, MEASURE_S = 3.0, 10.0


async def measure() -> dict[str, Any]:
    """Each service, and together."""
    with tempfile.TemporaryDirectory(prefix="tipring-bench-") as folder:
        async with Box(Path(folder) / "box") as box:
            await asyncio.sleep(SETTLE_S)
            pids = {name: box.pid(name) for name in ("up", "core", "web", "uplink", "edge")}
            before = {name: cpu_s(pid) for name, pid in pids.items()}
            await asyncio.sleep(MEASURE_S)
            services = {
                name: {**memory_mb(pid), "cpu_percent": round(100 * (cpu_s(pid) - before[name]) / MEASURE_S, 2)}
                for name, pid in pids.items()
            }
    together = {key: round(sum(s[key] for s in services.values()), 2) for key in ("rss_mb", "pss_mb", "cpu_percent")}
    return {"services": services, "together": together}


def run() -> dict[str, Any]:
    """The figures."""
    return asyncio.run(measure())
