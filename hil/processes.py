# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory and CPU of a service, of however many processes it is."""

from __future__ import annotations

import asyncio
import contextlib
import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def group(leader: int) -> list[int]:
    """The running processes of a process group, its leader first: Kamailio has many."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            state, _, its_group, *_ = (process / "stat").read_text().rpartition(")")[2].split()
            if int(its_group) == leader and state not in "ZX":
                found.append(int(process.name))
    return sorted(found, key=lambda pid: pid != leader)


def cpu_s(leader: int) -> float:
    """CPU time of the group so far."""
    total = 0
    for pid in group(leader):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def memory_mb(leader: int) -> dict[str, float]:
    """Resident, with what processes of the group share counted once; and by shares of what any process shares."""
    first, *others = [_rollup(pid) for pid in group(leader)]
    private = sum(other["Private_Clean"] + other["Private_Dirty"] for other in others)
    pss = first["Pss"] + sum(other["Pss"] for other in others)
    return {"rss_mb": round((first["Rss"] + private) / 1024, 1), "pss_mb": round(pss / 1024, 1)}


def _rollup(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {line.split(":")[0]: int(line.split()[1]) for line in lines}


def descriptors(leader: int) -> int:
    """Open ones of the group."""
    return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in group(leader))


async def killed(process: asyncio.subprocess.Process) -> None:
    """Ends a program at once. Harmless when it has ended by itself."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
