# SPDX-License-Identifier: GPL-2.0-or-later
"""A caller and the box talk: it says something, the caller presses keys, or speaks and is recorded."""

from __future__ import annotations

import asyncio
import contextlib
import wave
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path

from drivers.lineaudio import Player, Sound, SoundStep
from firmware.calls.host import Host
from firmware.calls.leg import Leg
from firmware.calls.talking import play
from firmware.config.dialplan import lookup
from firmware.media.sounds import samples_of

NEXT_S = 3.0  # for the next key of several
END = "#"
BEEP = [SoundStep(((1000.0, -12.0),), 400)]


class Dialogue(ABC):
    """What menus and mailboxes need of a caller; tests play it without sound. `language` is "en" or "zh"."""

    language: str

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

    async def number(self, *prompts: str, longest: int = 15) -> str:
        """Says something and collects digits until #; "" when none were pressed."""
        first = await self.ask(*prompts, timeout_s=8.0)
        return "" if first == END else await self.keys(first, lambda pressed: len(pressed) >= longest)

    async def one_of(self, first: str, known: Sequence[str]) -> str:
        """What is pressed after a first key, until nothing longer is known that begins so."""
        return await self.keys(first, lambda pressed: not lookup(known, pressed).more)


class PhoneDialogue(Dialogue):
    """With a leg that is connected. Keys that are pressed in it are not noted in the trail: some are PINs."""

    def __init__(self, host: Host, leg: Leg) -> None:
        self._host, self._leg = host, leg
        self._noted = leg.on_digit
        leg.on_digit = lambda digit: None

    def close(self) -> None:
        """The call goes on without the box."""
        self._leg.on_digit = self._noted

    @property
    def language(self) -> str:
        return self._leg.language or self._host.config.site.language

    @language.setter
    def language(self, language: str) -> None:
        self._leg.language = language

    def has(self, prompt: str) -> bool:
        return self._host.has_prompt(prompt, self.language)

    async def say(self, *prompts: str) -> str:
        for prompt in prompts:
            if key := await self._play(self._host.prompt(prompt, self.language)):
                return key
        return ""

    async def tell(self, *prompts: str) -> None:
        for prompt in prompts:
            await play(self._host.events, self._leg, self._host.prompt(prompt, self.language))

    async def say_file(self, path: Path) -> str:
        try:
            wav = await asyncio.to_thread(path.read_bytes)
        except OSError:
            return ""
        return await self.say_sound(wav)

    async def say_sound(self, wav: bytes) -> str:
        try:
            sound = Sound(samples_of(wav))
        except (ValueError, EOFError, wave.Error):
            return ""
        try:
            return await self._play(sound)
        finally:
            sound.close()

    async def key(self, timeout_s: float) -> str:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                return await self._leg.digits.get()
        return ""

    async def record(self, max_s: float) -> bytes | None:
        await self.beep()
        return await self._host.mailboxes.take(self._leg, max_s)

    async def beep(self) -> None:
        """Speak now."""
        player = Player(self._host.events, BEEP)
        try:
            await play_to_end(player, self._leg)
        finally:
            player.close()

    async def _play(self, sound: Sound | None) -> str:
        """The key that was pressed meanwhile, or before."""
        playing = asyncio.create_task(play(self._host.events, self._leg, sound))
        key = asyncio.create_task(self._leg.digits.get())
        try:
            await asyncio.wait({playing, key}, return_when=asyncio.FIRST_COMPLETED)
            if key.done():
                return key.result()
            await playing
            return ""
        finally:
            playing.cancel()
            key.cancel()


async def play_to_end(player: Player, leg: Leg) -> None:
    """A short sound; bounded."""
    from drivers import lineaudio

    lineaudio.connect(player.slot, leg.slot)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(2):
            await player.ended
