# SPDX-License-Identifier: GPL-2.0-or-later
"""Each sign of a hang-up is believed after its own time, and what only looks like one is not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import virtual_time

from firmware import countries
from firmware.calls.supervision import DIAL_STAYS_S, Rules, Sign, Supervision, rules_of
from firmware.config import HangUp
from firmware.countries import ToneName


class Watched:
    """A supervision of a line that was seized 10 s ago, and what it told: signs with their time in ms."""

    def __init__(self, rules: Rules | None = None, *, outbound: bool = False) -> None:
        self.told: list[tuple[Sign, int]] = []
        self.answers = 0
        self.quiet_since = 0.0
        self._rules = rules or Rules(battery_ms=200)
        self._outbound = outbound

    async def begin(self, after_s: float = 10) -> Supervision:
        """Time 0 is when this returns."""
        loop = asyncio.get_running_loop()

        def quiet_s() -> float:
            return loop.time() - self.quiet_since

        supervision = Supervision(self._rules, quiet_s, self._on_sign, self._on_answer)
        self.quiet_since = loop.time()
        supervision.start(answer_expected=self._outbound)
        await asyncio.sleep(after_s)
        self._began = loop.time()
        return supervision

    def _on_sign(self, sign: Sign) -> None:
        self.told.append((sign, round(1000 * (asyncio.get_running_loop().time() - self._began))))

    def _on_answer(self) -> None:
        self.answers += 1


def story(tell: Callable[[], Awaitable[None]]) -> None:
    """In virtual time."""

    async def whole() -> None:
        await tell()

    virtual_time.run(whole())


@pytest.mark.parametrize(
    ("rule_ms", "cut_ms", "seen_ms"),
    [(200, 50, None), (200, 199, None), (200, 250, 200), (200, 500, 200), (200, 5000, 200), (250, 240, None),
     (250, 260, 250), (900, 800, None), (80, 90, 80)],
)  # fmt: skip
def test_battery_that_is_gone_for_the_lines_time_is_a_hang_up_and_anything_shorter_is_not(
    rule_ms: int, cut_ms: int, seen_ms: int | None
) -> None:
    watched = Watched(Rules(battery_ms=rule_ms))

    async def tell() -> None:
        supervision = await watched.begin()
        supervision.battery_lost()
        await asyncio.sleep(cut_ms / 1000)
        supervision.battery_restored()
        await asyncio.sleep(10)

    story(tell)
    assert watched.told == ([(Sign.BATTERY, seen_ms)] if seen_ms else [])


def test_a_line_that_chatters_without_ever_being_away_for_long_enough_stays_up() -> None:
    watched = Watched()

    async def tell() -> None:
        supervision = await watched.begin()
        for _ in range(50):
            supervision.battery_lost()
            await asyncio.sleep(0.15)
            supervision.battery_restored()
            await asyncio.sleep(0.02)

    story(tell)
    assert watched.told == []


def test_a_reversal_in_a_call_that_came_in_is_a_hang_up_at_once() -> None:
    watched = Watched()

    async def tell() -> None:
        (await watched.begin()).polarity_reversed()

    story(tell)
    assert watched.told == [(Sign.POLARITY, 0)]


def test_an_exchange_that_reverses_when_it_is_answered_hangs_up_by_turning_back() -> None:
    watched = Watched()

    async def tell() -> None:
        supervision = await watched.begin(after_s=0.3)
        supervision.polarity_reversed()
        await asyncio.sleep(60)
        supervision.polarity_reversed()

    story(tell)
    assert watched.told == [(Sign.POLARITY, 60_000)]


def test_the_first_reversal_of_a_call_that_went_out_is_the_answer_and_the_second_one_the_end() -> None:
    watched = Watched(outbound=True)

    async def tell() -> None:
        supervision = await watched.begin()
        supervision.polarity_reversed()
        assert (watched.answers, watched.told) == (1, [])
        await asyncio.sleep(5)
        supervision.polarity_reversed()

    story(tell)
    assert watched.told == [(Sign.POLARITY, 5000)]


def test_a_line_that_was_told_not_to_look_at_signs_looks_at_none_of_them() -> None:
    settings = HangUp(polarity=False, tones=False, dial_tone=False)
    watched = Watched(rules_of(settings, countries.load("us")))

    async def tell() -> None:
        supervision = await watched.begin()
        supervision.polarity_reversed()
        for tone in (ToneName.BUSY, ToneName.CONGESTION, ToneName.DIAL):
            supervision.tone(tone)
            await asyncio.sleep(10)

    story(tell)
    assert watched.told == []


@pytest.mark.parametrize("tone", [ToneName.BUSY, ToneName.CONGESTION])
def test_busy_and_congestion_tone_are_hang_ups_as_soon_as_they_are_recognised(tone: ToneName) -> None:
    watched = Watched()

    async def tell() -> None:
        (await watched.begin()).tone(tone)

    story(tell)
    assert watched.told == [(Sign(tone.value), 0)]


@pytest.mark.parametrize(("lasts_s", "seen"), [(DIAL_STAYS_S - 0.1, False), (DIAL_STAYS_S + 0.1, True)])
def test_dial_tone_must_stay_to_be_a_hang_up(lasts_s: float, seen: bool) -> None:
    watched = Watched()

    async def tell() -> None:
        supervision = await watched.begin()
        supervision.tone(ToneName.DIAL)
        await asyncio.sleep(lasts_s)
        supervision.tone_ended()
        await asyncio.sleep(10)

    story(tell)
    assert watched.told == ([(Sign.DIAL_TONE, round(1000 * DIAL_STAYS_S))] if seen else [])


@pytest.mark.parametrize("tone", [ToneName.RINGBACK, ToneName.CALL_WAITING, ToneName.UNOBTAINABLE])
def test_other_tones_end_no_call(tone: ToneName) -> None:
    watched = Watched()

    async def tell() -> None:
        (await watched.begin()).tone(tone)
        await asyncio.sleep(60)

    story(tell)
    assert watched.told == []


def test_silence_ends_a_call_only_where_it_was_asked_for_and_only_after_its_time() -> None:
    asked, never = Watched(Rules(battery_ms=200, silence_s=60)), Watched()

    async def tell() -> None:
        for watched in (asked, never):
            await watched.begin(after_s=0)
            await asyncio.sleep(50)
            watched.quiet_since = asyncio.get_running_loop().time()  # a word is said
            await asyncio.sleep(3600)

    story(tell)
    assert asked.told == [(Sign.SILENCE, 110_000)]
    assert never.told == []


def test_after_the_first_sign_no_other_one_counts() -> None:
    watched = Watched()

    async def tell() -> None:
        supervision = await watched.begin()
        supervision.battery_lost()
        supervision.tone(ToneName.BUSY)
        supervision.polarity_reversed()
        await asyncio.sleep(10)

    story(tell)
    assert [sign for sign, _ in watched.told] == [Sign.BUSY]


def test_what_is_left_out_of_a_line_is_its_countrys() -> None:
    gb, us = countries.load("gb"), countries.load("us")
    assert rules_of(HangUp(), gb).battery_ms == gb.disconnect_ms == 80
    assert rules_of(HangUp(battery_ms=350, silence_s=90), us) == Rules(battery_ms=350, silence_s=90)
