# SPDX-License-Identifier: GPL-2.0-or-later
"""`tipring up` and the other commands against a whole box."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hil.box import Box
from hil.phone import Phone
from hil.waiting import NotSeen

LIMIT_S = 10.0  # a mistake is told at once, not after all the time that a slow start may take


def up(state: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "firmware.cli", "up", "--state", str(state), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def refused(state: Path, *arguments: str) -> str:
    """What it says when it ends by itself, with 1 or as wrong usage."""
    began = time.monotonic()
    process = up(state, *arguments)
    try:
        out, said = process.communicate(timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    assert time.monotonic() - began < LIMIT_S
    assert process.returncode in (1, 2)
    assert out == ""
    return said


def test_it_prints_one_line_and_ends_when_told(tmp_path: Path) -> None:
    process = up(tmp_path, "--card", "sim:fxo=1,fxs=1", "--web", "127.0.0.1:0", "--sip", "127.0.0.1:0")
    assert process.stdout
    ready = json.loads(process.stdout.readline())
    assert ready["event"] == "ready"
    assert ready["web"].startswith("http://127.0.0.1:")
    assert int(ready["sip"].rpartition(":")[2]) > 0
    assert Path(ready["control"]).exists()
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=6)
    assert time.monotonic() - began < 5
    assert (process.returncode, out) == (0, "")


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM], ids=["udp", "tcp"])
def test_an_occupied_sip_address_is_told(tmp_path: Path, kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        said = refused(tmp_path, "--web", "127.0.0.1:0", "--sip", address)
    assert address in said
    assert "--sip" in said


def test_an_occupied_web_address_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        said = refused(tmp_path, "--web", address, "--sip", "127.0.0.1:0")
    assert address in said
    assert "--web" in said


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--card", "sim:fxo=two"], "fxo"),
        (["--card", "tin"], "tin"),
        (["--sip", "nonsense"], "HOST:PORT"),
        (["--sip", "127.0.0.1:99999"], "HOST:PORT"),
        (["--web", "127.0.0.1:http"], "HOST:PORT"),
        (["--sip", "203.0.113.7:5060"], "203.0.113.7"),
        (["--config", "missing.toml"], "missing.toml"),
        (["--nonsense"], "--nonsense"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_arguments_are_told(tmp_path: Path, arguments: list[str], word: str) -> None:
    where = [] if "--web" in arguments else ["--web", "127.0.0.1:0"]
    where += [] if "--sip" in arguments else ["--sip", "127.0.0.1:0"]
    assert word in refused(tmp_path, *where, *arguments)


async def test_a_second_box_on_the_same_state_is_refused(box: Box) -> None:
    said = await asyncio.to_thread(refused, box.state, "--web", "127.0.0.1:0", "--sip", "127.0.0.1:0")
    assert "already runs" in said


async def test_services_do_not_outlive_a_killed_supervisor(box: Box) -> None:
    pids = [box.pid(service) for service in ("core", "web", "uplink")]
    os.kill(box.pid("up"), signal.SIGKILL)
    deadline = time.monotonic() + 6
    while left := [pid for pid in pids if running(pid)]:
        if time.monotonic() > deadline:
            raise NotSeen(f"the end of {left}")
        await asyncio.sleep(0.05)


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def test_status_of_the_running_box(box: Box) -> None:
    status = json.loads((await asyncio.to_thread(box.tipring, "status", "--json")).stdout)
    assert status["services"] == dict.fromkeys(("core", "web", "uplink", "archive", "edge"), "up")
    assert [port["id"] for port in status["ports"]] == ["fxo1", "fxs1", "fxs2"]
    assert (status["alarms"], status["calls"]) == ([], [])


async def test_click_to_dial_rings_the_phone_and_then_calls(box: Box) -> None:
    async with Phone(box.sim, "fxs1", ahead=2) as alice, Phone(box.sim, "fxs2", ahead=2) as bob:
        made = await box.request("POST", "/api/v1/calls", {"from": "201", "to": "202"})
        await alice.rung(timeout=3)
        assert not bob.ring_log
        alice.pick_up()
        await bob.rung(timeout=3)
        await alice.hears("ringback", timeout=4)
        bob.pick_up()
        await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")
        await box.request("POST", f"/api/v1/calls/{made['id']}/hangup")
        call = await box.call_ended(timeout=3)
    assert (call["id"], call["direction"], call["disposition"]) == (made["id"], "internal", "answered")
    assert (call["from_number"], call["to_number"]) == ("201", "202")


async def test_a_call_is_made_listed_and_hung_up_from_the_shell(box: Box) -> None:
    async with Phone(box.sim, "fxs1") as alice:
        id = (await asyncio.to_thread(box.tipring, "call", "make", "201", "202")).stdout.strip()
        await alice.rung(timeout=3)
        active = json.loads((await asyncio.to_thread(box.tipring, "call", "active", "--json")).stdout)
        assert [call["id"] for call in (active if isinstance(active, list) else active["items"])] == [id]
        await asyncio.to_thread(box.tipring, "call", "hangup", id)
        await box.call_ended(timeout=3)
        listed = json.loads((await asyncio.to_thread(box.tipring, "call", "list", "--json")).stdout)
        assert [call["id"] for call in listed["items"]] == [id]
        await box.until("/ports", lambda ports: ports[1]["state"] == "idle")
        unknown = await asyncio.to_thread(box.tipring, "call", "hangup", "nobody", check=False)
        assert unknown.returncode == 1
        assert "nobody" in unknown.stderr


async def test_a_phone_that_does_not_exist_cannot_be_rung(box: Box) -> None:
    failed = await asyncio.to_thread(box.tipring, "call", "make", "299", "202", check=False)
    assert failed.returncode == 1
    assert "299" in failed.stderr
