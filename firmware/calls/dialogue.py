# SPDX-License-Identifier: GPL-2.0-or-later
"""A caller and the box talk: it says something, the caller presses keys, or speaks and is recorded."""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path

from firmware.config.dialplan import lookup

FIRST_S, NEXT_S = 10.0, 4.0  # for the keys of a number
TRIES = 3  # at a PIN
LONGEST = 32  # number that can be dialled
END = "#"


class Dialogue(ABC):
    """What menus and mailboxes need of a caller; tests play it without sound. `language` is "en" or "zh"."""

    language: str
    _full = False  # the last number was so long that it needed no # behind it

    @abstractmethod
    async def say(self, *prompts: str) -> str:
        """Plays prompts by name, those that are not there left out. The key that ended it early, or ""."""

    @abstractmethod
    async def tell(self, *prompts: str) -> None:
        """Plays prompts to their end; what is pressed meanwhile is the next key."""

    @abstractmethod
    async def say_file(self, path: Path) -> str:
        """Plays a sound of the box's own making. The key that ended it, or ""; "" when it is not there."""

    @abstractmethod
    async def say_sound(self, wav: bytes) -> str:
        """Plays what `record` gave. The key that ended it, or ""."""

    @abstractmethod
    def has(self, prompt: str) -> bool:
        """Whether there is such a prompt."""

    @abstractmethod
    async def key(self, timeout_s: float) -> str:
        """The next key, or "" when none came."""

    @abstractmethod
    async def record(self, max_s: float) -> bytes | None:
        """Beeps and records until # or silence: a WAV file, None when nothing was said."""

    async def ask(self, *prompts: str, timeout_s: float = 5.0) -> str:
        """Says something and waits for one key."""
        return await self.say(*prompts) or await self.key(timeout_s)

    async def keys(self, first: str, enough: Callable[[str], bool]) -> str:
        """What is pressed after a first key, until #, until it is enough, or until no more comes."""
        pressed = first
        while pressed and not enough(pressed):
            key = await self.key(NEXT_S)
            if key in ("", END):
                break
            pressed += key
        return pressed

    async def number(self, *prompts: str, longest: int = LONGEST) -> str:
        """Says something and collects digits until #, a pause, or the longest number; "" when none were pressed."""
        first = await self.ask(*prompts, timeout_s=FIRST_S)
        if first == END and self._full:
            first = await self.ask(*prompts, timeout_s=FIRST_S)
        pressed = "" if first == END else await self.keys(first, lambda pressed: len(pressed) >= longest)
        self._full = len(pressed) == longest
        return pressed

    async def knows_pin(
        self, right: str, *, longest: int = 0, locked: Callable[[], bool] = lambda: False,
        wrong: Callable[[], None] = lambda: None,
    ) -> bool:  # fmt: skip
        """Asks for a PIN, three times at most while it is not locked; "" is known by nobody. `longest` 0: as it is."""
        prompts = ["enter-pin"]
        for _ in range(TRIES):
            if locked():
                return False
            given = await self.number(*prompts, longest=longest or len(right))
            if given and secrets.compare_digest(given.encode(), right.encode()):
                return True
            if given:
                wrong()
            prompts = ["wrong-pin", "enter-pin"]
        await self.say("wrong-pin")
        return False

    async def one_of(self, first: str, known: Sequence[str]) -> str:
        """What is pressed after a first key, until nothing longer is known that begins so."""
        return await self.keys(first, lambda pressed: not lookup(known, pressed).more)
