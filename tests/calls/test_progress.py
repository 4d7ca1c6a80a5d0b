# SPDX-License-Identifier: GPL-2.0-or-later
"""What becomes of a dialled call, by the tones that are heard and the time that passes."""

from __future__ import annotations

import asyncio

import virtual_time

from firmware.calls.causes import Cause
from firmware.calls.progress import ANNOUNCEMENT_S, RINGBACK_GAP_S, RINGS_S, SILENT_S, Progress
from firmware.countries import ToneName


class Dialled:
    """A call whose last digit was just sent; tells when it was connected, and why it failed."""

    def __init__(self) -> None:
        self.failed: list[Cause] = []
        self.progress = Progress(self.failed.append)
        self.progress.dialled()

    async def after(self, seconds: float) -> Dialled:
        """And a little, so that what is due has happened."""
        await asyncio.sleep(seconds + 0.01)
        return self

    @property
    def connected(self) -> bool:
        return self.progress.connected.is_set()


def test_without_any_tone_the_far_end_counts_as_there_in_the_end() -> None:
    async def tell() -> None:
        call = await Dialled().after(SILENT_S - 0.1)
        assert not call.connected
        await call.after(0.1)
        assert call.connected
        assert not call.progress.sure

    virtual_time.run(tell())


def test_ringing_that_stops_and_turns_into_nothing_else_was_answered() -> None:
    async def tell() -> None:
        call = Dialled()
        call.progress.tone(ToneName.RINGBACK)
        await call.after(20)
        call.progress.tone_ended()
        assert not call.connected
        await call.after(RINGBACK_GAP_S)
        assert call.connected
        assert call.progress.sure

    virtual_time.run(tell())


def test_ringing_that_turns_into_busy_tone_was_not_answered() -> None:
    async def tell() -> None:
        call = Dialled()
        call.progress.tone(ToneName.RINGBACK)
        call.progress.tone_ended()
        call.progress.tone(ToneName.BUSY)
        assert call.progress.cause(Cause.BUSY) == Cause.BUSY
        await call.after(10)
        assert not call.connected

    virtual_time.run(tell())


def test_an_exchange_that_rings_for_ever_ends_as_not_answered() -> None:
    async def tell() -> None:
        call = Dialled()
        call.progress.tone(ToneName.RINGBACK)
        await call.after(RINGS_S)
        assert (call.failed, call.connected) == ([Cause.NO_ANSWER], False)

    virtual_time.run(tell())


def test_after_special_information_tones_the_announcement_is_heard_and_the_number_is_unobtainable() -> None:
    async def tell() -> None:
        call = Dialled()
        call.progress.tone(ToneName.UNOBTAINABLE)
        call.progress.tone_ended()
        await call.after(ANNOUNCEMENT_S - 1)
        assert (call.failed, call.connected) == ([], False)
        await call.after(1)
        assert call.failed == [Cause.UNALLOCATED]

    virtual_time.run(tell())


def test_congestion_tone_after_special_information_tones_means_unobtainable_too() -> None:
    async def tell() -> None:
        call = Dialled()
        call.progress.tone(ToneName.UNOBTAINABLE)
        assert call.progress.cause(Cause.CONGESTION) == Cause.UNALLOCATED

    virtual_time.run(tell())


def test_tones_of_a_connected_call_say_nothing_about_its_outcome() -> None:
    async def tell() -> None:
        call = Dialled()
        call.progress.answered()
        call.progress.tone(ToneName.UNOBTAINABLE)
        await call.after(RINGS_S)
        assert call.failed == []
        assert call.progress.cause(Cause.BUSY) == Cause.NORMAL

    virtual_time.run(tell())
