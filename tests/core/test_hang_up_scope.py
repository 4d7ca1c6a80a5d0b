# SPDX-License-Identifier: GPL-2.0-or-later
"""A hang-up between two steps of a call belongs to the second step."""

from __future__ import annotations

import asyncio

import pytest

from firmware.calls.causes import Cause
from firmware.calls.scope import Gone, while_present
from tests.calls.silent_leg import SilentLeg


async def test_a_party_who_hangs_up_as_a_step_ends_is_gone_in_the_next() -> None:
    party, answered = SilentLeg("callee"), asyncio.Event()
    loop = asyncio.get_running_loop()

    def answer_and_hang_up() -> None:
        answered.set()
        party.left(Cause.NORMAL)

    loop.call_soon(answer_and_hang_up)
    async with while_present(party):
        await answered.wait()
    with pytest.raises(Gone):
        async with while_present(party):
            await asyncio.wait_for(loop.create_future(), 1)
    assert asyncio.current_task().cancelling() == 0
