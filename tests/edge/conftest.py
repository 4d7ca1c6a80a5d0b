# SPDX-License-Identifier: GPL-2.0-or-later
"""An office with SIP phones behind the edge. Sources other than 127.0.0.1 are other addresses of the loopback.

Tests that leave it as they found it share one `box` in a file, whose mark is `IN_ONE_LOOP`; others have an `own_box`.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from firmware.edge.files import EdgeFiles
from firmware.edge.registrations import forget
from firmware.edge.rpc import Rpc
from hil.box import Box
from hil.sip_phone import SipPhone
from tests.sip.conftest import IN_ONE_LOOP, MakeBox, make_box, office, peer, sounds

__all__ = ["IN_ONE_LOOP", "make_box", "peer", "sounds"]

PASSWORDS = {"203": "kUbNaqs9mVh4tTrb2xzG", "204": "P7xwWkDh3sYgqe8RfnJc"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not shutil.which("kamailio"):
        for item in items:
            if "tests/edge" in str(item.path):
                item.add_marker(pytest.mark.skip(reason="needs kamailio"))


def sip_phones(**changes: Any) -> dict[str, Any]:
    """203 and 204 have SIP phones, 201 an analog one."""
    extensions = [
        {"number": "201", "name": "Alice", "port": "fxs1"},
        {"number": "203", "name": "Carol", "sip": {"password": PASSWORDS["203"]}},
        {"number": "204", "name": "Dave", "sip": {"password": PASSWORDS["204"]}},
    ]
    return {"extension": extensions, "route": [], **changes}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office_box(tmp_path_factory: pytest.TempPathFactory, sounds: Path) -> AsyncIterator[Box]:
    """The office above, for a whole file."""
    folder = tmp_path_factory.mktemp("office")
    environment = {"TIPRING_SOUNDS": str(sounds)}
    async with Box(folder / "box", office(**sip_phones()), "sim:fxo=1,fxs=2", environment) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def box(office_box: Box) -> AsyncIterator[Box]:
    """As it was at first: no call, nobody registered, whatever a test before it left when it failed."""
    await office_box.hang_up_all()
    await asyncio.to_thread(forget_phones, office_box)
    await office_box.until("/phones", lambda phones: phones == [])  # the core has looked
    office_box.begin()
    yield office_box
    await office_box.until("/calls/active", lambda calls: not calls)


def forget_phones(box: Box) -> None:
    """Nobody is registered any more."""
    with Rpc(EdgeFiles(box.state).rpc) as rpc:
        for number in PASSWORDS:
            forget(rpc, number)


@pytest_asyncio.fixture(loop_scope="module")
async def own_box(make_box: MakeBox) -> AsyncIterator[Box]:
    """One that a test may break or change."""
    async with make_box(**sip_phones()) as running:
        yield running


def device(box: Box, number: str, **options: Any) -> SipPhone:
    """A device of 203 or 204."""
    ways = {"tls": 1, "wss": 3}
    host, _, port = box.sip.rpartition(":")
    server = f"{host}:{int(port) + ways.get(options.get('transport', 'udp'), 0)}"
    return SipPhone(number, options.pop("password", PASSWORDS.get(number, "x")), server, **options)


async def devices_of(box: Box, number: str, count: int, timeout: float = 5) -> list[dict[str, Any]]:
    """Waits until so many devices of an extension are registered. NotSeen."""

    def fits(listed: list[dict[str, Any]]) -> bool:
        return sum(item["extension"] == number for item in listed) == count

    listed = await box.until("/phones", fits, timeout)
    return [item for item in listed if item["extension"] == number]
