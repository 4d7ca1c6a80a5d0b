# SPDX-License-Identifier: GPL-2.0-or-later
"""Callers and owners at a voicemail box: greeting and message; number, PIN and messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import closing
from functools import partial

from firmware import times
from firmware.calls.call import Call, CallState
from firmware.calls.causes import Cause
from firmware.calls.dialogue import LONGEST
from firmware.calls.host import Host
from firmware.calls.leg import Failed, Leg
from firmware.calls.listening import Listening, record
from firmware.calls.phone_dialogue import PhoneDialogue
from firmware.calls.scope import while_present
from firmware.config import Voicemail
from firmware.records import Disposition

OWNER = "*"  # pressed during the greeting: it is the owner who calls
CHECK_S = 10.0
PROMPT_S = 300.0
PROMPTS = "prompts"  # of the locks


async def leave(host: Host, call: Call, caller: Leg, number: str) -> str:
    """Greeting, tone, message. The number to call back when the caller turned out to be the owner, else ""."""
    settings = _settings(host, number)
    call.served = True
    async with while_present(caller):
        await caller.answer()
        call.became(CallState.GREETING, "voicemail", box=number)
        with closing(PhoneDialogue(host, caller)) as dialogue:
            if len(host.mailboxes.messages(number)) >= settings.max_messages:
                await dialogue.say("vm-full", "goodbye")
                call.outcome = Disposition.NO_ANSWER
                return ""
            greeting = host.mailboxes.greeting(number)
            key = await (dialogue.say_file(greeting) if greeting.exists() else dialogue.say("not-available"))
            key = key or await dialogue.say("leave-message")
            if key == OWNER:
                return await _visit(host, call, caller, dialogue, number)
            await dialogue.beep()
            await host.mailboxes.leave(call, caller, number, settings.max_s)
            await dialogue.say(*(["message-saved"] if call.outcome else []), "goodbye")
            call.outcome = call.outcome or Disposition.NO_ANSWER
    return ""


async def listen(host: Host, call: Call, caller: Leg, own: str) -> str:
    """The owner of `own` from its phone; with "" any box by number and PIN. The number to call back, or ""."""
    call.served = True
    async with while_present(caller):
        await caller.answer()
        with closing(PhoneDialogue(host, caller)) as dialogue:
            if own:
                _settings(host, own)
                return await _opened(host, call, dialogue, own, callback=True)
            number = await dialogue.number("vm-which-box")
            return await _visit(host, call, caller, dialogue, number)


async def _visit(host: Host, call: Call, caller: Leg, dialogue: PhoneDialogue, number: str) -> str:
    """From another phone: the PIN first. A box without a PIN is opened from its own phone only."""
    boxes = host.mailboxes
    settings = boxes.settings(number)

    def wrong() -> None:
        if settings:
            boxes.pins.wrong(number)

    pin = settings.pin if settings else ""
    if await dialogue.knows_pin(pin, longest=LONGEST, locked=lambda: boxes.pins.locked(number), wrong=wrong):
        boxes.pins.right(number)
        return await _opened(host, call, dialogue, number, callback=bool(caller.number))
    if boxes.pins.locked(number):
        await dialogue.say("vm-locked", "goodbye")
        raise Failed(Cause.REJECTED, f"the mailbox {number} is locked after wrong PINs")
    await dialogue.say("goodbye")
    raise Failed(Cause.REJECTED, f"the PIN of the mailbox {number} was wrong")


async def _opened(host: Host, call: Call, dialogue: PhoneDialogue, number: str, *, callback: bool) -> str:
    call.outcome = None
    call.answered()
    call.note("mailbox_opened", box=number)
    return await Listening(dialogue, host.mailboxes.box(number), times.now(), callback=callback).run()


async def record_prompt(host: Host, call: Call, caller: Leg) -> None:
    """Somebody of the house records the prompt `recorded-NUMBER`."""
    async with while_present(caller):
        await caller.answer()
        call.answered()
        with closing(PhoneDialogue(host, caller)) as dialogue:
            pin, boxes = host.config.prompts.pin, host.mailboxes
            locked, wrong = partial(boxes.pins.locked, PROMPTS), partial(boxes.pins.wrong, PROMPTS)
            if pin and not await dialogue.knows_pin(pin, locked=locked, wrong=wrong):
                raise Failed(Cause.REJECTED, "the PIN for recording prompts was wrong")
            boxes.pins.right(PROMPTS)
            number = await dialogue.number("record-number", longest=6)
            if not number:
                await dialogue.say("record-discarded")
                return

            await _record(host, call, dialogue, f"recorded-{number}")


async def record_named(host: Host, call: Call, party: Leg, name: str, language: str) -> None:
    """Whoever the box has called records this prompt; who ordered the call had the right to."""
    async with while_present(party):
        call.answered()
        with closing(PhoneDialogue(host, party)) as dialogue:
            await _record(host, call, dialogue, name, language)


async def check_sound(host: Host, call: Call, party: Leg, heard: Callable[[bytes], Awaitable[None]]) -> None:
    """Whoever the box has called speaks and hears it played back; `heard` is told when it was found good (key 1)."""
    async with while_present(party):
        call.answered()
        with closing(PhoneDialogue(host, party)) as dialogue:
            await record(dialogue, CHECK_S, heard)


async def _record(host: Host, call: Call, dialogue: PhoneDialogue, name: str, language: str = "any") -> None:
    async def keep(wav: bytes) -> None:
        await host.keep_prompt(name, wav, language)
        call.note("prompt_recorded", name=name)

    await record(dialogue, PROMPT_S, keep)


def _settings(host: Host, number: str) -> Voicemail:
    settings = host.mailboxes.settings(number)
    if not settings:
        raise Failed(Cause.UNALLOCATED, f"{number} has no voicemail")
    return settings
