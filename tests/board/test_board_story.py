# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole box with a simulated board: the lifeline is drilled, sticks, and holds when the core hangs."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import tempfile
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from board.board import Board
from board.profile import Profile
from firmware.board import feeding
from firmware.board import service as board_service
from firmware.config.defaults import default_document
from hil.box import Box

pytestmark = pytest.mark.asyncio(loop_scope="module")

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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def box() -> AsyncIterator[Box]:
    with tempfile.TemporaryDirectory(prefix="tip") as folder:
        arguments = ("--board", "simulated", "--bench")
        # By hand only: at three in the morning the schedule would be first.
        config = {**default_document(["fxo1", "fxs1"]), "board": {"drill": "never"}}
        async with Box(Path(folder) / "box", card="sim:fxo=1,fxs=1", config=config, arguments=arguments) as box:
            yield box


@pytest.fixture
def front(box: Box) -> Iterator[Front]:
    front = Front(box.state / "sim" / "board")
    yield front
    front.close()


@pytest.mark.timeout(240)
async def test_the_lifeline_is_drilled_sticks_and_holds_when_the_core_hangs(box: Box, front: Front) -> None:
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


class Dog:
    """A watchdog that counts its meals."""

    timeout_s = 0.4

    def __init__(self) -> None:
        self.fed = 0

    def feed(self) -> None:
        self.fed += 1

    def close(self) -> None:
        pass

    async def hungry(self, seconds: float = 1.0) -> bool:
        """Whether nothing comes for so long."""
        before = self.fed
        await asyncio.sleep(seconds)
        return self.fed == before

    async def until(self, *, hungry: bool) -> None:
        async with asyncio.timeout(WAIT_S):
            while await self.hungry() is not hungry:
                pass


@pytest.mark.timeout(240)
async def test_a_hung_core_or_a_hung_web_starves_the_watchdog(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    """The board service once more, with less patience; core and web are real, and stopped."""
    monkeypatch.setattr(feeding, "PATIENCE_S", 3.0)
    monkeypatch.setattr(board_service, "WEB_S", 0.5)
    dog = Dog()
    service = board_service.BoardService(
        box.state, Profile("watch", "Watch", watchdog=None), Board("watch", "Watch", watchdog=dog)
    )
    running = asyncio.create_task(service.run())
    try:
        await box.until("/health", lambda health: health["status"], WAIT_S)
        await dog.until(hungry=False)
        for name in ("core", "web"):
            hung = box.pid(name)
            os.kill(hung, signal.SIGSTOP)
            try:
                await dog.until(hungry=True)
            finally:
                os.kill(hung, signal.SIGCONT)
            await dog.until(hungry=False)
    finally:
        running.cancel()
        await asyncio.wait({running})


HELD = {"network": {"power": False, "line": True, "alarm": False}, "factory": {"line": True, "alarm": True}}


async def hold(front: Front, stage: str) -> None:
    """Presses until the LEDs say what a release would do, and releases."""
    await front.until(lambda seen: "leds" in seen)
    front.set(button=True)
    try:
        await front.until(lambda seen: not seen["leds"]["power"] and HELD[stage].items() <= seen["leds"].items())
    finally:
        front.set(button=False)


@pytest.mark.timeout(300)
async def test_a_held_button_resets_the_network_and_longer_and_confirmed_the_whole_box(box: Box, front: Front) -> None:
    """The last one: afterwards it is another box."""
    (box.state / "recordings" / "left.wav").write_bytes(b"somebody's voice")
    document = (await box.get("/config"))["document"]
    await box.request("PUT", "/api/v1/config", {**document, "web": {"admin_networks": ["203.0.113.7"]}})
    await hold(front, "network")
    board = await box.until("/board", lambda board: board["resets"], WAIT_S)
    assert [(reset["result"], reset["by"]) for reset in board["resets"]] == [("network_reset", "button")]
    after = (await box.get("/config"))["document"]
    assert not after.get("web", {}).get("admin_networks")
    assert after["extension"] == document["extension"]

    def unique() -> list[bytes]:
        return [(box.state / "edge" / name).read_bytes() for name in ("key.pem", "certificate.pem", "secret")]

    before, token = unique(), box.token()
    for _ in range(3):  # a machine that stops for seconds makes a long press of a short one, which confirms nothing
        await hold(front, "factory")
        await front.until(lambda seen: all(seen["leds"].values()))  # they all flash: confirm
        front.set(button=True)
        await asyncio.sleep(0.3)
        front.set(button=False)
        try:
            await box.until_ready(WAIT_S)
            break
        except TimeoutError:
            continue
    assert not (box.state / "recordings" / "left.wav").exists()
    assert not set(before) & set(unique()), "keys and certificate are another box's"
    assert await refused(box, token)
    assert "setup" in box.ready, "it asks for its first account again"
    assert (await box.get("/board"))["resets"] == []


async def refused(box: Box, token: str) -> bool:
    """Whether a token of the box before the reset is worth nothing."""
    headers = {"Authorization": f"Bearer {token}"}
    request = urllib.request.Request(box.ready["web"] + "/api/v1/config", headers=headers)  # noqa: S310
    try:
        await asyncio.to_thread(urllib.request.urlopen, request, timeout=WAIT_S)
    except urllib.error.HTTPError as error:
        return error.code == 401
    return False
