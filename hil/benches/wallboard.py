# SPDX-License-Identifier: GPL-2.0-or-later
"""100 browsers on the wallboard: what they cost core and web, and how soon all of them see a change.

An agent logs out and in again, twice a second; the delay is from the request at the control socket, whose change is on
the disk before anybody is told, until the last byte of the new board is at the browser. The core's processor time is
compared in pairs of windows, with no browser and with all of them, in the order A B B A. At the end a fifth of the
browsers stop reading.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from firmware.api import Control
from hil.box import Box
from hil.processes import cpu_s, memory_mb

BROWSERS, HUNG = 100, 20
QUEUES, AGENTS = 4, 20
EVERY_S = 0.5
WINDOW_S = 10.0
PAIRS = 8
_PAUSED = re.compile(rb'data-figure="paused".*?<dd>(\d+)', re.DOTALL)


def document() -> dict[str, Any]:
    """Four queues of five agents each."""
    extensions = [{"number": str(201 + n), "sip": {"password": f"secret-{n}-secret"}} for n in range(AGENTS)]
    agents = [{"id": f"a{n}", "extension": str(201 + n), "queues": {f"queue{n % QUEUES}": 1}} for n in range(AGENTS)]
    queues = [{"name": f"queue{n}", "number": str(600 + n)} for n in range(QUEUES)]
    return {"site": {"name": "Bench"}, "extension": extensions, "agent": agents, "queue": queues}


class Browsers:
    """Event streams of the wallboard. `seen`: when each of them saw the awaited count of agents."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._reading: list[asyncio.Task[None]] = []
        self._awaited = b""
        self.seen: dict[int, float] = {}
        self.boards = 0

    @contextlib.asynccontextmanager
    async def open(self, count: int, hung: int = 0) -> AsyncIterator[None]:
        """So many, of whom some never read."""
        ends = [await self._connect() for _ in range(count)]
        self._reading = [asyncio.create_task(self._read(n, ends[n][0])) for n in range(count - hung)]
        try:
            yield
        finally:
            for task in self._reading:
                task.cancel()
            await asyncio.gather(*self._reading, return_exceptions=True)
            for _, writer in ends:
                writer.transport.abort()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        place = urlsplit(self._box.ready["web"])
        tls = ssl._create_unverified_context() if place.scheme == "https" else None  # noqa: S323 (its own certificate)
        reader, writer = await asyncio.open_connection(place.hostname, place.port, ssl=tls, limit=1 << 17)
        head = f"GET /wallboard/stream HTTP/1.1\r\nHost: {place.netloc}\r\nAuthorization: Bearer {self._box.token()}"
        writer.write(f"{head}\r\n\r\n".encode())
        await reader.readuntil(b"event: board")
        return reader, writer

    async def _read(self, browser: int, reader: asyncio.StreamReader) -> None:
        while True:
            block = await reader.readuntil(b"\n\n")
            found = _PAUSED.search(block)
            self.boards += bool(found)
            if found and found[1] == self._awaited:
                self.seen.setdefault(browser, time.monotonic())

    async def change(self, control: Control, leaves: bool) -> list[float]:
        """An agent of the first queue logs out or in; the delay of each browser, in seconds."""
        self._awaited, self.seen = str(AGENTS // QUEUES - leaves).encode(), {}
        began = time.monotonic()
        state = {"state": "logged_out" if leaves else "available", "reason": "", "by": "bench", "via": "api"}
        await asyncio.to_thread(control.request, "agent.set_state", id="a0", **state)
        await asyncio.sleep(EVERY_S - (time.monotonic() - began))
        return [at - began for at in self.seen.values()]


async def window(box: Box, browsers: Browsers, control: Control) -> tuple[dict[str, float], list[float]]:
    """Percent of a core that core and web took, and all delays."""
    before, began = {name: cpu_s(box.pid(name)) for name in ("core", "web")}, time.monotonic()
    delays: list[float] = []
    while time.monotonic() - began < WINDOW_S:
        for leaves in (True, False):
            delays += await browsers.change(control, leaves)
    took = time.monotonic() - began
    return {name: 100 * (cpu_s(box.pid(name)) - before[name]) / took for name in before}, delays


async def measure(scheme: str) -> dict[str, Any]:
    """All of it, by http or https."""
    with tempfile.TemporaryDirectory(prefix="tipring-bench-") as folder:
        arguments = ("--web", f"{scheme}://127.0.0.1:0")
        async with Box(Path(folder) / "box", document(), "none", arguments=arguments) as box:
            with Control(box.state / "control.sock") as control:
                return await _measure(box, control)


async def _measure(box: Box, control: Control) -> dict[str, Any]:
    browsers = Browsers(box)
    shares: dict[str, list[dict[str, float]]] = {"none": [], "all": []}
    memory, delays = {"none": memory_mb(box.pid("web"))}, []
    for turn in range(PAIRS):
        for kind in ("none", "all") if turn % 2 else ("all", "none"):
            async with browsers.open(BROWSERS if kind == "all" else 0):
                share, found = await window(box, browsers, control)
                memory[kind] = memory_mb(box.pid("web"))
            shares[kind].append(share)
            delays += found
    async with browsers.open(BROWSERS, HUNG):
        _, beside_hung = await window(box, browsers, control)
        memory["some_hung"] = memory_mb(box.pid("web"))
    more = [b["core"] - a["core"] for a, b in zip(shares["none"], shares["all"], strict=True)]
    return {
        "browsers": BROWSERS,
        "core_cpu_percent": {kind: _mean(shares[kind], "core") for kind in shares},
        "core_cpu_percent_more": round(statistics.mean(more), 2),
        "core_cpu_percent_more_standard_error": round(statistics.stdev(more) / len(more) ** 0.5, 2),
        "web_cpu_percent": {kind: _mean(shares[kind], "web") for kind in shares},
        "web_memory_mb": memory,
        "delay_ms": _delays(delays),
        "delay_ms_beside_hung": _delays(beside_hung),
    }


def _mean(shares: list[dict[str, float]], name: str) -> float:
    return round(statistics.mean(share[name] for share in shares), 2)


def _delays(found: list[float]) -> dict[str, float]:
    ordered = sorted(1000 * delay for delay in found)
    shown = {"p50": len(ordered) // 2, "p99": len(ordered) * 99 // 100, "max": len(ordered) - 1}
    return {"count": len(ordered), **{name: round(ordered[place], 1) for name, place in shown.items()}}


def run() -> dict[str, Any]:
    """The figures."""
    return {scheme: asyncio.run(measure(scheme)) for scheme in ("http", "https")}
