# SPDX-License-Identifier: GPL-2.0-or-later
"""Paths of the configuration in words: `route[1].to` is "Where calls go: fxo1"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from webui.i18n import N_
from webui.settings.choices import Say, named
from webui.settings.tables import Document, Item, items

TABLES: Mapping[str, str] = {
    "extension": N_("Extension"),
    "line": N_("Line"),
    "trunk": N_("Trunk"),
    "agent": N_("Agent"),
    "queue": N_("Queue"),
    "conference": N_("Conference"),
    "group": N_("Ring group"),
    "paging": N_("Announcement to phones"),
    "ivr": N_("Menu"),
    "schedule": N_("Opening hours"),
    "survey": N_("Survey"),
    "pause_reason": N_("Reason of a pause"),
    "disposition": N_("Outcome"),
    "disa": N_("Calling on from outside"),
    "route": N_("Calls that come in"),
    "outbound": N_("Calls that go out"),
    "numbers": N_("Lists"),
    "tolls": N_("Limits"),
    "emergency": N_("Emergency calls"),
    "features": N_("Feature codes"),
    "report": N_("Report by e-mail"),
    "webhook": N_("Webhook"),
    "cellular": N_("Cellular modem"),
    "modem": N_("Voice modem"),
    "backup": N_("Backup"),
    "backup_target": N_("Place for backups"),
    "alarm_channel": N_("Told of alarms"),
    "mail": N_("Mail server"),
    "smdr": N_("Calls on a serial port (SMDR)"),
}
_INDEXED = re.compile(r"(\w+)\[(\d+)\]")


def origin(document: Document, route: Item) -> str:
    """Where the calls of a route come from."""
    port = route.get("line")
    line = next((item for item in items(document, "line") if item.get("port") == port), None)
    return named("line", line) if line else str(port or route.get("trunk") or route.get("did") or "")


def words(say: Say, document: Document, path: str) -> str:
    """The thing that a path leads to."""
    found = _INDEXED.match(path)
    table, index = (found[1], int(found[2])) if found else (path.partition(".")[0], -1)
    label = say(TABLES[table]) if table in TABLES else table
    known = items(document, table) if found else []
    if not 0 <= index < len(known):
        return label
    item = known[index]
    name = {"route": lambda: origin(document, item), "outbound": lambda: str(item.get("pattern", ""))}
    return f"{label} {name.get(table, lambda: named(table, item))()}"
