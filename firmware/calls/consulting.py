# SPDX-License-Identifier: GPL-2.0-or-later
"""A second call beside a conversation: dial tone, digits, somebody's phone; the others wait meanwhile."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING

from firmware.calls import agent_codes, forwarding, leaving, outside
from firmware.calls.agent_codes import AgentDialogue
from firmware.calls.causes import Cause
from firmware.calls.collecting import collect
from firmware.calls.leg import Caller, Failed, Leg
from firmware.calls.numbers import extension_of, feature, permit, resolve
from firmware.calls.phone_dialogue import PhoneDialogue
from firmware.calls.ringing import ring_extension
from firmware.calls.station_leg import StationLeg
from firmware.calls.talking import say
from firmware.config import TargetKind
from firmware.countries import RingName
from firmware.prompts import spoken

if TYPE_CHECKING:
    from firmware.calls.conversation import Conversation, Go

RING_S = 30.0  # then whoever asked is told, or called back
TELL_S = 10.0  # of busy or congestion tone


class Consultation:
    """`by` is who asked, `found` who answered; `calling` once somebody is being called."""

    def __init__(self, conversation: Conversation, by: Leg, number: str, recalling: bool = False) -> None:
        self.by, self.number, self.recalling = by, number, recalling
        self.calling = bool(number)
        self.found: Leg | None = None
        self._conversation = conversation
        self._task = asyncio.create_task(self._run())

    def cancel(self) -> None:
        """Gives up; a phone that rings is silent again."""
        self._task.cancel()
        if not self.by.gone.done():
            self.by.quiet()

    async def _run(self) -> None:
        conversation = self._conversation
        try:
            leg = await self._call()
        except Failed as failed:
            await self._not_found(failed)
        else:
            self.found = leg
            if not self.by.gone.done():
                self.by.quiet()
            conversation.found(self, leg)

    async def _not_found(self, failed: Failed) -> None:
        self.calling = False
        self._conversation.not_found(self, failed)
        if not self.by.gone.done():
            self.by.tell(failed.cause)
            await asyncio.sleep(TELL_S)
            self._conversation.comes_back(self)

    async def _call(self) -> Leg:
        host = self._conversation.host
        if not self.number and isinstance(self.by, StationLeg):
            self.number = await collect(host, self.by)
        if found := feature(host, self.number):
            return await self._served(*found)
        target = resolve(host, self.number)
        if not target:
            raise Failed(Cause.UNALLOCATED, f"nothing in the dial plan matches {self.number}")
        permit(host, self.by.number, target)
        self.calling = True
        if target.kind == TargetKind.EXTENSION:
            if not self.by.gone.done():
                await self.by.alert()
            return await self._extension(target.value)
        if target.kind == TargetKind.EXTERNAL:
            return await self._outside(target.value)
        return await self._taken(self._conversation.ways.to(target), str(target))

    async def _extension(self, number: str) -> Leg:
        """Whoever answers there; who is called back is not looked for elsewhere."""
        host, call = self._conversation.host, self._conversation.call
        extension = extension_of(host, number)
        if self.recalling:
            return await ring_extension(host, extension, self._shown(), RING_S, RingName.RECALL)
        try:
            return await forwarding.reach_person(host, call, extension, self._shown(), RING_S, RingName.INSIDE)
        except forwarding.Forwarded as forwarded:
            if forwarded.target.kind == TargetKind.EXTERNAL:
                return await self._outside(forwarded.target.value)
            return await self._taken(self._conversation.ways.to(forwarded.target), str(forwarded.target))

    def _shown(self) -> Caller:
        """Whoever asked calls; after it has hung up, the one who waits."""
        if self.by.gone.done():
            return self._conversation.call.caller
        extension = self._conversation.host.config.extension(self.by.number)
        return Caller(extension.number, extension.name) if extension else self._conversation.call.caller

    async def _outside(self, number: str) -> Leg:
        host, call = self._conversation.host, self._conversation.call
        leg = await leaving.call_out(host, call, leaving.way(host, number), self._shown())
        try:
            if not outside.heard_by_itself(leg):
                await outside.taken(leg)
        except BaseException:
            leg.hang_up()
            raise
        return leg

    async def _served(self, name: str, argument: str) -> Leg:
        """By a feature of the box, for the one who waits."""
        if name in agent_codes.IN_CALL:
            return await self._told(name, argument)
        if name != "park":
            raise Failed(Cause.UNALLOCATED, f"{self.number} cannot be dialled while somebody waits")
        host = self._conversation.host
        place = host.parking.reserve()
        try:
            await say(host, self.by, *spoken.digits(place.slot))
        except BaseException:
            host.parking.give_back(place)
            raise
        return await self._taken(self._conversation.ways.parked(place, self.by), f"slot {place.slot}")

    async def _told(self, name: str, argument: str) -> Leg:
        """The box is told something about the agent, who then is back with whoever waits."""
        host = self._conversation.host
        with closing(PhoneDialogue(host, self.by)) as dialogue:
            await AgentDialogue(host.agents, host.config, dialogue, self.by.number).serve(name, argument)
        self._conversation.comes_back(self)
        return await _never()

    async def _taken(self, go: Go, to: str) -> Leg:
        """Nobody there can be consulted, so whoever waits is taken there at once."""
        waiting = [party.leg for party in self._conversation.parties if party.waits]
        if len(waiting) != 1:
            raise Failed(Cause.UNALLOCATED, "only one party can be taken there")
        self._conversation.transfer(waiting[0], go, to, self.by)
        return await _never()


def _never() -> asyncio.Future[Leg]:
    return asyncio.get_running_loop().create_future()
