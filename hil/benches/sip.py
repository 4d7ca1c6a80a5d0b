# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP calls through the queue to SIP agents, bridged and recorded, with every RTP packet accounted for."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from hil.box import Box
from hil.processes import cpu_s, killed, memory_mb

HERE = Path(__file__).parent
CALLS_A_SECOND = 10
SETTLE_S, MEASURE_S = 3.0, 30.0
RTP_BASE = 40000
GREETING_MS = 300
PCMU, PCMA = 0, 8
TICKS = os.sysconf("SC_CLK_TCK")


async def measure(
    calls: int, agent_pt: int = PCMU, measure_s: float = MEASURE_S, record: bool = True
) -> dict[str, Any]:
    """Figures for so many calls at once; agents who speak another law than callers need the bridge."""
    with tempfile.TemporaryDirectory(prefix="tipring-bench-") as name:
        folder = Path(name)
        agents_port = _free_port()
        environment = {"TIPRING_SOUNDS": str(_sounds(folder)), "TIPRING_LOG": "WARNING"}
        async with Box(folder / "box", _config(calls, agents_port, record), "none", environment) as box:
            async with _meter(folder, calls, agent_pt) as meter:
                return await _load(folder, box, meter, calls, agents_port, agent_pt, measure_s)


async def _load(
    folder: Path, box: Box, meter: asyncio.subprocess.Process, calls: int, agents_port: int, agent_pt: int,
    measure_s: float,
) -> dict[str, Any]:  # fmt: skip
    ramp = calls / CALLS_A_SECOND
    hold_s = ramp + 2 * SETTLE_S + measure_s + 2
    agents = await _sipp(folder, "agents", ["-p", str(agents_port)], range(calls, 2 * calls), agent_pt)
    more = [box.sip, "-r", str(CALLS_A_SECOND), "-m", str(calls), "-l", str(calls), "-d", str(int(hold_s * 1000))]
    callers = await _sipp(folder, "callers", more, range(calls), PCMU)
    try:
        await box.until("/calls/active", lambda active: _talking(active) == calls, ramp + 20)
        await asyncio.sleep(SETTLE_S)
        core = box.pid("core")
        await _figures(meter)
        before, began = cpu_s(core), asyncio.get_running_loop().time()
        await asyncio.sleep(measure_s)
        cpu, seconds = cpu_s(core) - before, asyncio.get_running_loop().time() - began
        rtp = await _figures(meter)
        memory = memory_mb(core)["rss_mb"]
        status = await asyncio.wait_for(callers.wait(), hold_s + 20)
        await box.until("/calls/active", lambda active: not active, 10)
        setup = await _setup_ms(box, calls)
    finally:
        for process in (callers, agents):
            await killed(process)
    return {
        "calls": calls,
        "path": "direct" if agent_pt == PCMU else "mixed",
        "failed_calls": 0 if status == 0 else _failed(folder),
        "cpu_s_per_call_minute": round(cpu / (calls * seconds / 60), 4),
        "core_rss_mb": memory,
        "setup_ms": setup,
        "rtp": rtp,
    }


def _config(calls: int, agents_port: int, record: bool) -> dict[str, Any]:
    numbers = [str(3000 + n) for n in range(calls)]
    return {
        "site": {"country": "us"},
        "extension": [
            {"number": n, "sip": {"password": "bench", "address": f"127.0.0.1:{agents_port}"}} for n in numbers
        ],
        "agent": [{"id": f"a{n}", "extension": n, "queues": {"support": 1}} for n in numbers],
        "queue": [{"name": "support", "number": "600", "greeting": "short", "record": record}],
    }


def _sounds(folder: Path) -> Path:
    sounds = folder / "sounds"
    sounds.mkdir()
    (sounds / "en").mkdir()
    with wave.open(str(sounds / "en" / "short.wav"), "wb") as file:  # it tells the meter where the box's RTP is
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(2 * 8000 * GREETING_MS // 1000))
    built = HERE.parents[1] / "build" / "sounds" / "music.wav"
    if built.exists():
        shutil.copy(built, sounds)
    return sounds


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.asynccontextmanager
async def _meter(folder: Path, calls: int, agent_pt: int) -> AsyncIterator[asyncio.subprocess.Process]:
    program = folder / "rtp_meter"
    subprocess.run(["cc", "-O2", str(HERE / "rtp_meter.c"), "-o", str(program), "-lm"], check=True)
    command = [str(program), str(RTP_BASE), str(calls), str(PCMU), str(agent_pt)]
    process = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout
    await asyncio.wait_for(process.stdout.readline(), 5)
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def _figures(meter: asyncio.subprocess.Process) -> dict[str, Any]:
    assert meter.stdin
    assert meter.stdout
    meter.stdin.write(b"\n")
    return dict(json.loads(await asyncio.wait_for(meter.stdout.readline(), 5)))


async def _sipp(folder: Path, name: str, more: list[str], ends: range, pt: int) -> asyncio.subprocess.Process:
    data = folder / f"{name}.csv"
    data.write_text("SEQUENTIAL\n" + "".join(f"{RTP_BASE + 2 * end};{pt};\n" for end in ends))
    command = ["sipp", "-sf", str(HERE / f"{name}.xml"), "-inf", str(data), "-i", "127.0.0.1", "-nostdin"]
    command += [
        "-trace_err",
        "-error_file",
        str(folder / f"{name}.err"),
        "-trace_stat",
        "-stf",
        str(folder / f"{name}.stat"),
    ]
    return await asyncio.create_subprocess_exec(*command, *more, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _failed(folder: Path) -> int:
    head, *rows = (folder / "callers.stat").read_text().splitlines()
    return int(dict(zip(head.split(";"), rows[-1].split(";"), strict=False))["FailedCall(C)"])


def _talking(active: list[dict[str, Any]]) -> int:
    return sum(1 for call in active if call["state"] == "talking")


async def _setup_ms(box: Box, calls: int) -> dict[str, float]:
    """From joining the queue to talking with the agent, by the records: milliseconds."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = await box.get(f"/calls?limit=100{cursor}")
        found += page["items"]
        if not page["next"]:
            break
        cursor = f"&cursor={page['next']}"
    waits = sorted(call["wait_s"] * 1000 for call in found if call["disposition"] == "answered")
    p99 = waits[min(len(waits) - 1, int(len(waits) * 0.99))]
    return {"p50": round(statistics.median(waits), 1), "p99": round(p99, 1), "calls": len(waits)}


def run() -> dict[str, Any]:
    """100 calls straight across, 100 through the bridge, and 200."""
    return {
        "direct_100": asyncio.run(measure(100)),
        "mixed_100": asyncio.run(measure(100, PCMA)),
        "direct_200": asyncio.run(measure(200)),
    }
