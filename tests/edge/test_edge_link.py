# SPDX-License-Identifier: GPL-2.0-or-later
"""What the core knows of registered phones, against an edge that answers as told."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from firmware.config import check
from firmware.edge.files import EdgeFiles
from firmware.edge.link import EdgeLink
from firmware.edge.ports import parse
from firmware.store.config_db import ConfigDb
from tests.edge.conftest import sip_phones

CONTACT = {
    "Address": "sip:203@127.0.0.1:5062", "Received": "[not set]", "Socket": "udp:127.0.0.1:5060", "Call-ID": "a",
    "User-Agent": "phone", "Expires": 60, "Last-Modified": 1,
}  # fmt: skip


class ToldEdge(asyncio.DatagramProtocol):
    """Answers for one phone, 203, as Kamailio's RPC does; not at all while `silent`."""

    silent = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        request = json.loads(data)
        answer: dict[str, Any] = {"result": {}}
        if request["method"] in ("ul.lookup", "htable.get"):
            answer = {"error": {"code": 404, "message": "not found"}}
        if request["method"] == "ul.lookup" and request["params"][1] == "203":
            answer = {"result": {"Contacts": [{"Contact": CONTACT}]}}
        if not self.silent:
            self._transport.sendto(json.dumps({"id": request["id"], **answer}).encode(), address)


@pytest.fixture
async def edge(tmp_path: Path) -> AsyncIterator[ToldEdge]:
    files = EdgeFiles(tmp_path)
    files.prepare()
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as there:
        there.setblocking(False)
        there.bind(str(files.rpc))
        transport, protocol = await loop.create_datagram_endpoint(ToldEdge, sock=there)
        yield protocol
        transport.close()


@pytest.fixture
async def link(tmp_path: Path, edge: ToldEdge) -> AsyncIterator[EdgeLink]:
    link = EdgeLink(tmp_path, parse("127.0.0.1:0"), ConfigDb(tmp_path), lambda number: None, lambda up: None)
    yield link
    await link.stop()


CONFIG = check({"extension": sip_phones()["extension"]}, ["fxs1"])


async def test_calls_find_the_phones_of_a_core_that_has_just_started(link: EdgeLink) -> None:
    await link.start(CONFIG)
    assert link.registered("203")
    assert not link.registered("204")


async def test_a_phone_that_is_shown_as_registered_is_called(link: EdgeLink, edge: ToldEdge) -> None:
    edge.silent = True  # its first answer is late
    await link.start(CONFIG)
    assert not link.registered("203")
    edge.silent = False
    assert [phone.extension for phone in await link.phones()] == ["203"]
    assert link.registered("203")
