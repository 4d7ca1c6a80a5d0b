# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls that the box itself answers: menus, mailboxes, conferences, calling in to call on."""

from __future__ import annotations

from contextlib import closing

from firmware import times
from firmware.calls import voicemail
from firmware.calls.call import Call, CallState
from firmware.calls.causes import Cause
from firmware.calls.conferences import Guest
from firmware.calls.host import Host
from firmware.calls.leg import Failed, Leg, existing
from firmware.calls.menus import Menus
from firmware.calls.numbers import permit, resolve
from firmware.calls.phone_dialogue import PhoneDialogue
from firmware.calls.scope import while_present
from firmware.config import ChoiceKind, Target, TargetKind
from firmware.records import Disposition


async def to_menu(host: Host, call: Call, caller: Leg, name: str) -> None:
    """Through the menus, to where the caller chooses."""
    async with while_present(caller):
        await caller.answer()
        call.served = True
        call.became(CallState.GREETING, "greeting")
        with closing(PhoneDialogue(host, caller)) as dialogue:
            chosen = await Menus(host.config, dialogue, call.note).walk(name)
    if isinstance(chosen, Target):
        await host.connect(call, caller, chosen)
    elif chosen.kind == ChoiceKind.MAILBOX:
        await to_messages(host, call, caller, "")
    else:
        call.outcome = Disposition.NO_ANSWER


async def to_voicemail(host: Host, call: Call, caller: Leg, number: str) -> None:
    """Leaves a message; the owner who calls in listens instead."""
    caller.quiet()
    await _call_back(host, call, caller, await voicemail.leave(host, call, caller, number))


async def to_messages(host: Host, call: Call, caller: Leg, own: str) -> None:
    """Listens to the messages of the own box, or with "" to those of any by its PIN."""
    await _call_back(host, call, caller, await voicemail.listen(host, call, caller, own))


async def _call_back(host: Host, call: Call, caller: Leg, number: str) -> None:
    if number:
        call.note("called_back", number=number)
        target = resolve(host, number) or Target(TargetKind.EXTERNAL, number)
        permit(host, caller.number, target, None if caller.number else "internal")  # never on from outside to outside
        await host.connect(call, caller, target)


async def to_conference(host: Host, call: Call, caller: Leg, name: str) -> None:
    """Into a room, once the PIN was right."""
    conference = existing(host.config.conference(name), f"conference {name}")
    async with while_present(caller):
        await caller.answer()
        with closing(PhoneDialogue(host, caller)) as dialogue:
            if conference.pin and not await dialogue.knows_pin(conference.pin):
                raise Failed(Cause.REJECTED, f"the PIN of the conference {name} was wrong")
        call.answered()
        call.note("entered", conference=name, others=host.conferences.count(name))
        known = Guest(call.id, caller.number or call.cdr.from_number, call.cdr.from_name, times.now())
        await host.conferences.stay(name, caller, known)


async def to_disa(host: Host, call: Call, caller: Leg, name: str) -> None:
    """Who knows the PIN calls on from here."""
    async with while_present(caller):
        target = await host.disa.enter(call, caller, name)
    await host.connect(call, caller, target)
