# SPDX-License-Identifier: GPL-2.0-or-later
"""Busy lamps and message lamps of SIP phones: what is published reaches those who have subscribed."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import pytest

from firmware.edge.files import EdgeFiles
from firmware.edge.publish import Lamp, Publisher
from hil.box import Box
from hil.sip_phone import SipPhone
from tests.edge.conftest import IN_ONE_LOOP, device

pytestmark = IN_ONE_LOOP


@contextlib.asynccontextmanager
async def publisher(box: Box) -> AsyncIterator[Publisher]:
    """As the core has one."""
    one = Publisher(int(box.sip.rpartition(":")[2]) + 5, EdgeFiles(box.state).secret())
    await one.start()
    try:
        yield one
    finally:
        await one.stop()


async def shows(phone: SipPhone, event: str, words: str) -> None:
    """Waits until the last NOTIFY of an event has these words. NotSeen."""

    def last() -> str:
        bodies = [m.body for m in phone.log if m.method == "NOTIFY" and not m.status and m["event"].startswith(event)]
        return bodies[-1] if bodies else ""

    await phone.until(lambda: words in last(), 5, f"{words} in a NOTIFY")


@pytest.mark.parametrize("transport", ["udp", "tls"])
async def test_a_busy_lamp_follows_an_extension(box: Box, transport: str) -> None:
    async with publisher(box) as lamps, device(box, "203", transport=transport) as phone:
        lamps.publish_dialog("201", Lamp.IDLE)
        await phone.register()
        assert (await phone.subscribe("201", "dialog")).status in (200, 202)
        await shows(phone, "dialog", "<state>terminated</state>")
        for lamp in (Lamp.RINGING, Lamp.BUSY, Lamp.IDLE):
            lamps.publish_dialog("201", lamp)
            await shows(phone, "dialog", f"<state>{lamp}</state>")


async def test_a_message_lamp_is_the_own_ones_only(box: Box) -> None:
    async with publisher(box) as lamps, device(box, "203") as phone:
        lamps.publish_mwi("204", 7, 7)
        lamps.publish_mwi("203", 2, 5)
        await phone.register()
        assert (await phone.subscribe("204", "message-summary")).status in (200, 202)
        await shows(phone, "message-summary", "Voice-Message: 2/5")
        lamps.publish_mwi("203", 0, 7)
        await shows(phone, "message-summary", "Messages-Waiting: no")
        assert not [m for m in phone.log if "7/7" in m.body]


async def test_lamps_are_right_again_after_the_edge_was_started_anew(own_box: Box) -> None:
    async with publisher(own_box) as lamps, device(own_box, "203") as phone:
        lamps.publish_dialog("201", Lamp.BUSY)
        await phone.register()
        await phone.subscribe("201", "dialog")
        await shows(phone, "dialog", "confirmed")
        await own_box.killed("edge")
        phone.log.clear()
        await phone.until_registered()
        lamps.again()
        await phone.subscribe("201", "dialog")
        await shows(phone, "dialog", "confirmed")


async def test_strangers_learn_nothing_of_who_is_busy(box: Box) -> None:
    async with device(box, "203", password="wrong") as phone:
        assert (await phone.subscribe("201", "dialog")).status == 407
