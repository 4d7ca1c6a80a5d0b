# SPDX-License-Identifier: GPL-2.0-or-later
"""A caller's time in a queue, to the second: what is said when, and what keys do."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import virtual_time
from told_dialogue import ToldDialogue

from firmware.calls.asking_back import Wish
from firmware.calls.dialogue import Dialogue
from firmware.calls.waiting_room import Prospect, Surroundings, WaitingRoom
from firmware.config import Queue, Target, TargetKind

WORD_S = 1.0


def now() -> float:
    return asyncio.get_running_loop().time()


class Line(ToldDialogue):
    """Each prompt takes a second, and keys are pressed at their times."""

    def __init__(self, keys: Mapping[float, str]) -> None:
        super().__init__()
        self.times: list[tuple[float, str]] = []
        self._pressed: asyncio.Queue[str] = asyncio.Queue()
        for at, key in keys.items():
            asyncio.get_running_loop().call_at(at, self._pressed.put_nowait, key)

    async def say(self, *prompts: str) -> str:
        for prompt in prompts:
            self.times.append((now(), prompt))
            if key := await self.key(WORD_S):
                return key
        return ""

    async def tell(self, *prompts: str) -> None:
        for prompt in prompts:
            self.times.append((now(), prompt))
            await asyncio.sleep(WORD_S)

    async def key(self, timeout_s: float) -> str:
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(self._pressed.get(), timeout_s)
        return ""


class Wait:
    """One caller's. After `for_s` an agent answers."""

    def __init__(self, keys: Mapping[float, str] = {}, **queue: Any) -> None:
        self.queue = Queue(name="support", **queue)
        self.keys = keys
        self.prospect = Prospect(2, 90.0)
        self.wish: Wish | None = Wish("5551234")
        self.noted: list[str] = []
        self.refused = False
        self.music: list[tuple[float, float]] = []
        self.chosen: Target | Wish | None = None

    @contextlib.contextmanager
    def _music(self) -> Iterator[None]:
        began = now()
        try:
            yield
        finally:
            self.music.append((began, now()))

    async def _ask_back(self, dialogue: Dialogue) -> Wish | None:
        return self.wish

    def _refused(self) -> None:
        self.refused = True

    def over(self, for_s: float) -> list[tuple[float, str]]:
        """What was said, and when."""

        async def story() -> None:
            line = Line(self.keys)
            note = lambda event, **_: self.noted.append(event)  # noqa: E731
            around = Surroundings(self._music, lambda: self.prospect, self._ask_back, self._refused, note)
            self.room = WaitingRoom(self.queue, line, around)
            with contextlib.suppress(TimeoutError):
                self.chosen = await asyncio.wait_for(self.room.run(), for_s)
            self.said = line.times

        virtual_time.run(story())
        return self.said


ANNOUNCED = {"waiting": {"position": True, "prompts": ["web", "shop"], "first_s": 10, "every_s": 30}}


def test_place_and_prompts_come_at_their_times_and_music_fills_the_rest() -> None:
    wait = Wait(**ANNOUNCED)
    said = wait.over(60)
    words = ["wait-position", "digit-2", "wait-position-end"]
    assert said == [
        *zip((10.0, 11.0, 12.0, 13.0), [*words, "web"], strict=True),
        *zip((44.0, 45.0, 46.0, 47.0), [*words, "shop"], strict=True),
    ]
    assert wait.music == [(0.0, 10.0), (14.0, 44.0), (48.0, 60.0)]


def test_while_a_phone_rings_nothing_is_said() -> None:
    wait = Wait(**ANNOUNCED)
    wait.prospect = Prospect(1, 0.0, rings=True)
    assert wait.over(60) == []


def test_a_queue_without_announcements_is_music_only() -> None:
    wait = Wait()
    assert wait.over(100) == []
    assert sum(end - begin for begin, end in wait.music) == 100
    assert wait.room.told.is_set()


def test_a_key_leads_out_also_while_something_is_said() -> None:
    for at in (3.0, 10.5):
        wait = Wait({at: "2"}, waiting={**ANNOUNCED["waiting"], "keys": {"2": "voicemail:201"}})
        wait.over(60)
        assert wait.chosen == Target(TargetKind.VOICEMAIL, "201")
        assert wait.noted == ["left_by_key"]


def test_a_key_that_means_nothing_changes_nothing() -> None:
    wait = Wait({3.0: "7"}, **ANNOUNCED)
    assert wait.over(30)[0] == (13.0, "wait-position")
    assert wait.chosen is None


@pytest.mark.parametrize("wish", [Wish("5551234"), None])
def test_who_asks_for_a_call_back_and_changes_his_mind_waits_on(wish: Wish | None) -> None:
    wait = Wait({3.0: "1"}, waiting={"keys": {"1": "call_back"}})
    wait.wish = wish
    wait.over(60)
    assert wait.chosen == wish


def test_the_recording_is_announced_to_the_end_whatever_is_pressed() -> None:
    wait = Wait({0.2: "5"}, consent="caller", refuse_key="9")
    assert wait.over(60) == [(0.0, "consent"), (1.0, "consent-refuse"), (2.0, "digit-9")]
    assert not wait.refused
    assert wait.noted == ["recording_announced"]


@pytest.mark.parametrize("at", [0.5, 4.0, 40.0])
def test_the_recording_can_be_refused_as_long_as_the_caller_waits(at: float) -> None:
    wait = Wait({at: "9"}, consent="both", refuse_key="9")
    assert wait.over(60)[-1][1] == "consent-refused"
    assert wait.refused


def test_who_is_not_recorded_is_told_nothing_of_it() -> None:
    wait = Wait({5.0: "9"}, consent="both", refuse_key="9", record=False)
    assert wait.over(60) == []
    assert not wait.refused
