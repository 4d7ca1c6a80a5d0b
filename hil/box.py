# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole box as a child process: `tipring up` with its own state, and what a test asks it from outside."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import tomli_w

from firmware import times
from hil import blank_state
from hil.waiting import NotSeen

START_S = 40.0
STOP_S = 6.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def _end_with_parent() -> None:
    """In the child: a test run that is killed leaves no box behind (prctl(2))."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Box:
    """Start it with `async with`. `log` is the file with everything it said."""

    def __init__(
        self,
        state: Path,
        config: dict[str, Any] | None = None,
        card: str = "sim:fxo=2,fxs=4",
        environment: dict[str, str] | None = None,
        arguments: tuple[str, ...] = (),
    ) -> None:
        self.state, self.card, self.config = state, card, config
        self.environment = {**os.environ, **(environment or {})}
        self.arguments = arguments
        self.ready: dict[str, str] = {}
        self.log = state.parent / f"{state.name}.log"
        self._process: asyncio.subprocess.Process | None = None
        self._token = ""
        self._since = ""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Returns when the box is ready. RuntimeError, with its last words, when it does not come up."""
        await asyncio.to_thread(blank_state.prepare, self.state)
        command = [sys.executable, "-m", "firmware.cli", "up", "--state", str(self.state), "--card", self.card]
        command += ["--web", "127.0.0.1:0", "--sip", "127.0.0.1:0", *self.arguments]
        if self.config is not None:
            file = self.state.parent / f"{self.state.name}.toml"
            file.write_text(tomli_w.dumps(self.config))
            command += ["--config", str(file)]
        with self.log.open("a") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command, stdout=subprocess.PIPE, stderr=log, env=self.environment, start_new_session=True,
                preexec_fn=_end_with_parent,
            )  # fmt: skip
        try:
            await self.until_ready(START_S)
        except (TimeoutError, ValueError) as error:
            await self.stop()
            raise RuntimeError(f"the box did not come up; its last words:\n{self.last_words()}") from error

    async def until_ready(self, seconds: float) -> None:
        """The next time that it says so, as after a factory reset. TimeoutError; ValueError when it ended."""
        assert self._process
        assert self._process.stdout
        self.ready = json.loads(await asyncio.wait_for(self._process.stdout.readline(), seconds))
        self._token = ""

    async def stop(self) -> int:
        """SIGTERM, and the exit status."""
        if not self._process:
            return 0
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._process.wait(), STOP_S)
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
                await self._process.wait()
        return self._process.returncode or 0

    def last_words(self, lines: int = 40) -> str:
        """The end of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    @property
    def sim(self) -> Path:
        """Where the sockets of the simulated copper are."""
        return Path(self.ready["sim"])

    @property
    def sip(self) -> str:
        """HOST:PORT."""
        return self.ready["sip"]

    def pid(self, service: str) -> int:
        """The process id of a service ("up" is `tipring up` itself)."""
        assert self._process
        if service == "up":
            return self._process.pid
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        module = {"web": "webui", "bench": "hil.bench"}.get(service, f"firmware.{service}")
        for child in children:
            if service == "edge" and Path(f"/proc/{child}/comm").read_text().strip() == "kamailio":
                return int(child)
            with contextlib.suppress(OSError):
                if module in Path(f"/proc/{child}/cmdline").read_text().split("\0"):
                    return int(child)
        raise LookupError(f"no process runs {service}")

    def kill(self, service: str) -> None:
        """kill -9 of a service."""
        os.kill(self.pid(service), signal.SIGKILL)

    async def killed(self, service: str) -> None:
        """The same, and waits until it is dead. NotSeen when it is not within 2 s."""
        pid = self.pid(service)
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 2
        while _alive(pid):
            if time.monotonic() > deadline:
                raise NotSeen(f"the end of {service} within 2 s")
            await asyncio.sleep(0.005)

    # ---- from outside ------------------------------------------------------------------------

    def tipring(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Runs the command line tool on this box's state."""
        command = [sys.executable, "-m", "firmware.cli", *arguments, "--state", str(self.state)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stderr}")
        return done

    def token(self) -> str:
        """A bearer token of an administrator."""
        if not self._token:
            self._token = self.tipring("token", "create", "--role", "admin").stdout.split()[-1]
        return self._token

    async def request(self, method: str, path: str, body: Any = None) -> Any:
        """An API request; the decoded answer. urllib.error.HTTPError for anything but 2xx."""
        return await asyncio.to_thread(self._request, method, path, body)

    def _request(self, method: str, path: str, body: Any) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token()}", "Content-Type": "application/json"}
        url = self.ready["web"].rstrip("/") + path
        request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            raw = answer.read()
            return json.loads(raw) if "json" in answer.headers.get("Content-Type", "") else raw

    async def get(self, path: str) -> Any:
        """GET /api/v1…"""
        return await self.request("GET", f"/api/v1{path}")

    async def until(self, path: str, condition: Callable[[Any], Any], timeout: float = 10.0) -> Any:
        """Asks until the answer is as awaited. NotSeen with the last answer."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                answer = await self.get(path)
            except (urllib.error.URLError, ConnectionError) as error:
                answer = str(error)
            else:
                if condition(answer):
                    return answer
            if time.monotonic() > deadline:
                raise NotSeen(f"GET {path} within {timeout:g} s; last: {json.dumps(answer, indent=1)}")
            await asyncio.sleep(0.05)

    async def hang_up_all(self) -> None:
        """Ends every call. NotSeen."""
        for call in await self.get("/calls/active"):
            with contextlib.suppress(urllib.error.HTTPError):  # it ended by itself
                await self.request("POST", f"/api/v1/calls/{call['id']}/hangup")
        await self.until("/calls/active", lambda calls: not calls)

    def begin(self) -> None:
        """A new test begins: calls are counted from here on."""
        self._since = f"&since={times.iso(times.now())}"

    async def call_ended(self, count: int = 1, timeout: float = 10.0) -> dict[str, Any]:
        """Waits until so many calls are in the list, and returns the newest."""
        page = await self.until(f"/calls?limit=500{self._since}", lambda p: len(_over(p)) >= count, timeout)
        return dict(_over(page)[0])


def _over(page: dict[str, Any]) -> list[dict[str, Any]]:
    return [call for call in page["items"] if call["ended_at"]]


def _alive(pid: int) -> bool:
    """A process whose first thread is a zombie still holds its sockets while the others die."""
    process = Path(f"/proc/{pid}")
    try:
        state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        return state not in "ZX" or len(list((process / "task").iterdir())) > 1
    except (FileNotFoundError, ProcessLookupError):
        return False
