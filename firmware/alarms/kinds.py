# SPDX-License-Identifier: GPL-2.0-or-later
"""Every kind of alarm, by the word that its `kind` is or begins with, and the area of the box that it is about.

docs/alarms.md says of each what it means and what to do.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping


class Area(enum.StrEnum):
    """What an alarm is about: who is told of it can be chosen by it."""

    LINES = "lines"
    TRUNKS = "trunks"
    PHONES = "phones"
    CALLS = "calls"
    SERVICES = "services"
    BOX = "box"
    STORAGE = "storage"
    SECURITY = "security"
    OUTSIDE = "outside"


KINDS: Mapping[str, Area] = {
    "card": Area.LINES,
    "port:": Area.LINES,
    "battery:": Area.LINES,
    "line:": Area.LINES,
    "quality:line:": Area.LINES,
    "trunk:": Area.TRUNKS,
    "cellular:": Area.TRUNKS,
    "quality:trunk:": Area.TRUNKS,
    "off_hook:": Area.PHONES,
    "edge": Area.PHONES,
    "certificate": Area.PHONES,
    "emergency:": Area.CALLS,
    "toll:": Area.CALLS,
    "service:": Area.SERVICES,
    "restarts:": Area.SERVICES,
    "trial_returned": Area.SERVICES,
    "update": Area.SERVICES,
    "board:": Area.BOX,
    "memory": Area.BOX,
    "clock:past": Area.BOX,
    "clock:unset": Area.BOX,
    "clock:jumped": Area.BOX,
    "disk": Area.STORAGE,
    "read_only": Area.STORAGE,
    "history": Area.STORAGE,
    "history_damaged": Area.STORAGE,
    "configuration": Area.STORAGE,
    "config_damaged": Area.STORAGE,
    "backup:": Area.STORAGE,
    "backup_test": Area.STORAGE,
    "recording": Area.STORAGE,
    "archive": Area.STORAGE,
    "recordings_key": Area.STORAGE,
    "recordings_space": Area.STORAGE,
    "recording_lost": Area.STORAGE,
    "bans": Area.SECURITY,
    "disa:": Area.SECURITY,
    "voicemail_pin:": Area.SECURITY,
    "agent_pin:": Area.SECURITY,
    "cloud_unreachable": Area.OUTSIDE,
    "cloud_refused": Area.OUTSIDE,
    "mail_unsent": Area.OUTSIDE,
    "mail_refused": Area.OUTSIDE,
    "report_unsent:": Area.OUTSIDE,
    "webhook_disabled:": Area.OUTSIDE,
    "smdr_port": Area.OUTSIDE,
    "alarm_channel:": Area.OUTSIDE,
}


def area_of(kind: str) -> Area:
    """Of an alarm; one that is not known here is the box's."""
    fits = (word for word in KINDS if kind == word or (word.endswith(":") and kind.startswith(word)))
    return KINDS.get(next(fits, ""), Area.BOX)
