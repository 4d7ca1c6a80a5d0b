# SPDX-License-Identifier: GPL-2.0-or-later
"""What rings for an extension beside its phones: other extensions, numbers outside."""

from __future__ import annotations

from contextlib import closing

from firmware.calls import leaving, outside
from firmware.calls.call import Call
from firmware.calls.causes import Cause
from firmware.calls.endpoints import Endpoint, Entry, phones_of
from firmware.calls.host import Host
from firmware.calls.leg import Caller, Failed, Leg
from firmware.calls.numbers import permit
from firmware.calls.phone_dialogue import PhoneDialogue
from firmware.calls.scope import Gone, while_present
from firmware.config import Also, Extension, TargetKind
from firmware.countries import RingName

ACCEPT_KEY, ACCEPT_S = "1", 10.0


class Outside(Endpoint):
    """A number outside; whoever answers there says that it was a person."""

    def __init__(self, host: Host, call: Call, owner: str, also: Also) -> None:
        self._host, self._call, self._owner, self._also = host, call, owner, also

    async def ring(self, caller: Caller, ring: RingName) -> Leg:
        """The leg that answered, and pressed 1 where that is asked for."""
        host, number = self._host, self._also.to.value
        permit(host, self._owner, self._also.to)
        self.leg = leg = await leaving.call_out(host, self._call, leaving.way(host, number), self._call.caller)
        await outside.taken(leg)
        if self._also.confirm and not await self._accepted(leg):
            raise Failed(Cause.NO_ANSWER, f"nobody at {number} took the call")
        return leg

    async def _accepted(self, leg: Leg) -> bool:
        leg.hear_digits()
        try:
            async with while_present(leg):
                with closing(PhoneDialogue(self._host, leg)) as dialogue:
                    return await dialogue.ask("press-1", timeout_s=ACCEPT_S) == ACCEPT_KEY
        except Gone:
            return False


def entries_of(host: Host, extension: Extension, call: Call) -> list[Entry]:
    """Everything that rings when somebody calls an extension."""
    entries = phones_of(host, extension, waiting=extension.call_waiting)
    for also in extension.also:
        entries += _beside(host, call, extension.number, also)
    return entries


def _beside(host: Host, call: Call, owner: str, also: Also) -> list[Entry]:
    if also.to.kind == TargetKind.EXTERNAL:
        return [Entry("", lambda caller: Outside(host, call, owner, also), also.after_s)]
    found = host.config.extension(also.to.value)
    if not found or host.choices.of(found).do_not_disturb:
        return []
    return [Entry(entry.number, entry.make, also.after_s) for entry in phones_of(host, found)]
