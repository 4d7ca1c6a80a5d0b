# SPDX-License-Identifier: GPL-2.0-or-later
"""The voicemail boxes of the office: who may leave something, what is in them, and what callers speak into files.

The list of messages is kept in memory; history.db has the same, written by the journal in its order.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from drivers import lineaudio
from drivers.lineaudio import NativeEvents, Recorder
from firmware import modes, times
from firmware.calls.call import Call
from firmware.calls.journal import RECORDING, VOICEMAIL_PIN, Journal
from firmware.calls.leg import Leg
from firmware.calls.pin_guard import PinGuard
from firmware.calls.talking import heard_by
from firmware.config import Config, Voicemail
from firmware.errors import Invalid, NotFound
from firmware.ids import uuid7
from firmware.prompts.store import write_whole
from firmware.records import Disposition, Message, MessageState, Severity
from firmware.store import message_files, voicemail

log = logging.getLogger(__name__)

FIRST_SOUND_S, SILENCE_S = 8.0, 5.0  # then nobody speaks any more
LOOK_S = 0.1
QUIET = 25  # mu-law steps: -40 dBm0
FINISHED_S = 5.0  # a file is closed within; the writer may stall for so long
END, KEY_S = "#", 0.2  # a key is known so long after it began, and nobody wants to hear it

WRONG_PINS = "Somebody tried wrong PINs for the mailbox {what}. It is locked for 15 minutes; choose a longer PIN."
Counted = Callable[[str, int, int], None]  # box, new messages, saved ones


class Mailboxes:
    """Lives in the asyncio thread."""

    def __init__(
        self, folder: Path, events: NativeEvents, journal: Journal, config: Callable[[], Config], counted: Counted
    ) -> None:
        self.folder = folder
        self._events, self._journal, self._config, self._counted = events, journal, config, counted
        self._messages: dict[str, Message] = {}
        self._finishing: set[asyncio.Task[None]] = set()
        self._boxes: set[str] = set()  # that were told of
        self.pins = PinGuard(journal, VOICEMAIL_PIN, WRONG_PINS)

    async def start(self, known: list[Message]) -> None:
        """Takes over what is in the history: locks too; what a dead core was recording is finished."""
        self.pins.recall()
        self.folder.mkdir(mode=modes.folder(), exist_ok=True)
        for message in known:
            if message.state == MessageState.RECORDING:
                await self._finish(message)
            else:
                self._messages[message.id] = message
        self.tell_all()

    def tell_all(self) -> None:
        """Tells each box's phones what waits there."""
        now = {extension.number for extension in self._config().extensions if extension.voicemail}
        for box in now:
            self._counted(box, *self.counts(box))
        for box in self._boxes - now:
            self._counted(box, 0, 0)  # its phone would show messages that nobody can listen to
        self._boxes = now

    async def finish_all(self, limit_s: float) -> None:
        """Waits until every message is finished; what is not by then, the next start finishes."""
        if self._finishing:
            await asyncio.wait(self._finishing, timeout=limit_s)

    # ---- what is in them -------------------------------------------------------------------------

    def settings(self, number: str) -> Voicemail | None:
        """Of an extension's box; None when it has none."""
        extension = self._config().extension(number)
        return extension.voicemail if extension else None

    def messages(self, box: str) -> list[Message]:
        """New ones first, each kind oldest first."""
        found = [message for message in self._messages.values() if message.box == box]
        return sorted(found, key=lambda message: (message.state != MessageState.NEW, message.started_at, message.id))

    def counts(self, box: str) -> tuple[int, int]:
        """New and saved messages."""
        found = self.messages(box)
        new = sum(message.state == MessageState.NEW for message in found)
        return new, len(found) - new

    def box(self, number: str) -> OwnBox:
        """As its owner uses it."""
        return OwnBox(self, number, self._config().site.timezone)

    def mark(self, id: str, state: str) -> Message:
        """New again, or saved. NotFound, Invalid."""
        if state not in (MessageState.NEW, MessageState.SAVED):
            raise Invalid(f'"{state}" is no state of a message; use new or saved.', field="state")
        message = self._messages[id] = replace(self._one(id), state=MessageState(state))
        self._journal.write(voicemail.marked, id, message.state)
        self._changed(message.box)
        return message

    def delete(self, id: str) -> None:
        """Message and sound, for good. NotFound."""
        message = self._one(id)
        del self._messages[id]
        self._journal.write(voicemail.deleted, id)
        self._in_background(self._unlink(message))
        self._changed(message.box)

    def _one(self, id: str) -> Message:
        if id not in self._messages:
            raise NotFound(f"There is no message {id}.", code="no_such_message")
        return self._messages[id]

    def _changed(self, box: str) -> None:
        self._counted(box, *self.counts(box))

    async def _unlink(self, message: Message) -> None:
        with contextlib.suppress(OSError):
            await asyncio.to_thread(message_files.sound_path(self.folder, message).unlink, missing_ok=True)

    # ---- speaking into files -----------------------------------------------------------------------

    async def leave(self, call: Call, leg: Leg, box: str, max_s: float) -> None:
        """Records a message until #, silence or the limit. However it ends, what was said is kept."""
        message = Message(str(uuid7()), box, call.id, call.cdr.from_number, call.cdr.from_name, times.now())
        self._journal.write(voicemail.began, message)
        began = asyncio.get_running_loop().time()
        recorder = self._recorder(message_files.raw_path(self.folder, message))
        call.note("message_began", box=box)
        cut_s = 0.0
        try:
            cut_s = KEY_S if await until_end(leg, recorder, max_s) else 0.0
        finally:
            recorder.close()
            if asyncio.get_running_loop().time() - began >= message_files.SHORTEST_S:
                call.outcome = Disposition.VOICEMAIL
            self._in_background(self._finish_recorded(message, recorder, cut_s))

    async def take(self, leg: Leg, max_s: float) -> bytes | None:
        """What a caller says until # or silence, as a WAV file; None when nothing. Nothing of it stays on the disk."""
        raw = self.folder / f"take-{uuid7()}.rec"
        recorder = self._recorder(raw)
        try:
            cut_s = KEY_S if await until_end(leg, recorder, max_s) else 0.0
        finally:
            recorder.close()
        try:
            async with asyncio.timeout(FINISHED_S):
                await asyncio.shield(recorder.done)
            return await asyncio.to_thread(_mono_bytes, raw, cut_s)
        except (TimeoutError, OSError) as error:
            log.warning("what a caller said cannot be read: %s", error)
            return None
        finally:
            raw.unlink(missing_ok=True)

    async def keep_greeting(self, box: str, wav: bytes | None) -> None:
        """The box's own greeting from now on; None: the system's. OSError is an alarm."""
        path = self.greeting(box)
        try:
            if wav:
                await asyncio.to_thread(write_whole, path, wav)
            else:
                await asyncio.to_thread(path.unlink, missing_ok=True)
        except OSError as error:
            self._failed(error.errno or errno.EIO)

    def greeting(self, box: str) -> Path:
        """Where the own greeting is, if there is one."""
        return self.folder / box / "greeting.wav"

    def _recorder(self, path: Path) -> Recorder:
        recorder = Recorder(self._events, path)
        recorder.on_failed = self._failed
        return recorder

    def _failed(self, number: int) -> None:
        text = f"Recordings cannot be written ({os.strerror(number)}). Calls go on unrecorded; make room on the disk."
        self._journal.raise_alarm(RECORDING, Severity.CRITICAL, text)

    async def _finish_recorded(self, message: Message, recorder: Recorder, cut_s: float) -> None:
        await recorder.done
        await self._finish(message, cut_s)

    async def _finish(self, message: Message, cut_s: float = 0.0) -> None:
        try:
            whole = await asyncio.to_thread(message_files.finish, message, self.folder, cut_s)
        except OSError as error:
            self._failed(error.errno or errno.EIO)
            return  # it stays as unfinished; the next start of the core finishes it
        if whole:
            self._messages[whole.id] = whole
            settings = self.settings(whole.box)
            cloud = self._config().cloud is not None
            self._journal.write(voicemail.left, whole, cloud, settings.email if settings else "")
        else:
            self._journal.write(voicemail.deleted, message.id)
        self._changed(message.box)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._finishing.add(task)
        task.add_done_callback(self._finishing.discard)


