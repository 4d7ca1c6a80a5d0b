# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the services in the foreground, as systemd does on the box: starts them, restarts what dies, ends all.

Readiness comes by the protocol of sd_notify(3), so a service does not know who runs it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from firmware.errors import TipringError
from firmware.service import ANEW

log = logging.getLogger(__name__)

READY_S = 30.0
STOP_S = 4.0
RESTART_S = (0.1, 5.0)  # first and longest pause before a dead service comes back
TOLD_WHY = (1, 2)  # how services end that cannot do what they were told: trying again would change nothing
NICE = {"core": -10}  # calls come before pages, where the system lets us say so
STEADY_S = 10.0  # a service that lived so long is restarted at once


@dataclass
class Service:
    """One process. `keep` maps what it told when ready to the argument that gives it the same again."""

    name: str
    arguments: list[str]
    keep: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    def command(self) -> list[str]:
        """The arguments, with addresses as they were given the first time (port 0 picks a free one only once)."""
        arguments = list(self.arguments)
        for told, option in self.keep.items():
            if told in self.told:
                arguments[arguments.index(option) + 1] = self.told[told]
        ended_with_us = [sys.executable, "-IS", str(Path(__file__).with_name("child.py")), str(os.getpid())]
        return [*ended_with_us, sys.executable, "-m", *arguments]


class Supervisor:
    """Starts services, restarts them, and stops them all. `ended`: when one of them says that all must begin `anew`."""

    def __init__(self, services: list[Service]) -> None:
        self._services = services
        self._stopping = asyncio.Event()
        self._folder = tempfile.TemporaryDirectory(prefix="tipring-")
        self._tasks: list[asyncio.Task[None]] = []
        self._sockets: list[socket.socket] = []
        self.anew = False
        self.ended = asyncio.Event()

    async def start(self) -> None:
        """Returns when all of them accept work. TipringError when one does not."""
        for service in self._services:
            self._tasks.append(asyncio.create_task(self._keep(service, self._listen(service))))
        waits = {asyncio.create_task(service.ready.wait()): service for service in self._services}
        stopped = asyncio.create_task(self._stopping.wait())
        _, late = await asyncio.wait([*waits, stopped], timeout=READY_S, return_when=asyncio.FIRST_COMPLETED)
        while late - {stopped} and not stopped.done():
            done, late = await asyncio.wait(late, timeout=READY_S, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                break
        stopped.cancel()
        missing = [service.name for task, service in waits.items() if not task.done()]
        for task in waits:
            task.cancel()
        if missing:
            raise TipringError(f"{', '.join(missing)} did not come up. The lines above say why.", code="not_ready")

    async def stop(self) -> None:
        """SIGTERM to all, SIGKILL to those that stay."""
        self._stopping.set()
        running = [s.process for s in self._services if s.process and s.process.returncode is None]
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        waits = [asyncio.create_task(process.wait()) for process in running]
        if waits:
            await asyncio.wait(waits, timeout=STOP_S)
        for process in running:
            if process.returncode is None:
                log.warning("a service did not end within %.0f s and is killed", STOP_S)
            _kill_group(process.pid)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for box in self._sockets:
            asyncio.get_running_loop().remove_reader(box)
            box.close()
        self._folder.cleanup()

    # ---- one service -------------------------------------------------------------------------------

    async def _keep(self, service: Service, address: str) -> None:
        pause = RESTART_S[0]
        failures = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            environment = {**os.environ, "NOTIFY_SOCKET": address}
            service.process = await asyncio.create_subprocess_exec(
                *service.command(), env=environment, start_new_session=True, stdout=sys.stderr.fileno()
            )
            with contextlib.suppress(PermissionError, ProcessLookupError):
                os.setpriority(os.PRIO_PROCESS, service.process.pid, NICE.get(service.name, 0))
            status = await service.process.wait()
            _kill_group(service.process.pid)  # Kamailio's other processes outlive a killed first one
            if self._stopping.is_set():
                return
            if status == ANEW:
                self.anew = True
                self.ended.set()
                return
            log.error("%s ended (%s)", service.name, _ending(status))
            failures = 0 if time.monotonic() - began > STEADY_S else failures + 1
            if not service.ready.is_set() and (status in TOLD_WHY or failures >= 2):
                self._stopping.set()  # it never came up: let the person read why
                return
            pause = RESTART_S[0] if failures <= 1 else min(pause * 2, RESTART_S[1])
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    def _listen(self, service: Service) -> str:
        address = str(Path(self._folder.name) / service.name)
        box = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        box.bind(address)
        self._sockets.append(box)
        asyncio.get_running_loop().add_reader(box, self._notified, service, box)
        return address

    def _notified(self, service: Service, box: socket.socket) -> None:
        for line in box.recv(4096).decode(errors="replace").splitlines():
            name, _, value = line.partition("=")
            if name.startswith("X_TIPRING_"):
                service.told[name] = value
            elif (name, value) == ("READY", "1"):
                service.ready.set()


def _kill_group(leader: int) -> None:
    """Each service leads a process group of its own; nothing of it is left."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def _ending(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit {status}"
