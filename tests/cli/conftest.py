# SPDX-License-Identifier: GPL-2.0-or-later
"""The core's control socket with little behind it, and the command as a user types it."""

import asyncio
import threading
from concurrent.futures import Future

import pytest

from firmware import service
from firmware.cli import main
from firmware.config import check
from firmware.core.control import ControlServer
from firmware.errors import NotFound
from firmware.store.config_db import ConfigDb

PORTS = [
    {"id": "fxo1", "kind": "fxo", "state": "idle", "name": "Line 1", "detail": ""},
    {"id": "fxs1", "kind": "fxs", "state": "in_use", "name": "Alice", "detail": ""},
]
AGENT = {"id": "alice", "name": "Alice", "extension": "201", "state": "available", "reason": "", "queues": ["support"]}


class SmallCore:
    """Answers on STATE/control.sock from a thread, like the core does from its own process."""

    def __init__(self, state) -> None:
        self.state = state
        self.hung_up: list[str] = []
        self.ordered: list[dict] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._lock = service.hold_lock(state, "core")
        handlers = {
            "status": self._status,
            "ports": self._ports,
            "agents": self._agents,
            "extension.set": self._choose,
            "call.originate": self._originate,
            "call.hangup": self._hang_up,
            "agent.set_state": self._set_agent,
            "config.apply": self._apply,
            "hang": self._hang,
            "queues": self._queues,
            **{f"waiting.{order}": self._order for order in ("move", "prioritise", "pick")},
        }
        self.server = ControlServer(state / "control.sock", handlers, self.snapshot)
        self._thread.start()
        self._in_loop(self.server.start())

    def _in_loop(self, coroutine):
        future: Future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        return future.result(10)

    def publish(self, name: str, data: dict) -> None:
        self._loop.call_soon_threadsafe(self.server.publish, name, data)

    def stop(self) -> None:
        self._in_loop(self.server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        self._lock.close()

    def snapshot(self) -> dict:
        return {
            "version": "0",
            "degraded": [],
            "ports": PORTS,
            "calls": [],
            "queues": [],
            "agents": [AGENT],
            "alarms": [],
        }

    async def _status(self, params):
        return self.snapshot()

    async def _ports(self, params):
        return PORTS

    async def _agents(self, params):
        return [AGENT]

    async def _choose(self, params):
        return {"extension": params["extension"], "name": "Alice", "lamp": "idle", **params["settings"]}

    async def _originate(self, params):
        return {"id": f"{params['from']}-{params['to']}"}

    async def _hang_up(self, params):
        if params["id"] == "nothing":
            raise NotFound("There is no call nothing.", code="no_such_call", field="id")
        self.hung_up.append(params["id"])
        return {}

    async def _set_agent(self, params):
        return AGENT | {"state": params["state"], "reason": params["reason"]}

    async def _queues(self, params):
        return []

    async def _order(self, params):
        self.ordered.append(params)
        return {"queue": "sales", "call": "c1", "position": 1, "number": "5550100"}

    async def _apply(self, params):
        check(params["document"], ["fxo1", "fxs1"])
        return {"revision": ConfigDb(self.state).apply(params["document"], params["author"]).id}

    async def _hang(self, params):
        await asyncio.sleep(60)


@pytest.fixture
def core(tmp_path):
    small = SmallCore(tmp_path)
    yield small
    small.stop()


@pytest.fixture
def tipring(tmp_path, capsys):
    """Runs `tipring ARGUMENTS` on the test's state: exit status, stdout, stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            status = main([*arguments, "--state", str(tmp_path)])
        except SystemExit as exit_:
            status = exit_.code
        said = capsys.readouterr()
        return status, said.out, said.err

    return run
