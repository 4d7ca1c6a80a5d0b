# SPDX-License-Identifier: GPL-2.0-or-later
"""A dialogue without sound: keys come at the moments that a story names, and what was said can be read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from firmware.calls.dialogue import Dialogue


class ToldDialogue(Dialogue):
    """`keys` are pressed one after the other, each when the box waits for one; "" is a pause.

    A key written as "!5" is pressed while something is said.
    """

    def __init__(self, keys: Iterable[str] = (), language: str = "en", recorded: Iterable[bytes | None] = ()) -> None:
        self.language = language
        self.said: list[str] = []
        self.known: set[str] = set()
        self._keys, self._recorded = list(keys), list(recorded)

    async def say(self, *prompts: str) -> str:
        self.said += prompts
        return self._pressed_early()

    async def tell(self, *prompts: str) -> None:
        self.said += prompts

    async def say_file(self, path: Path) -> str:
        self.said.append(path.name)
        return self._pressed_early()

    async def say_sound(self, wav: bytes) -> str:
        self.said.append(wav.decode())
        return self._pressed_early()

    def _pressed_early(self) -> str:
        return self._keys.pop(0)[1:] if self._keys and self._keys[0].startswith("!") else ""

    def has(self, prompt: str) -> bool:
        return prompt in self.known

    async def key(self, timeout_s: float) -> str:
        return self._keys.pop(0).removeprefix("!") if self._keys else ""

    async def record(self, max_s: float) -> bytes | None:
        return self._recorded.pop(0) if self._recorded else None
