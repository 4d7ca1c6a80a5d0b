# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands against a whole box, and its end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from pathlib import Path

from hil.box import Box
from hil.phone import Phone
from hil.waiting import NotSeen
from tests.core.test_up import refused
from tests.sip.conftest import IN_ONE_LOOP

pytestmark = IN_ONE_LOOP


async def test_a_second_box_on_the_same_state_is_refused(box: Box) -> None:
    said = await asyncio.to_thread(refused, box.state, "--web", "127.0.0.1:0", "--sip", "127.0.0.1:0")
    assert "already runs" in said


async def test_services_do_not_outlive_a_killed_supervisor(own_box: Box) -> None:
    pids = [own_box.pid(service) for service in ("core", "web", "uplink")]
    os.kill(own_box.pid("up"), signal.SIGKILL)
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
        assert listed["items"][0]["id"] == id
        await box.until("/ports", lambda ports: ports[1]["state"] == "idle")
        unknown = await asyncio.to_thread(box.tipring, "call", "hangup", "nobody", check=False)
        assert unknown.returncode == 1
        assert "nobody" in unknown.stderr


async def test_a_phone_that_does_not_exist_cannot_be_rung(box: Box) -> None:
    failed = await asyncio.to_thread(box.tipring, "call", "make", "299", "202", check=False)
    assert failed.returncode == 1
    assert "299" in failed.stderr
