# SPDX-License-Identifier: GPL-2.0-or-later
"""Whose voicemail somebody may hear: supervisors that of all, an agent that of the own extension."""

from __future__ import annotations

from firmware.errors import Denied, NotFound
from firmware.records import Message
from webui import auth
from webui.auth import Identity
from webui.box import Box

READERS = auth.SUPERVISE | {"agent"}


def own_box(box: Box, who: Identity) -> str | None:
    """The only mailbox of this reader; None: every one. Denied for an agent who sits nowhere."""
    if who.role in auth.SUPERVISE:
        return None
    try:
        agents = box.configs.current().document.get("agent", [])
    except NotFound:
        agents = []
    name = who.name.removeprefix("api:")  # a program that acts for an agent has the agent's id as its token's name
    extension = next((str(agent.get("extension")) for agent in agents if agent.get("id") == name), "")
    if not extension:
        raise Denied(f"Agents hear the mailbox of their own extension only, and {who.name} is no agent here.")
    return extension


def chosen(box: Box, who: Identity, wanted: str | None) -> str | None:
    """The mailbox that is asked for, None for all. Denied when it is somebody else's."""
    own = own_box(box, who)
    if own is not None and wanted not in (None, "", own):
        raise Denied("Agents hear the mailbox of their own extension only.")
    return own or wanted or None


def message(box: Box, who: Identity, id: str) -> Message:
    """A message that this reader may hear. NotFound, also for one that is somebody else's."""
    own, found = own_box(box, who), box.history.message(id)
    if own not in (None, found.box):
        raise NotFound(f"There is no message {id}.", code="no_such_message")
    return found


def may_change(box: Box, who: Identity, id: str) -> None:
    """Whether it is the reader's to mark or delete. NotFound."""
    if own_box(box, who) is not None:
        message(box, who, id)
