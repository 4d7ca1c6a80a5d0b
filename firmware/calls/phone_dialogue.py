# SPDX-License-Identifier: GPL-2.0-or-later
"""The dialogue of a box with the party at a leg."""

from __future__ import annotations

import asyncio
import contextlib
import wave
from pathlib import Path

from drivers.lineaudio import Sound, SoundStep
from firmware.calls.dialogue import Dialogue
from firmware.calls.host import Host
from firmware.calls.leg import Leg
from firmware.calls.talking import play, say
from firmware.media.sounds import samples_of

BEEP = [SoundStep(((1000.0, -12.0),), 400)]


class PhoneDialogue(Dialogue):
    """With a leg that is connected. Until it is closed keys are not noted in the trail: some are PINs."""

    def __init__(self, host: Host, leg: Leg) -> None:
        self._host, self._leg = host, leg
        self._noted = leg.on_digit
        leg.on_digit = lambda digit: None

    def close(self) -> None:
        """Keys are noted again."""
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
        await say(self._host, self._leg, *prompts)

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
        await play(self._host.events, self._leg, BEEP)

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
