# SPDX-License-Identifier: GPL-2.0-or-later
"""A block that ends when a party hangs up."""

from __future__ import annotations

import asyncio

import pytest

from firmware.calls.causes import Cause
from firmware.calls.leg import Leg
from firmware.calls.scope import Gone, while_present


class Party(Leg):
    """Somebody who can only hang up."""

    kind = "sip"
    slot = -1

    async def alert(self) -> None:
        """Nothing is heard."""

    async def answer(self) -> None:
        """Nothing is heard."""

    async def refuse(self, cause: Cause) -> None:
        """Nothing is heard."""

    def send_digit(self, digit: str) -> None:
        """Nothing is heard."""

    def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        """Gone."""
        self.left(cause)


async def test_who_hangs_up_ends_the_block() -> None:
    party = Party("a")
    asyncio.get_running_loop().call_soon(party.left, Cause.BUSY)
    with pytest.raises(Gone) as gone:
        async with while_present(party):
            await asyncio.sleep(5)
    assert (gone.value.leg, gone.value.cause) == (party, Cause.BUSY)
    assert not asyncio.current_task().cancelling()  # type: ignore[union-attr]


async def test_who_was_gone_before_ends_it_at_the_first_wait() -> None:
    party = Party("a")
    party.hang_up()
    with pytest.raises(Gone):
        async with while_present(party):
            await asyncio.sleep(5)


async def test_a_party_that_leaves_as_the_block_ends_disturbs_nothing_afterwards() -> None:
    party = Party("a")
    async with while_present(party):
        party.hang_up()  # its callback is due, but the block is over before
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    with pytest.raises(Gone):
        async with while_present(party):
            await asyncio.sleep(5)


async def test_a_cancellation_from_outside_stays_one() -> None:
    party = Party("a")

    async def wait() -> None:
        async with while_present(party):
            await asyncio.sleep(5)

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    party.hang_up()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_blocks_in_each_other_each_know_their_own_parties() -> None:
    caller, callee = Party("caller"), Party("callee")
    asyncio.get_running_loop().call_soon(callee.hang_up)
    with pytest.raises(Gone) as gone:
        async with while_present(caller), while_present(callee):
            await asyncio.sleep(5)
    assert gone.value.leg is callee
    assert not caller.gone.done()
