# SPDX-License-Identifier: GPL-2.0-or-later
"""Groups: one number for several extensions, which ring together, in turn, or in turn from the next one each time."""

from __future__ import annotations

from collections.abc import Sequence

from firmware.calls.call import Call
from firmware.calls.causes import Cause
from firmware.calls.endpoints import Entry, phones_of
from firmware.calls.host import Host
from firmware.calls.leg import Failed, Leg
from firmware.calls.ringing import ring_all
from firmware.config import Group
from firmware.countries import RingName


class Turns:
    """Who is first in each group."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def order(self, group: Group) -> Sequence[str]:
        """The members as they are asked now."""
        if group.strategy != "round_robin":
            return group.members
        first = self._next.get(group.name, 0) % len(group.members)
        self._next[group.name] = first + 1
        return (*group.members[first:], *group.members[:first])


async def ring_group(host: Host, call: Call, group: Group) -> Leg:
    """The member that answered. Failed when none did. Nobody's forwards count, and no phone in use is disturbed."""
    members = host.groups.order(group)
    entries = [entry for number in members for entry in _entries(host, number)]
    call.note("group_rung", group=group.name, members=list(members))
    if not entries:
        raise Failed(Cause.BUSY, f"nobody of the group {group.name} can be rung")
    turn_s = None if group.strategy == "together" else group.turn_s
    who = f"the group {group.name}"
    return await ring_all(host, entries, call.caller, RingName.GROUP, group.timeout_s, turn_s, who)


def _entries(host: Host, number: str) -> list[Entry]:
    extension = host.config.extension(number)
    if not extension or host.choices.of(extension).do_not_disturb:
        return []
    return phones_of(host, extension)
