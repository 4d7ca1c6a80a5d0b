# SPDX-License-Identifier: GPL-2.0-or-later
"""Menus (IVR): from the first prompt to where the caller goes. Every way through them ends."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from anyascii import anyascii

from firmware.calls.dialogue import Dialogue
from firmware.config import Choice, ChoiceKind, Config, Extension, Ivr, Target, TargetKind
from firmware.prompts import spoken

log = logging.getLogger(__name__)

STEPS = 60  # prompts of menus that one caller hears at most; whoever is not gone then is a machine
OFFERED = 5  # people of one name
HANG_UP = Choice(ChoiceKind.HANG_UP)
_LETTERS = ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz")  # ITU-T E.161, on the keys from 2 on
_KEYS = {letter: key for key, letters in enumerate(_LETTERS, 2) for letter in letters}


class Menus:
    """One caller's way through the menus of a configuration. `note` tells the call's trail."""

    def __init__(self, config: Config, dialogue: Dialogue, note: Callable[..., None]) -> None:
        self._config, self._dialogue, self._note = config, dialogue, note
        self._steps = 0

    async def walk(self, name: str) -> Target | Choice:
        """Where the caller goes: a target, the mailboxes, or HANG_UP."""
        menu, tries = self._enter(name), 0
        while menu and self._steps < STEPS:
            self._steps += 1
            keys = await self._ask(menu)
            choice = self._chosen(menu, keys) if keys else None
            if choice:
                self._note("menu_choice", menu=menu.name, digit=keys, to=str(choice))
            else:
                tries += 1
                if keys:
                    await self._dialogue.say("invalid-choice")
                if tries <= menu.retries:
                    continue
                choice = (menu.invalid if keys else menu.timeout) or HANG_UP
                self._note("menu_left", menu=menu.name, to=str(choice))
            following = await self._follow(menu, choice)
            if not isinstance(following, Ivr):
                return following
            menu, tries = following, 0
        return await self._goodbye()

    def _enter(self, name: str) -> Ivr | None:
        menu = self._config.menu(name)
        if menu:
            self._note("menu", menu=name)
            self._dialogue.language = menu.language or self._dialogue.language
        else:
            log.warning("the menu %s was deleted while somebody was to go there", name)
        return menu

    async def _ask(self, menu: Ivr) -> str:
        """What the caller pressed, "" when nothing."""
        first = await self._dialogue.ask(*([menu.prompt] if menu.prompt else []), timeout_s=menu.timeout_s)
        return await self._dialogue.one_of(first, self._known(menu))

    def _known(self, menu: Ivr) -> list[str]:
        extensions = [e.number for e in self._config.extensions] if menu.extensions else []
        return [*menu.digits, *extensions]

    def _chosen(self, menu: Ivr, keys: str) -> Target | Choice | None:
        if keys in menu.digits:
            return menu.digits[keys]
        return Target(TargetKind.EXTENSION, keys) if keys in self._known(menu) else None

    async def _follow(self, menu: Ivr, choice: Target | Choice) -> Target | Choice | Ivr:
        if isinstance(choice, Target):
            return (self._enter(choice.value) or HANG_UP) if choice.kind == TargetKind.IVR else choice
        match choice.kind:
            case ChoiceKind.LANGUAGE:
                self._dialogue.language = choice.value
            case ChoiceKind.NAMES:
                number = await Names(self._config.extensions, self._dialogue).find()
                return Target(TargetKind.EXTENSION, number) if number else menu
            case ChoiceKind.MAILBOX:
                return choice
            case ChoiceKind.HANG_UP:
                return await self._goodbye()
        return menu

    async def _goodbye(self) -> Choice:
        await self._dialogue.say("goodbye")
        return HANG_UP


def keys_of(name: str) -> list[str]:
    """What may be pressed for a name: each of its words, and all of them; Chinese names by their pinyin."""
    words = ["".join(str(_KEYS[c]) for c in word.lower() if c in _KEYS) for word in _words(name)]
    return [keys for keys in {*words, "".join(words)} if keys]


def _words(name: str) -> list[str]:
    """anyascii writes 王芳 as WangFang."""
    return "".join(f" {c}" if c.isupper() else c for c in anyascii(name)).replace("-", " ").split()


class Names:
    """Dial by name."""

    def __init__(self, extensions: Sequence[Extension], dialogue: Dialogue) -> None:
        self._dialogue = dialogue
        self._people = [(extension.number, keys_of(extension.name)) for extension in extensions]

    async def find(self) -> str:
        """The number of the extension, "" when the caller found nobody."""
        for _ in range(2):
            pressed = await self._dialogue.number("dir-enter")
            if not pressed:
                return ""
            found = self.matching(pressed)
            if len(found) == 1:
                return found[0]
            if found:
                return await self._offer(found[:OFFERED])
            await self._dialogue.say("dir-none")
        return ""

    def matching(self, pressed: str) -> list[str]:
        """Numbers of all whose name begins so."""
        return [number for number, keys in self._people if any(known.startswith(pressed) for known in keys)]

    async def _offer(self, numbers: Sequence[str]) -> str:
        said = []
        for place, number in enumerate(numbers, 1):
            said += ["dir-for", *self._name(number), "dir-press", f"digit-{place}"]
        key = await self._dialogue.ask(*said)
        return numbers[int(key) - 1] if key.isdigit() and 1 <= int(key) <= len(numbers) else ""

    def _name(self, number: str) -> list[str]:
        """The prompt `name-201` where the office has recorded one."""
        recorded = f"name-{number}"
        return [recorded] if self._dialogue.has(recorded) else ["dir-extension", *spoken.digits(number)]
