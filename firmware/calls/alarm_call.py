# SPDX-License-Identifier: GPL-2.0-or-later
"""The box calls somebody, says what is wrong, and waits for a 1: then it is known."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Sequence

from firmware.calls import leaving, outside
from firmware.calls.call import Call, CallState
from firmware.calls.causes import Cause
from firmware.calls.dialogue import Dialogue
from firmware.calls.host import Host
from firmware.calls.leg import Caller, Failed, Leg
from firmware.calls.outcome import concluding
from firmware.calls.phone_dialogue import PhoneDialogue
from firmware.calls.ringing import ring_extension
from firmware.calls.scope import Gone, while_present
from firmware.records import Direction, Disposition

RING_S = 45.0
ROUNDS = 3  # it is said, in case somebody, or an answering machine, does not press
PRESS_S = 6.0
KNOWN = "1"


class Outcome(enum.StrEnum):
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"  # and nobody pressed 1
    NO_ANSWER = "no_answer"


async def call_person(host: Host, number: str, sounds: Sequence[bytes], language: str, shown: str) -> Outcome:
    """One number, inside or outside. `sounds`: WAV files of what is wrong; `shown` is the name on the display."""
    call = Call(host.journal, Direction.OUTBOUND, Caller("", shown), number, CallState.DIALLING)
    try:
        leg = await _answered(host, call, number, shown)
    except Failed as failed:
        call.note("failed", cause=int(failed.cause), reason=str(failed))
        call.ended(Disposition.NO_ANSWER, failed.cause, "system")
        return Outcome.NO_ANSWER
    except asyncio.CancelledError:
        call.ended(Disposition.FAILED, Cause.NORMAL, "system")
        raise
    known = False
    leg.language = language
    call.joined(leg)
    async with concluding(call, leg):
        call.answered()
        dialogue = PhoneDialogue(host, leg)
        async with while_present(leg):
            known = await tell(dialogue, sounds)
            if known:
                await dialogue.say("alarm-known")
    return Outcome.ACKNOWLEDGED if known else Outcome.ANSWERED


async def tell(dialogue: Dialogue, sounds: Sequence[bytes]) -> bool:
    """Says it, again and again; whether somebody pressed 1."""
    for _ in range(ROUNDS):
        key = await _said(dialogue, sounds) or await dialogue.key(PRESS_S)
        if key == KNOWN:
            return True
    return False


async def _said(dialogue: Dialogue, sounds: Sequence[bytes]) -> str:
    if key := await dialogue.say("alarm-call"):
        return key
    for sound in sounds:
        if key := await dialogue.say_sound(sound):
            return key
    return await dialogue.say("alarm-press")


async def _answered(host: Host, call: Call, number: str, shown: str) -> Leg:
    """The leg of whoever takes the call. Failed."""
    extension = host.config.extension(number)
    if extension:
        return await ring_extension(host, extension, Caller("", shown), RING_S)
    leg = await leaving.call_out(host, call, leaving.way(host, number), Caller("", shown))
    try:
        async with asyncio.timeout(RING_S):
            await outside.taken(leg)
    except TimeoutError:
        leg.hang_up()
        raise Failed(Cause.NO_ANSWER, f"{number} did not answer") from None
    except (Failed, Gone, asyncio.CancelledError):
        leg.hang_up()
        raise
    return leg
