# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole box with a simulated board: the lifeline is drilled, sticks, and holds when the core hangs."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from hil.box import Box

WAIT_S = 40.0


class Front:
    """Somebody in front of the board: sees its outputs, and moves its inputs."""

    def __init__(self, path: Path) -> None:
        self.seen: dict[str, Any] = {}
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.connect(str(path))
        self._socket.setblocking(False)

    def set(self, **inputs: object) -> None:
        self._socket.send(json.dumps(inputs).encode())

    async def until(self, holds: Callable[[dict[str, Any]], bool]) -> None:
        """Reads what is told until it is as awaited."""
        async with asyncio.timeout(WAIT_S):
            while not holds(self.seen):
                packet = await asyncio.get_running_loop().sock_recv(self._socket, 4096)
                assert packet, "the board has gone"
                self.seen |= json.loads(packet)

    def close(self) -> None:
        self._socket.close()


def of_relay(alarms: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [alarm for alarm in alarms if alarm["kind"] == "board:relay"]


@pytest.fixture
async def box() -> AsyncIterator[Box]:
    with tempfile.TemporaryDirectory(prefix="tip") as folder:
        arguments = ("--board", "simulated", "--bench")
        async with Box(Path(folder) / "box", card="sim:fxo=1,fxs=1", arguments=arguments) as box:
            yield box


@pytest.mark.timeout(240)
async def test_the_lifeline_is_drilled_sticks_and_holds_when_the_core_hangs(box: Box) -> None:
    front = Front(box.state / "sim" / "board")
    try:
        await box.until("/board", lambda b: b["up"] and b["report"]["lifeline"]["place"] == "card", WAIT_S)
        await front.until(lambda seen: seen.get("relay") is True)

        await box.request("POST", "/api/v1/board/drill", {})
        await front.until(lambda seen: seen["relay"] is False)
        await front.until(lambda seen: seen["relay"] is True)
        drilled = await box.until("/board", lambda b: b["drills"], WAIT_S)
        assert [(drill["result"], drill["by"]) for drill in drilled["drills"]] == [("passed", "hand")]

        front.set(relay_stuck=True)
        alarms = await box.until("/alarms", of_relay, WAIT_S)
        assert "Have the relay replaced" in of_relay(alarms)[0]["text"]
        for _ in range(5):  # a machine that stops for seconds makes a long press of a short one
            front.set(button=True)
            await asyncio.sleep(0.5)
            front.set(button=False)
            await asyncio.sleep(2)
            if all(alarm["acknowledged_at"] for alarm in of_relay(await box.get("/alarms"))):
                break
        await box.until("/alarms", lambda alarms: all(a["acknowledged_at"] for a in of_relay(alarms)), WAIT_S)
        front.set(relay_stuck=False)
        await box.until("/alarms", lambda alarms: not of_relay(alarms), WAIT_S)

        core = box.pid("core")
        os.kill(core, signal.SIGSTOP)
        try:
            await front.until(lambda seen: seen["relay"] is False)
        finally:
            os.kill(core, signal.SIGCONT)
        await front.until(lambda seen: seen["relay"] is True)
        kept = await box.until("/board", lambda b: [m["result"] for m in b["moves"][:2]] == ["card", "line"], WAIT_S)
        assert kept["drills"] == drilled["drills"]
    finally:
        front.close()
