# SPDX-License-Identifier: GPL-2.0-or-later
"""What supervisors, agents and programs order of calls: hand over, ask somebody first, park, listen in."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from firmware.calls.call import Call
from firmware.calls.consulting import Consultation
from firmware.calls.conversation import MODE_KEYS, Conversation, Mode, Party
from firmware.calls.host import Host
from firmware.calls.leg import Caller, Failed, Leg
from firmware.calls.numbers import extension_of, permit, resolve
from firmware.calls.recorded import Recorded
from firmware.calls.ringing import ring_extension, why_not
from firmware.config import Extension, Target
from firmware.errors import Conflict, Denied, Invalid, NotFound

RING_S = 30.0
MODES = tuple(MODE_KEYS.values())


def transfer(host: Host, id: str, to: str, keep: str) -> None:
    """Takes the caller, or the called party, to a number; the other one is let go. NotFound, Conflict, Invalid."""
    conversation = _conversation(host, id)
    target = _target(host, to)
    stays, goes = _kept(conversation, keep)
    conversation.transfer(stays, conversation.ways.to(target), str(target), goes)


def hand_over(host: Host, id: str, to: str, by: str) -> None:
    """Takes whoever talks with an extension to a number that it may call. NotFound, Conflict, Invalid, Denied."""
    conversation = _conversation(host, id)
    party = _party(conversation, by)
    target = _target(host, to, by)
    stays = next(other.leg for other in conversation.parties if other is not party and other.mode == "talk")
    conversation.transfer(stays, conversation.ways.to(target), str(target), party.leg)


def consult(host: Host, id: str, to: str, by: str) -> None:
    """Lets an extension ask somebody else while the other one hears music. NotFound, Conflict, Invalid, Denied."""
    conversation = _conversation(host, id)
    party = _party(conversation, by)
    _target(host, to, by)
    if conversation.consultation:
        raise Conflict("Somebody else is being asked already; come back first.", code="already_consulting")
    conversation.consult(party, to)


def _together(conversation: Conversation, party: Party, asked: Consultation) -> None:
    if not asked.found:
        raise Conflict(f"{asked.number} has not answered yet.", code="not_answered")
    conversation.flashed(party)


def _back(conversation: Conversation, party: Party, asked: Consultation) -> None:
    if asked.found:
        conversation.drop(asked.found)
    else:
        conversation.flashed(party)


def _handed_over(conversation: Conversation, party: Party, asked: Consultation) -> None:
    if not asked.calling:
        raise Conflict(f"{asked.number} cannot be had; come back.", code="not_answered")
    conversation.drop(party.leg)


CONCLUDING = {"hand_over": _handed_over, "back": _back, "together": _together}


def conclude(host: Host, id: str, by: str, action: str) -> None:
    """What an extension that asks somebody else does then: lets the two talk, comes back, or brings all together.
    NotFound, Conflict, Invalid."""
    if action not in CONCLUDING:
        raise Invalid(f'"{action}" is no action; use one of {", ".join(CONCLUDING)}.', field="action")
    conversation = _conversation(host, id)
    party, asked = _party(conversation, by), conversation.consultation
    if not asked or asked.by is not party.leg:
        raise Conflict("Nobody else is being asked.", code="not_consulting", field="id")
    CONCLUDING[action](conversation, party, asked)


def _target(host: Host, to: str, by: str = "") -> Target:
    """What a number means, if `by` may call it. Invalid, Denied."""
    target = resolve(host, to)
    if not target:
        raise Invalid(f"Nothing in the dial plan matches {to}.", code="no_such_number", field="to")
    try:
        permit(host, by, target)
    except Failed as failed:
        raise Denied(f"{failed}.", field="to") from None
    return target


def _party(conversation: Conversation, extension: str) -> Party:
    """Of the extension; Conflict when it is not one of those who talk."""
    found = next((party for party in conversation.parties if party.leg.number == extension), None)
    if not found or found.mode != "talk":
        raise Conflict(f"Extension {extension} does not talk in this call.", code="not_talking", field="by")
    return found


def park(host: Host, id: str, keep: str) -> str:
    """Parks the caller, or the called party; the slot. NotFound, Conflict."""
    conversation = _conversation(host, id)
    stays, goes = _kept(conversation, keep)
    try:
        place = host.parking.reserve()
    except Failed as failed:
        raise Conflict(f"{failed}.", code="no_free_slot") from None
    conversation.transfer(stays, conversation.ways.parked(place, goes), f"slot {place.slot}", goes)
    return place.slot


def supervise(host: Host, id: str, number: str, mode: str, by: str) -> Coroutine[Any, Any, None]:
    """Rings an extension and lets it listen to a call, whisper, or talk with all; one that does so already changes.

    The coroutine ends once it has answered: Conflict when it does not. NotFound, Conflict, Invalid.
    """
    if mode not in MODES:
        raise Invalid(f'"{mode}" is not a way to supervise; use {", ".join(MODES)}.', field="mode")
    chosen: Mode = next(known for known in MODES if known == mode)
    call = _conversation(host, id).call
    try:
        extension = extension_of(host, number)
    except Failed as failed:
        raise Conflict(f"{failed}.", code="not_answered", field="extension") from None
    there = bool(call.conversation and call.conversation.supervises(number, chosen))
    if not there and (why := why_not(host, extension)):
        raise Conflict(f"{number} {why}.", code="not_answered", field="extension")
    call.note("supervision_ordered", extension=number, mode=mode, by=by)
    return _nothing() if there else _supervise(host, call, extension, chosen)


async def _nothing() -> None:
    """It is done."""


async def _supervise(host: Host, call: Call, extension: Extension, mode: Mode) -> None:
    try:
        leg = await ring_extension(host, extension, Caller(call.cdr.from_number, call.cdr.from_name), RING_S)
    except Failed as failed:
        call.note("not_supervised", extension=extension.number, reason=str(failed))
        raise Conflict(f"{failed}.", code="not_answered", field="extension") from None
    if call.conversation:
        call.conversation.supervised(leg, mode)
    else:
        leg.hang_up()


RECORDING: Mapping[str, Callable[[Recorded, str], None]] = {
    "start": lambda recorded, by: recorded.demand(by),
    "stop": lambda recorded, by: recorded.stop(by),
    "pause": lambda recorded, by: recorded.pause(True, by),
    "resume": lambda recorded, by: recorded.pause(False, by),
    "card_entry": lambda recorded, by: recorded.card_entry(True, by),
    "card_entered": lambda recorded, by: recorded.card_entry(False, by),
}


def recording(host: Host, id: str, action: str, by: str) -> dict[str, Any]:
    """Changes what is recorded of a call; how it is then. NotFound, Conflict, Invalid."""
    if action not in RECORDING:
        raise Invalid(f'"{action}" is no action; use one of {", ".join(RECORDING)}.', field="action")
    conversation = _conversation(host, id)
    RECORDING[action](conversation.recorded, by)
    call = conversation.call
    return {"recording": call.recording, "recording_silent": call.recording_silent}


def _conversation(host: Host, id: str) -> Conversation:
    call: Call | None = host.journal.calls.get(id)
    if not call:
        raise NotFound(f"There is no call {id} now.", code="no_such_call", field="id")
    if not call.conversation:
        raise Conflict("Nobody talks in this call yet.", code="not_talking", field="id")
    return call.conversation


def _kept(conversation: Conversation, keep: str) -> tuple[Leg, Leg]:
    """Who stays, and who is let go."""
    if keep not in ("caller", "callee"):
        raise Invalid(f'"{keep}" is no party; use caller or callee.', field="keep")
    first, second = (party.leg for party in conversation.parties[:2])
    return (first, second) if keep == "caller" else (second, first)
