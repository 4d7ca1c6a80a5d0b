# SPDX-License-Identifier: GPL-2.0-or-later
"""What a hand at the button means, whatever the contact bounces."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.board.button import (
    CONFIRM_S,
    DEBOUNCE_S,
    FACTORY_S,
    NETWORK_S,
    SHORT_S,
    STUCK_S,
    Button,
    Gesture,
    Stage,
)

BOUNCES = st.lists(st.floats(0.0005, DEBOUNCE_S / 2), max_size=6)


class Hand:
    """Plays edges to a button, with its timers, and keeps what was meant."""

    def __init__(self, pressed: bool = False) -> None:
        self.now, self.meant = 100.0, list[Gesture]()
        self.button = Button(pressed, self.now)
        self._level = pressed

    def wait(self, seconds: float) -> None:
        until = self.now + seconds
        while (deadline := self.button.deadline) is not None and deadline <= until:
            self.now = deadline
            self._keep(self.button.expire(self.now))
        self.now = until

    def move(self, pressed: bool, bounces: list[float]) -> None:
        """The contact changes, and chatters on its way."""
        for pause in bounces:
            for level in (pressed, not pressed):
                self._keep(self.button.feed(level, self.now))
                self.wait(pause / 2)
        self._keep(self.button.feed(pressed, self.now))

    def press(self, seconds: float, bounces: list[float] | None = None) -> None:
        self.move(True, bounces or [])
        self.wait(seconds)
        self.move(False, bounces or [])
        self.wait(2 * DEBOUNCE_S)

    def _keep(self, gesture: Gesture | None) -> None:
        if gesture:
            self.meant.append(gesture)


@settings(deadline=None)
@given(st.floats(2 * DEBOUNCE_S, SHORT_S - 0.1), BOUNCES)
def test_a_short_press_acknowledges_once_however_it_bounces(seconds: float, bounces: list[float]) -> None:
    hand = Hand()
    hand.press(seconds, bounces)
    assert hand.meant == [Gesture.ACKNOWLEDGE]


@settings(deadline=None)
@given(BOUNCES)
def test_noise_that_never_settles_means_nothing(bounces: list[float]) -> None:
    hand = Hand()
    hand.move(False, bounces)
    hand.wait(1)
    assert hand.meant == []


@settings(deadline=None)
@given(st.floats(SHORT_S + 0.2, NETWORK_S - 0.2))
def test_who_thinks_better_of_it_has_done_nothing(seconds: float) -> None:
    hand = Hand()
    hand.press(seconds)
    assert hand.meant == []


@settings(deadline=None)
@given(st.floats(NETWORK_S + 0.1, FACTORY_S - 0.1), BOUNCES)
def test_five_seconds_reset_the_network_at_the_release(seconds: float, bounces: list[float]) -> None:
    hand = Hand()
    hand.press(seconds, bounces)
    assert hand.meant == [Gesture.NETWORK_RESET]


@settings(deadline=None)
@given(st.floats(FACTORY_S + 0.1, STUCK_S - 0.1), st.floats(0, CONFIRM_S - 1))
def test_everything_is_reset_by_a_long_press_and_a_short_one_while_all_leds_flash(held: float, pause: float) -> None:
    hand = Hand()
    hand.press(held)
    assert hand.meant == []
    assert hand.button.stage(hand.now) is Stage.CONFIRM
    hand.wait(pause)
    hand.press(0.3)
    assert hand.meant == [Gesture.FACTORY_RESET]


@settings(deadline=None)
@given(st.floats(FACTORY_S + 0.1, STUCK_S - 0.1), st.floats(CONFIRM_S + 0.1, 1000))
def test_a_confirmation_that_comes_too_late_is_a_press_like_any_other(held: float, pause: float) -> None:
    hand = Hand()
    hand.press(held)
    hand.wait(pause)
    assert hand.button.stage(hand.now) is Stage.IDLE
    hand.press(0.3)
    assert hand.meant == [Gesture.ACKNOWLEDGE]


def test_the_leds_follow_the_hand() -> None:
    hand = Hand()
    hand.move(True, [])
    hand.wait(1)
    seen = [hand.button.stage(hand.now)]
    for seconds in (NETWORK_S, FACTORY_S - NETWORK_S, STUCK_S - FACTORY_S):
        hand.wait(seconds)
        seen.append(hand.button.stage(hand.now))
    assert seen == [Stage.HELD, Stage.NETWORK, Stage.FACTORY, Stage.STUCK]


@settings(deadline=None)
@given(st.floats(STUCK_S + 0.1, 100_000))
def test_a_stuck_button_is_an_alarm_and_no_reset_and_works_again_when_it_is_freed(seconds: float) -> None:
    hand = Hand()
    hand.press(seconds)
    assert hand.meant == [Gesture.STUCK, Gesture.FREED]
    hand.press(0.3)
    assert hand.meant[-1] is Gesture.ACKNOWLEDGE


@settings(deadline=None)
@given(st.floats(0, STUCK_S - 0.1))
def test_a_button_that_is_pressed_at_the_start_means_nothing_until_it_was_let_go(seconds: float) -> None:
    hand = Hand(pressed=True)
    hand.wait(seconds)
    hand.move(False, [])
    hand.wait(1)
    assert hand.meant == []
    hand.press(0.3)
    assert hand.meant == [Gesture.ACKNOWLEDGE]


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.floats(0, 30)), max_size=40))
def test_no_history_of_edges_resets_the_box_without_a_hold_and_a_confirmation(edges: list[tuple[bool, float]]) -> None:
    hand = Hand()
    held = longest = 0.0
    for pressed, seconds in edges:
        hand.move(pressed, [])
        hand.wait(seconds)
        held = held + seconds if pressed else 0.0
        longest = max(longest, held)
    if Gesture.FACTORY_RESET in hand.meant:
        assert longest >= FACTORY_S - DEBOUNCE_S
    if Gesture.NETWORK_RESET in hand.meant:
        assert longest >= NETWORK_S - DEBOUNCE_S
