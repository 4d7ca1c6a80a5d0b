# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory and CPU of all services of a box with nothing to do."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Any

from hil.box import Box

SETTLE_S, MEASURE_S = 3.0, 10.0
TICKS = os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int) -> dict[str, float]:
    """Resident, and the share that counts pages used by several processes by parts."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    figures = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in rollup[1:]}
    return {"rss_mb": round(figures["Rss"], 1), "pss_mb": round(figures["Pss"], 1)}


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def measure() -> dict[str, Any]:
    """Each service, and together."""
    with tempfile.TemporaryDirectory(prefix="tipring-bench-") as folder:
        async with Box(Path(folder) / "box") as box:
            await asyncio.sleep(SETTLE_S)
            pids = {name: box.pid(name) for name in ("up", "core", "web", "uplink")}
            before = {name: _cpu_s(pid) for name, pid in pids.items()}
            await asyncio.sleep(MEASURE_S)
            services = {
                name: {**_memory_mb(pid), "cpu_percent": round(100 * (_cpu_s(pid) - before[name]) / MEASURE_S, 2)}
                for name, pid in pids.items()
            }
    together = {key: round(sum(s[key] for s in services.values()), 2) for key in ("rss_mb", "pss_mb", "cpu_percent")}
    return {"services": services, "together": together}


def run() -> dict[str, Any]:
    """The figures."""
    return asyncio.run(measure())
