# SPDX-License-Identifier: GPL-2.0-or-later
"""An office with SIP phones behind the edge. Sources other than 127.0.0.1 are other addresses of the loopback."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hil.box import Box
from hil.sip_phone import SipPhone
from tests.sip.conftest import MakeBox, make_box, peer, sounds

__all__ = ["make_box", "peer", "sounds"]

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


@pytest.fixture
async def box(make_box: MakeBox) -> AsyncIterator[Box]:
    """The office above."""
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