class OwnBox:
    """A box as `Listening` uses it."""

    def __init__(self, mailboxes: Mailboxes, number: str, timezone: str) -> None:
        self._mailboxes, self._number, self._zone = mailboxes, number, ZoneInfo(timezone)
        self.greeting = mailboxes.greeting(number)

    def messages(self) -> list[Message]:
        """New ones first, each kind oldest first."""
        return self._mailboxes.messages(self._number)

    def path(self, message: Message) -> Path:
        """Its sound."""
        return message_files.sound_path(self._mailboxes.folder, message)

    def local(self, at: datetime) -> datetime:
        """By the site's clock."""
        return at.astimezone(self._zone)

    def heard(self, message: Message) -> None:
        """It is no longer new; it may be deleted by now."""
        with contextlib.suppress(NotFound):
            self._mailboxes.mark(message.id, MessageState.SAVED)

    def delete(self, message: Message) -> None:
        """For good; by somebody else already, perhaps."""
        with contextlib.suppress(NotFound):
            self._mailboxes.delete(message.id)

    async def keep_greeting(self, wav: bytes | None) -> None:
        """Another greeting from now on."""
        await self._mailboxes.keep_greeting(self._number, wav)


def _mono_bytes(raw: Path, cut_s: float) -> bytes | None:
    sound = raw.with_suffix(".wav")
    try:
        return sound.read_bytes() if message_files.make_mono(raw, sound, cut_s) else None
    finally:
        sound.unlink(missing_ok=True)


async def until_end(leg: Leg, recorder: Recorder, max_s: float) -> bool:
    """Records what a party says until #, which is True, until it says nothing any more, or for `max_s`."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    silent_at = began + FIRST_SOUND_S
    with heard_by(recorder.slots()[0], leg):
        while loop.time() < min(silent_at, began + max_s):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    if await leg.digits.get() == END:
                        return True
            if leg.slot >= 0 and lineaudio.slot_level(leg.slot) > QUIET:
                silent_at = max(silent_at, loop.time() + SILENCE_S)
    return False
