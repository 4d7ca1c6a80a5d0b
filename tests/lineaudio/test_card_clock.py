# SPDX-License-Identifier: GPL-2.0-or-later
"""The bridge goes by the clock of a card, here a timer of another pace, and by the machine's when that falls silent."""

from __future__ import annotations

import asyncio
import ctypes
import os
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from drivers import lineaudio
from drivers.lineaudio import NativeEvents

pytestmark = pytest.mark.asyncio(loop_scope="session")
NORMAL_MS, CLOCK_MONOTONIC = 10.0, 1
libc = ctypes.CDLL(None, use_errno=True)


class CardTimer:
    """A timerfd (Python 3.11 has none)."""

    def __init__(self, ms: float) -> None:
        self.fd = libc.timerfd_create(CLOCK_MONOTONIC, os.O_NONBLOCK | os.O_CLOEXEC)
        self.set(ms)

    def set(self, ms: float) -> None:
        """Another pace; 0: silence."""
        nanoseconds = round(ms * 1e6)
        assert not libc.timerfd_settime(self.fd, 0, (ctypes.c_long * 4)(0, nanoseconds, 0, nanoseconds), None)


@pytest_asyncio.fixture(loop_scope="session")
async def card(native: NativeEvents) -> AsyncIterator[CardTimer]:
    timer = CardTimer(NORMAL_MS)
    lineaudio.follow_clock(timer.fd)
    yield timer
    lineaudio.follow_clock(-1)
    await until(by_card=0)
    os.close(timer.fd)


async def until(*, by_card: int, within_s: float = 5) -> None:
    async with asyncio.timeout(within_s):
        while lineaudio.clock_stats().by_card != by_card:  # noqa: ASYNC110 - figures have no event
            await asyncio.sleep(0.01)


async def ticks_a_second(seconds: float) -> float:
    """Of the bridge, those that were skipped on a late machine included."""
    before, began = lineaudio.clock_stats(), time.monotonic()
    await asyncio.sleep(seconds)
    after, took = lineaudio.clock_stats(), time.monotonic() - began
    return (after.ticks + after.skipped - before.ticks - before.skipped) / took


async def test_the_bridge_has_the_pace_of_the_card_not_ours(card: CardTimer) -> None:
    card.set(NORMAL_MS * 1.1)
    await until(by_card=1)
    assert await ticks_a_second(2) == pytest.approx(50 / 1.1, abs=2)


async def test_a_card_that_falls_silent_stops_nothing_and_is_followed_again(card: CardTimer) -> None:
    await until(by_card=1)
    before = lineaudio.clock_stats()
    card.set(0)
    await until(by_card=0, within_s=1)
    assert lineaudio.clock_stats().card_lost == before.card_lost + 1
    assert await ticks_a_second(1) == pytest.approx(50, abs=3)
    card.set(NORMAL_MS)
    await until(by_card=1)


async def test_what_ticks_twice_as_fast_is_no_clock(card: CardTimer) -> None:
    card.set(NORMAL_MS / 2)
    lost = lineaudio.clock_stats().card_lost
    assert await ticks_a_second(2) == pytest.approx(50, abs=3)
    assert lineaudio.clock_stats().by_card == 0
    assert lineaudio.clock_stats().card_lost == lost


async def test_a_descriptor_that_is_none_is_refused() -> None:
    with pytest.raises(OSError, match="Bad file descriptor"):
        lineaudio.follow_clock(9999)
