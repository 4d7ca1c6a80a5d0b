# SPDX-License-Identifier: GPL-2.0-or-later
"""What a caller's packets come to is in the record of the call; and the box calls somebody about an alarm."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from firmware.api import Control
from hil.box import Box
from hil.phone import Phone
from hil.rtp import EVENT_PT, RtpEnd
from hil.sip import SipPeer
from tests.sip.conftest import IN_ONE_LOOP, dial

pytestmark = IN_ONE_LOOP

WAIT_S = 15.0


class LossyEnd(RtpEnd):
    """Of its packets every `nth` is lost on the way."""

    nth = 0

    def _send(self, pt: int, timestamp: int, body: bytes, mark: bool = False) -> None:
        if self.nth and pt != EVENT_PT and self._seq % self.nth == 0:
            self._seq = (self._seq + 1) & 0xFFFF
        else:
            super()._send(pt, timestamp, body, mark)


@pytest.mark.parametrize(("nth", "lost"), [(0, (0.0, 3.0)), (5, (15.0, 30.0))])
async def test_packets_that_are_lost_are_in_the_record(
    box: Box, peer: SipPeer, nth: int, lost: tuple[float, float]
) -> None:
    async with Phone(box.sim, "fxs1", ahead=3) as agent, LossyEnd() as rtp:
        rtp.nth = nth
        dialog = await dial(peer, box, "600", rtp)
        await agent.rung(timeout=WAIT_S)
        agent.pick_up()
        await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")
        begun = rtp.sent
        await rtp.until(lambda: rtp.sent > begun + 150, WAIT_S, "three seconds of talk")
        await dialog.bye()
        call = await box.call_ended()
    assert lost[0] <= call["loss_percent"] <= lost[1]
    assert (call["mos"] < 3.6) is bool(nth)
    assert call["clipped_percent"] == 0
    trail = [event["event"] for event in (await box.get(f"/calls/{call['id']}"))["trail"]]
    assert ("poor_quality" in trail) is bool(nth)


async def test_somebody_is_called_about_an_alarm_and_presses_1(box: Box) -> None:
    def call() -> Any:
        with Control(Path(box.ready["control"]), timeout_s=60) as core:
            return core.request("alarms.call", number="202", ids=[], texts=["The disk is full."], language="en")

    async with Phone(box.sim, "fxs2", ahead=3) as phone:
        asked = asyncio.create_task(asyncio.to_thread(call))
        await phone.rung(timeout=30)
        phone.pick_up()
        await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")
        await phone.dial("1")
        assert await asked == {"outcome": "acknowledged"}
        phone.hang_up()
    ended = await box.call_ended()
    assert (ended["to_number"], ended["disposition"]) == ("202", "answered")
