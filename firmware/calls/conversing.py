# SPDX-License-Identifier: GPL-2.0-or-later
"""From the moment in which somebody takes a call until its end, wherever its parties are sent on to."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from firmware.calls import outside
from firmware.calls.call import Call, CallState
from firmware.calls.causes import Cause
from firmware.calls.conversation import Conversation, Go, Moved
from firmware.calls.host import Host
from firmware.calls.leg import Failed, Leg
from firmware.calls.numbers import extension_of
from firmware.calls.parking import Place
from firmware.calls.recording_rules import rule_of
from firmware.calls.ringing import ring_extension
from firmware.calls.scope import while_present
from firmware.calls.talking import answer_or_end, hearing
from firmware.config import Target
from firmware.countries import RingName

PARKED_S = 120.0  # then whoever parked the call is rung
RECALL_S = 120.0  # whoever sent a party on in vain is rung


@contextlib.asynccontextmanager
async def kept_waiting(host: Host, call: Call, caller: Leg) -> AsyncIterator[None]:
    """A new caller hears that it rings; one who was connected already hears music."""
    if call.cdr.answered_at or call.served:
        with hearing(host.music(), caller):
            yield
    else:
        await caller.alert()
        yield


async def talk(host: Host, call: Call, caller: Leg, callee: Leg, *, agent: str | None = None) -> None:
    """From the moment in which somebody took the call until its end. `agent`: of a queue; "": past its agents."""
    call.joined(callee)
    try:
        async with while_present(caller, callee):
            await caller.answer()
        if not caller.gone.done():
            call.answered(**({"agent": agent} if agent else {}))
            caller.far_end_answered(outside=False)
        await converse(host, call, caller, callee, agent=agent)
    finally:
        call.release(callee)


async def answering(call: Call, caller: Leg, callee: Leg) -> None:
    """The far end makes its own tones, so the caller hears it from the first moment. A line may never tell that
    somebody answers: its caller was answered before.
    """
    await outside.answered(callee)
    await answer_or_end(caller)
    call.answered()
    caller.far_end_answered(outside=True)


class _Ways:
    """For those who are sent on."""

    def __init__(self, host: Host, call: Call) -> None:
        self._host, self._call = host, call

    def to(self, target: Target) -> Go:
        return lambda leg: self._host.connect(self._call, leg, target)

    def parked(self, place: Place, by: Leg) -> Go:
        return lambda leg: _parked(self._host, self._call, leg, place, by)


async def converse(
    host: Host, call: Call, caller: Leg, callee: Leg, *, agent: str | None = None,
    answering: Coroutine[Any, Any, None] | None = None,
) -> None:  # fmt: skip
    """Two parties talk, and whoever joins them, until the end: Gone, Failed or Overflowed."""
    waiting = asyncio.create_task(answering) if answering else None
    try:
        conversation = Conversation(host, call, _Ways(host, call))
        conversation.add(caller)
        if agent:
            call.on_held = functools.partial(host.agents.figures.held, agent)
        conversation.add(callee, functools.partial(host.queues.talk_ended, agent, call.id) if agent else lambda: None)
        queue = call.cdr.queue if agent is not None else None
        rule = rule_of(host.config, call.cdr, queue, [leg.number for leg in (caller, callee) if leg.number])
        if rule and not call.recording_refused:
            conversation.recorded.begin(rule)
        await conversation.run()
    except Moved as moved:
        for leg in [leg for leg in call.legs if leg is not moved.leg]:
            call.release(leg)
        await _sent_on(host, call, moved)
    finally:
        if waiting:
            waiting.cancel()
        for leg in [leg for leg in call.legs if leg is not caller]:
            call.release(leg)


async def _sent_on(host: Host, call: Call, moved: Moved) -> None:
    """Where it was sent, or back to who sent it."""
    try:
        await moved.go(moved.leg)
    except Failed as failed:
        back = moved.by.number if moved.by else ""
        if not back or moved.leg.gone.done():
            raise
        call.note("recalled", to=back, reason=str(failed))
        await _back_to(host, call, moved.leg, back)


async def _back_to(host: Host, call: Call, leg: Leg, number: str) -> None:
    """Rings whoever sent a party on in vain, whatever it has chosen for other calls."""
    async with while_present(leg), kept_waiting(host, call, leg):
        extension = extension_of(host, number)
        callee = await ring_extension(host, extension, call.caller, RECALL_S, RingName.RECALL)
    await talk(host, call, leg, callee)


async def _parked(host: Host, call: Call, leg: Leg, place: Place, by: Leg) -> None:
    """Waits in the slot; talks with who takes it, or with who parked it when nobody does."""
    try:
        call.became(CallState.WAITING, "parked", slot=place.slot, by=by.name)
        async with while_present(leg):
            with hearing(host.music(), leg):
                async with asyncio.timeout(PARKED_S):
                    taker = await place.taker
    except TimeoutError:
        raise Failed(Cause.NO_ANSWER, f"nobody took the call from slot {place.slot}") from None
    finally:
        host.parking.give_back(place)
    call.note("retrieved", slot=place.slot, by=taker.name)
    await talk(host, call, leg, taker)
