# SPDX-License-Identifier: GPL-2.0-or-later
"""Edge and core die and come back; who was registered still is, and is called."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hil import processes
from hil.box import Box
from hil.rtp import RtpEnd
from hil.sip import SipPeer, sdp
from hil.waiting import NotSeen
from tests.edge.conftest import IN_ONE_LOOP, device, devices_of

pytestmark = IN_ONE_LOOP


@pytest.fixture
def box(own_box: Box) -> Box:
    """Each test its own."""
    return own_box


SAVED_S = 6.0  # registrations are on the disk after this


async def rings(peer: SipPeer, box: Box, phone: SipPeer, number: str = "203") -> None:
    """A call to the extension reaches the phone."""
    call = await peer.call(f"sip:{number}@{box.sip}", sdp(40000))
    rung = await phone.invited()
    rung.answer(180)
    await call.answer_of(180)
    call.cancel()
    await call.answer_of(487)
    await rung.hung_up()


async def test_a_killed_edge_is_back_with_its_registrations(box: Box, peer: SipPeer) -> None:
    async with device(box, "203") as phone:
        await phone.register()
        first = (await devices_of(box, "203", 1))[0]
        await asyncio.sleep(SAVED_S)
        group = box.pid("edge")
        await box.killed("edge")
        again = await devices_of(box, "203", 1, timeout=8)
        assert again[0]["contact"] == first["contact"]
        assert not processes.group(group)
        await rings(peer, box, phone)
        assert (await box.get("/health"))["services"]["core"] == "up"


async def test_a_call_outlives_the_edge(box: Box) -> None:
    """Its sound goes past the edge, and its end finds the edge that came after."""
    async with device(box, "203") as carol, device(box, "204") as dave, RtpEnd() as here, RtpEnd() as there:
        await carol.register()
        await dave.register()
        await devices_of(box, "204", 1)
        call = await carol.dial("204", sdp(here.port))
        rung = await dave.invited()
        rung.answer(200, sdp(there.port))
        await call.answer_of(200)
        before = box.pid("edge")
        await box.killed("edge")
        await until(lambda: box.pid("edge") != before, "another edge")
        await box.until("/phones", lambda phones: isinstance(phones, list), 8)
        assert (await call.bye()).status == 200
        await rung.hung_up()
    assert (await box.call_ended())["disposition"] == "answered"


async def until(holds: Callable[[], bool], what: str) -> None:
    """NotSeen after 10 s."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(LookupError, FileNotFoundError):  # between two edges
            if await asyncio.to_thread(holds):
                return
        await asyncio.sleep(0.05)
    raise NotSeen(f"{what} within 10 s")


async def test_a_killed_core_finds_the_phones_registered(box: Box, peer: SipPeer) -> None:
    async with device(box, "203", transport="tcp") as phone:
        await phone.register()
        await devices_of(box, "203", 1)
        edge = box.pid("edge")
        await box.killed("core")
        assert len(await devices_of(box, "203", 1, timeout=15)) == 1
        assert box.pid("edge") == edge
        await rings(peer, box, phone)


async def test_changed_ports_start_the_edge_anew_and_nothing_else_does(box: Box) -> None:
    async with device(box, "203") as phone:
        await phone.register()
        edge, core = box.pid("edge"), box.pid("core")
        document = (await box.get("/config"))["document"]
        await box.request("PUT", "/api/v1/config", document | {"edge": {"trusted": ["192.0.2.0/24"]}})
        assert box.pid("edge") == edge
        assert "192.0.2.0" in (await asyncio.to_thread((box.state / "edge" / "addresses").read_text))
        await box.request("PUT", "/api/v1/config", document | {"edge": {"wss_port": 0}})
        await until(lambda: box.pid("edge") != edge, "another edge")
        config, wss = box.state / "edge" / "kamailio.cfg", f":{int(box.sip.rpartition(':')[2]) + 3}\n"
        await until(lambda: wss not in config.read_text(), "a configuration without secure WebSocket")
        assert len(await devices_of(box, "203", 1, timeout=10)) == 1
        assert box.pid("core") == core


async def test_the_owners_certificate_replaces_ours_without_an_interruption(box: Box, tmp_path: Path) -> None:
    key, certificate = tmp_path / "k.pem", tmp_path / "c.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=pbx.example.com"]
    process = await asyncio.create_subprocess_exec(*make, "-keyout", str(key), "-out", str(certificate), stderr=-3)
    assert await process.wait() == 0
    async with device(box, "203", transport="tls") as phone:
        await phone.register()
        refused = await asyncio.to_thread(
            box.tipring, "certificate", "install", str(key), str(certificate), check=False
        )
        assert refused.returncode == 1
        shown = await asyncio.to_thread(box.tipring, "certificate", "install", str(certificate), str(key))
        assert "pbx.example.com" in shown.stdout
        assert (await phone.register()).status == 200  # on the old connection
        async with device(box, "204", transport="tls") as other:
            peer = other._transport.get_extra_info("ssl_object")  # type: ignore[union-attr]
            assert b"pbx.example.com" in peer.getpeercert(binary_form=True)
            assert (await other.register()).status == 200
