# SPDX-License-Identifier: GPL-2.0-or-later
"""A conference room with a PIN."""

from __future__ import annotations

import asyncio

import pytest
from story_ends import Ends
from test_conversations import heard_by, hears_music

from hil.phone import Phone

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def enters(phone: Phone, pin: str) -> None:
    phone.pick_up()
    await phone.hears("dial", timeout=2)
    await phone.dial("700")
    await phone.hears_silence(timeout=3, ms=100)
    await phone.dial(pin)


async def there(ends: Ends, count: int) -> None:
    await ends.box.until("/calls/active", lambda calls: [c["state"] for c in calls] == ["talking"] * count)


async def guests(ends: Ends, numbers: list[str]) -> None:
    await ends.box.until("/conferences", lambda rooms: sorted(g["number"] for g in rooms[0]["guests"]) == numbers)


async def test_all_who_know_the_pin_talk_with_each_other(ends: Ends) -> None:
    phones = [await ends.phone(n) for n in (3, 4, 5)]
    await enters(phones[0], "2468")
    await there(ends, 1)
    await hears_music(phones[0])
    await asyncio.gather(*(enters(phone, "2468") for phone in phones[1:]))
    await there(ends, 3)
    for n, phone in enumerate(phones):
        others = phones[:n] + phones[n + 1 :]
        assert await heard_by(phone, *others) == [True, True]
    await guests(ends, ["203", "204", "205"])
    for phone in phones:
        phone.hang_up()
    await guests(ends, [])
    await ends.ended(3)


async def test_a_wrong_pin_three_times_is_the_end(ends: Ends) -> None:
    phone = await ends.phone(3)
    await enters(phone, "1357")
    await phone.dial("13571357")
    await phone.hears("congestion", timeout=5)
    phone.hang_up()
    call = await ends.ended()
    assert (call["disposition"], call["hangup_cause"]) == ("failed", 21)
