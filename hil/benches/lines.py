# SPDX-License-Identifier: GPL-2.0-or-later
"""32 analog ports in 16 calls with all detectors on, in one process with pjsip as in the core."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
import time
from typing import Any

from drivers import lineaudio
from drivers.lineaudio import Hear, Law, LineAudio, NativeEvents
from firmware import countries
from firmware.media.endpoint import Endpoint
from firmware.media.tone_table import tone_table

PORTS = 32
SETTLE_S, MEASURE_S = 2.0, 20.0
BURNERS = 3
EVERYTHING = Hear(sum(Hear))


async def measure() -> dict[str, Any]:
    """CPU of the process per second, and how late ticks began: alone, with echo cancellers, beside busy Python."""
    endpoint = Endpoint("127.0.0.1", 0)
    endpoint.start()
    events = NativeEvents()
    events.start()
    pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(PORTS)]
    lines = [_line(events, near) for near, _ in pairs]
    for a, b in zip(lines[::2], lines[1::2], strict=True):
        lineaudio.connect(a.slot, b.slot)
        lineaudio.connect(b.slot, a.slot)
    far = [str(far.fileno()) for _, far in pairs]
    copper = subprocess.Popen([sys.executable, "-m", "hil.benches.copper", *far], pass_fds=[int(fd) for fd in far])
    try:
        calm = await _window()
        for line in lines:
            line.cancel_echo(True)
        cancelling = await _window()
        with _Burning():
            busy = await _window()
    finally:
        copper.terminate()
        copper.wait()
    stats = [line.stats() for line in lines]
    endpoint.stop()
    return {
        "ports": PORTS,
        "cpu_percent": calm.pop("cpu_percent"),
        "cpu_percent_with_echo_cancellers": cancelling.pop("cpu_percent"),
        "echo_found_on": sum(s.echo_cancelled > 0 for s in stats),
        "calm": calm,
        "with_echo_cancellers": cancelling,
        "beside_busy_python": {key: value for key, value in busy.items() if key != "cpu_percent"},
        "underruns": sum(s.underruns for s in stats),
        "overruns": sum(s.overruns for s in stats),
    }


def _line(events: NativeEvents, near: socket.socket) -> LineAudio:
    line = LineAudio(events, Law.ULAW)
    line.set_tones(tone_table(countries.load("us")).steps)
    line.attach(near.fileno())
    line.hear(EVERYTHING)
    return line


async def _window() -> dict[str, Any]:
    await asyncio.sleep(SETTLE_S)
    lineaudio.clock_stats(reset=True)
    cpu, wall = time.process_time(), time.monotonic()
    await asyncio.sleep(MEASURE_S)
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    stats = lineaudio.clock_stats()
    return {
        "cpu_percent": round(100 * cpu / wall, 2),
        "ticks": stats.ticks,
        "ticks_expected": round(wall / 0.02),
        "skipped": stats.skipped,
        "late_over_5ms": stats.late_over_5ms,
        "late_over_20ms": stats.late_over_20ms,
        "late_max_ms": round(stats.late_max_us / 1000, 2),
        "spent_mean_us": round(stats.spent_sum_us / max(1, stats.ticks)),
        "realtime": bool(stats.realtime),
    }


class _Burning:
    """Threads that do nothing but hold the interpreter."""

    def __enter__(self) -> None:
        self._stop = False
        self._threads = [threading.Thread(target=self._burn, daemon=True) for _ in range(BURNERS)]
        for thread in self._threads:
            thread.start()

    def _burn(self) -> None:
        n = 0
        while not self._stop:
            n += 1

    def __exit__(self, *exception: object) -> None:
        self._stop = True
        for thread in self._threads:
            thread.join()


def run() -> dict[str, Any]:
    """The figures."""
    return asyncio.run(measure())
