# SPDX-License-Identifier: GPL-2.0-or-later
"""What one caller hears and does from joining a queue until somebody answers. Nothing here holds up an offer: whoever
waits for an agent runs this beside it, and ends it in the moment in which the agent is there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from firmware.calls import announcements
from firmware.calls.asking_back import Wish
from firmware.calls.dialogue import Dialogue
from firmware.config import CALL_BACK, Queue, Target

REFUSE_S = 2.0  # to press the key that refuses the recording, from the end of the announcement on


@dataclass(frozen=True, slots=True)
class Prospect:
    """Where a caller stands. `place` from 1 on, 0: none. `wait_s` None: not known. `rings`: an agent's phone does."""

    place: int = 0
    wait_s: float | None = None
    rings: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the room needs of the box. `ask_back` returns None when the caller goes on waiting."""

    music: Callable[[], AbstractContextManager[None]]
    look: Callable[[], Prospect]
    ask_back: Callable[[Dialogue], Awaitable[Wish | None]]
    refused: Callable[[], None]
    note: Callable[..., None]


class WaitingRoom:
    """`told` is set once the caller knows that the call is recorded, or need not be told."""

    def __init__(self, queue: Queue, dialogue: Dialogue, around: Surroundings) -> None:
        self._queue, self._dialogue, self._around = queue, dialogue, around
        self.told = asyncio.Event()

    async def run(self) -> Target | Wish:
        """Until the caller chooses something else than to wait."""
        key = await self._tell()
        announced = 0
        while not (chosen := await self._pressed(key)):
            pause_s = self._queue.waiting.every_s if announced else self._queue.waiting.first_s
            with self._around.music():
                key = await self._dialogue.key(pause_s)
            if key:
                continue
            prospect = self._around.look()
            if not prospect.rings:
                key = await self._dialogue.say(*self._announcement(announced, prospect))
                announced += 1
        return chosen

    async def _tell(self) -> str:
        """That the call is recorded, to the end. The key that was pressed meanwhile."""
        words, key = announcements.consent(self._queue), ""
        if words:
            self._around.note("recording_announced")
            await self._dialogue.tell(*words)
            if self._queue.refuse_key:
                with self._around.music():
                    key = await self._dialogue.key(REFUSE_S)
                if key == self._queue.refuse_key:
                    await self._pressed(key)
                    key = ""
        self.told.set()
        return key

    def _announcement(self, n: int, prospect: Prospect) -> list[str]:
        language = self._dialogue.language
        return announcements.announcement(self._queue.waiting, n, prospect.place, prospect.wait_s, language)

    async def _pressed(self, key: str) -> Target | Wish | None:
        if key and key == self._queue.refuse_key and self._queue.record:
            self._around.refused()
            await self._dialogue.say("consent-refused")
            return None
        leads = self._queue.waiting.keys.get(key)
        if leads == CALL_BACK:
            return await self._around.ask_back(self._dialogue)
        if isinstance(leads, Target):
            self._around.note("left_by_key", digit=key, to=str(leads))
            return leads
        return None
