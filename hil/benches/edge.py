# SPDX-License-Identifier: GPL-2.0-or-later
"""The SIP edge under an office's worst morning: all phones register at once, then everybody calls, and talks: who calls
sends RTP, and who is called sends back what it hears.
"""

from __future__ import annotations

import asyncio
import socket
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from firmware.api import Control
from hil.box import Box
from hil.g711 import silence
from hil.processes import cpu_s, killed, memory_mb

HERE = Path(__file__).parent
PHONES, WITHIN_S, REFRESHES = 500, 10, 2
CALLS_A_SECOND, CALLING_S, HOLD_MS = 20, 60, 2000
FIRST = 2000  # extension
ECHO_PORT = 40000


async def measure(phones: int = PHONES, calling_s: int = CALLING_S) -> dict[str, Any]:
    """Figures of registering, refreshing, calling, and of the edge's processes."""
    with tempfile.TemporaryDirectory(prefix="tipring-bench-") as name:
        folder = Path(name)
        async with Box(folder / "box", _config(phones), "none", {"TIPRING_LOG": "WARNING"}) as box:
            await asyncio.sleep(1)
            idle_mb = memory_mb(box.pid("edge"))["pss_mb"]
            port = _free_port()
            cpu = cpu_s(box.pid("edge"))
            first = await _register(folder, box, port, phones, "first")
            registering = cpu_s(box.pid("edge")) - cpu
            refreshes = [await _register(folder, box, port, phones, f"again{n}") for n in range(REFRESHES)]
            registered = len(await box.get("/phones"))
            calls = await _call(folder, box, port, phones, calling_s)
            return {
                "phones": phones,
                "registered": registered,
                "first": first,
                "refreshes": refreshes,
                "edge_cpu_s_of_the_first": round(registering, 2),
                "calls": calls,
                "edge_idle_pss_mb": idle_mb,
                "edge_pss_mb": memory_mb(box.pid("edge"))["pss_mb"],
            }


def _config(phones: int) -> dict[str, Any]:
    extensions = [{"number": str(FIRST + n), "sip": {"password": _password(n)}} for n in range(phones)]
    return {"site": {"country": "us"}, "extension": extensions}


def _password(phone: int) -> str:
    return f"bench-password-{FIRST + phone}"


def _credentials(phone: int) -> str:
    return f"[authentication username={FIRST + phone} password={_password(phone)}]"


async def _register(folder: Path, box: Box, port: int, phones: int, name: str) -> dict[str, Any]:
    rows = [(FIRST + phone, _credentials(phone)) for phone in range(phones)]
    options = [box.sip, "-p", port, "-m", phones, "-r", phones // WITHIN_S, "-l", phones]
    return await _sipp(folder, name, "phone_register", rows, options, WITHIN_S + 30)


async def _call(folder: Path, box: Box, port: int, phones: int, calling_s: int) -> dict[str, Any]:
    """The first half calls the second; all answer at the port that they registered from."""
    half, calls = phones // 2, CALLS_A_SECOND * calling_s
    rows = [(FIRST + n % half, _credentials(n % half), FIRST + half + n % half) for n in range(calls)]
    echo = ["-p", port, "-mp", ECHO_PORT, "-rtp_echo"]
    answering = _sipp(folder, "called", "phone_called", [(ECHO_PORT,)] * calls, echo, calling_s + 40)
    called = asyncio.create_task(answering)
    await asyncio.sleep(0.5)
    core, edge = box.pid("core"), box.pid("edge")
    before, heard = (cpu_s(core), cpu_s(edge)), await _rtp(box)
    options = [box.sip, "-m", calls, "-r", CALLS_A_SECOND, "-d", HOLD_MS, "-l", 200, "-p", _free_port()]
    figures = await _sipp(folder, "calling", "phone_caller", rows, options, calling_s + 40)
    figures["rtp"] = {name: count - heard[name] for name, count in (await _rtp(box)).items()}
    called.cancel()
    await asyncio.gather(called, return_exceptions=True)
    figures["core_cpu_percent"] = round(100 * (cpu_s(core) - before[0]) / figures["seconds"], 1)
    figures["edge_cpu_percent"] = round(100 * (cpu_s(edge) - before[1]) / figures["seconds"], 1)
    return figures


async def _rtp(box: Box) -> dict[str, int]:
    """What the core has received and sent on so far."""

    def ask() -> dict[str, int]:
        with Control(box.state / "control.sock") as control:
            rtp = control.request("stats")["rtp"]
        return {name: rtp[name] for name in ("packets", "forwarded", "send_errors")}

    return await asyncio.to_thread(ask)


async def _sipp(
    folder: Path, name: str, scenario: str, rows: Sequence[Sequence[object]], options: Sequence[object], limit_s: float
) -> dict[str, Any]:
    """Runs SIPp to its end; how many failed, and the times that the scenario took (its rtd 1) in ms."""
    data = folder / f"{name}.csv"
    (folder / "voice.ulaw").write_bytes(silence("ulaw") * 50)
    data.write_text("SEQUENTIAL\n" + "".join(";".join(map(str, row)) + ";\n" for row in rows))
    command = ["sipp", "-sf", str(HERE / f"{scenario}.xml"), "-inf", str(data), "-i", "127.0.0.1", "-nostdin"]
    command += ["-trace_rtt", "-rtt_freq", "1", "-trace_stat", "-stf", str(folder / f"{name}.stat")]
    command += ["-trace_err", "-error_file", str(folder / f"{name}.err"), *map(str, options)]
    began = asyncio.get_running_loop().time()
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await asyncio.wait_for(process.wait(), limit_s)
    finally:
        await killed(process)
    seconds = asyncio.get_running_loop().time() - began
    times = _times(folder, scenario, process.pid)
    return {"failed": _failed(folder / f"{name}.stat"), "seconds": round(seconds, 1), **_spread(times)}


def _times(folder: Path, scenario: str, pid: int) -> list[float]:
    file = folder / f"{scenario}_{pid}_rtt.csv"
    lines = file.read_text().splitlines()[1:] if file.exists() else []
    return sorted(float(line.split(";")[1]) for line in lines)


def _spread(times: list[float]) -> dict[str, float]:
    if not times:
        return {}
    at = {"p50_ms": 0.5, "p99_ms": 0.99}
    return {
        "count": len(times),
        **{name: round(times[min(len(times) - 1, int(len(times) * share))], 1) for name, share in at.items()},
        "mean_ms": round(statistics.fmean(times), 1),
    }


def _failed(stat: Path) -> int:
    head, *rows = stat.read_text().splitlines()
    return int(dict(zip(head.split(";"), rows[-1].split(";"), strict=False))["FailedCall(C)"])


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run() -> dict[str, Any]:
    """The figures."""
    return asyncio.run(measure())
