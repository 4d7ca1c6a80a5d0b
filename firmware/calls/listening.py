# SPDX-License-Identifier: GPL-2.0-or-later
"""The owner of a mailbox listens to its messages and records its greeting, by the keys of a telephone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from firmware.calls.dialogue import Dialogue
from firmware.prompts import spoken
from firmware.records import Message, MessageState

STEPS = 500  # keys and pauses; whoever is not gone then never will be
SILENT_TURNS = 3  # menus in a row without a key: nobody is there
TAKES = 5  # tries at one recording
GREETING_S = 120.0
REPEAT, DELETE, BACK, CALL, GREETING, LEAVE = "1", "3", "4", "8", "9", "*"


class Box(Protocol):
    """A mailbox as its owner uses it."""

    greeting: Path

    def messages(self) -> list[Message]:
        """New ones first, each kind oldest first."""

    def path(self, message: Message) -> Path:
        """Its sound."""

    def local(self, at: datetime) -> datetime:
        """A time as the clock on the wall shows it."""

    def heard(self, message: Message) -> None:
        """It is no longer new."""

    def delete(self, message: Message) -> None:
        """For good."""

    def keep_greeting(self, wav: bytes | None) -> Awaitable[None]:
        """Another greeting from now on; None: the system's."""


class Listening:
    """One visit to a box; what was deleted can be taken back until its end. `callback`: the caller may call on."""

    def __init__(self, dialogue: Dialogue, box: Box, now: datetime, *, callback: bool) -> None:
        self._dialogue, self._box, self._now, self._callback = dialogue, box, now, callback
        self._messages = box.messages()
        self._deleted: set[str] = set()
        self._heard: set[str] = set()
        self._place = 0

    async def run(self) -> str:
        """Until the caller leaves, or is gone. The number that is to be called back, or ""."""
        try:
            return await self._listen(await self._dialogue.say(*self._summary()))
        finally:
            self._conclude()

    def _conclude(self) -> None:
        for message in self._messages:
            if message.id in self._deleted:
                self._box.delete(message)
            elif message.id in self._heard and message.state == MessageState.NEW:
                self._box.heard(message)

    def _summary(self) -> list[str]:
        new = sum(message.state == MessageState.NEW for message in self._messages)
        saved = len(self._messages) - new
        language = self._dialogue.language
        if not self._messages:
            return ["vm-no-messages"]
        said = ["vm-you-have"]
        if new or not saved:
            said += spoken.count(new, "vm-new-message", language)
        if saved:
            said += [*(["vm-and"] if new else []), *spoken.count(saved, "vm-saved-message", language)]
        return said

    async def _listen(self, key: str) -> str:
        silent = 0
        introduced = -1
        for _ in range(STEPS):
            if not key and self._place < len(self._messages) and introduced != self._place:
                introduced = self._place
                key = await self._tell(self._messages[self._place])
            key = key or await self._dialogue.ask("vm-menu" if self._at() else "vm-end")
            silent = 0 if key else silent + 1
            if key == LEAVE or silent == SILENT_TURNS:
                break
            message = self._at()
            if key == CALL and message and message.from_number and self._callback:
                return message.from_number
            place = self._place
            key = await self._done(key, message)
            if self._place != place or key == REPEAT:
                introduced, key = -1, "" if key == REPEAT else key
        await self._dialogue.say("goodbye")
        return ""

    def _at(self) -> Message | None:
        return self._messages[self._place] if self._place < len(self._messages) else None

    async def _done(self, key: str, message: Message | None) -> str:
        """Does what the key says; the next key, if one came meanwhile. REPEAT: from the message's beginning."""
        if key == GREETING:
            return await self._greet()
        if message is None:
            if key in (REPEAT, BACK) and self._messages:
                self._place = 0 if key == REPEAT else len(self._messages) - 1
            return ""
        match key:
            case "1":
                return REPEAT
            case "2":
                self._deleted.discard(message.id)
                self._heard.add(message.id)
                self._place += 1
                return await self._dialogue.say("vm-saved")
            case "3":
                return await self._delete(message)
            case "4":
                self._place = max(0, self._place - 1)
                return REPEAT
            case "5":
                return await self._dialogue.say(*self._details(message))
            case "6" | "#":
                self._place += 1
        return ""

    async def _delete(self, message: Message) -> str:
        """And on to the next; pressed again at once, it is taken back."""
        self._deleted.add(message.id)
        key = await self._dialogue.say("vm-deleted") or await self._dialogue.key(1.0)
        if key == DELETE:
            self._deleted.discard(message.id)
            return await self._dialogue.say("vm-undeleted")
        self._place += 1
        return key

    async def _tell(self, message: Message) -> str:
        """Number and sound of a message; one that was heard to its end counts as heard."""
        language = self._dialogue.language
        key = await self._dialogue.say("vm-message", *spoken.number(self._place + 1, language))
        key = key or await self._dialogue.say_file(self._box.path(message))
        if not key:
            self._heard.add(message.id)
        return key

    def _details(self, message: Message) -> list[str]:
        number = spoken.digits(message.from_number) or ["vm-unknown"]
        at = spoken.moment(self._box.local(message.started_at), self._box.local(self._now), self._dialogue.language)
        return ["vm-from", *number, "vm-received", *at]

    async def _greet(self) -> str:
        key = await self._dialogue.ask("vm-greeting")
        if key == "1":
            await record(self._dialogue, GREETING_S, self._box.keep_greeting)
        elif key == "2":
            await self._box.keep_greeting(None)
            await self._dialogue.say("record-kept")
        return ""


async def record(dialogue: Dialogue, max_s: float, keep: Callable[[bytes], Awaitable[None]]) -> bool:
    """Records, plays back, and keeps it, tries again or gives up, as the caller says. True when it was kept."""
    for _ in range(TAKES):
        await dialogue.say("record-now")
        wav = await dialogue.record(max_s)
        key = ""
        for _ in range(SILENT_TURNS if wav else 0):
            assert wav
            key = await dialogue.say_sound(wav) or await dialogue.ask("record-menu")
            if key == "1":
                await keep(wav)
                await dialogue.say("record-kept")
                return True
            if key in ("2", LEAVE):
                break
        if key == LEAVE:
            break
    await dialogue.say("record-discarded")
    return False
