# SPDX-License-Identifier: GPL-2.0-or-later
"""What a change would do, told before it is saved: only when calls would go elsewhere, or when somebody asks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from firmware.store.config_db import canonical
from webui.i18n import N_
from webui.pages.route import Visit
from webui.settings.choices import named, target_words
from webui.settings.differences import Difference, differences
from webui.settings.fields import Entered
from webui.settings.tables import Document, items
from webui.settings.week import DAYS

LOOK, SEEN = "look", "seen"
WITHOUT_HELP = "!"
DAY_MIN = 24 * 60
MOST = 8
STATES = {
    "busy": N_("to %(phone)s while it was busy"),
    "no_answer": N_("to %(phone)s when nobody answered"),
    "unregistered": N_("to %(phone)s while no phone was there"),
}
PATIENCE_S = 30.0  # a list of callers held against 50,000 calls takes 1 to 2 s, on a small box some more


@dataclass(frozen=True)
class Moved:
    """Calls that would have gone elsewhere, in words."""

    calls: int
    who: str
    when: str
    before: str
    after: str
    examples: list[Mapping[str, Any]]


@dataclass(frozen=True)
class Ahead:
    """`seen` is what the button carries that saves all the same; `emergency` is why it should not be pressed."""

    seen: str
    differences: list[Difference]
    emergency: str
    looked_at: int
    of: int
    total: int
    moved: list[Moved]
    rehearsed: bool

    @property
    def more(self) -> int:
        """Calls of groups that are not shown."""
        return self.total - sum(group.calls for group in self.moved)


def ahead(visit: Visit, form: Entered, before: Document, after: Document) -> Ahead | None:
    """None when it can be saved at once: nothing goes elsewhere, or this very change was looked at. ConfigInvalid."""
    digest = hashlib.sha256(canonical(after).encode()).hexdigest()[:16]
    if form.one(SEEN).removesuffix(WITHOUT_HELP) == digest:
        return None
    told = visit.box.live.ask_patiently(PATIENCE_S, "config.preview", document=after)
    rehearsal = told.get("rehearsal") or {}
    if not (form.one(LOOK) or told["emergency"] or rehearsal.get("moved")):
        return None
    return Ahead(
        digest + (WITHOUT_HELP if told["emergency"] else ""),
        differences(visit.say, before, after, told["changes"]),
        visit.sentence(told["emergency"]),
        rehearsal.get("calls", 0),
        rehearsal.get("of", 0),
        rehearsal.get("moved", 0),
        [_moved(visit, before, after, group) for group in rehearsal.get("groups", [])[:MOST]],
        bool(told.get("rehearsal")),
    )


def wants_no_help(form: Entered) -> dict[str, bool]:
    """The word with which emergency numbers may become unreachable: who pressed the button had read why not to."""
    return {"without_emergency": True} if form.one(SEEN).endswith(WITHOUT_HELP) else {}


def _moved(visit: Visit, before: Document, after: Document, group: dict[str, Any]) -> Moved:
    return Moved(
        group["calls"],
        _who(visit, before, group),
        _when(visit, group),
        _where(visit, before, group["before"]),
        _where(visit, after, group["after"]),
        group["examples"],
    )


def _who(visit: Visit, document: Document, group: dict[str, Any]) -> str:
    origin, number = group["origin"], group["number"]
    if group["how"] == "overflow":
        return visit.say(N_("who waited too long in %(queue)s"), queue=origin)
    if group["how"] == "menu":
        said = N_("who pressed %(key)s in %(menu)s") if number else N_("who pressed nothing in %(menu)s")
        return visit.say(said, key=number, menu=origin)
    if group["how"] in STATES:
        return visit.say(STATES[group["how"]], phone=target_words(visit.say, document, f"extension:{origin}"))
    if group["how"] == "dialled":
        phone = target_words(visit.say, document, f"extension:{origin}") if origin else visit.say(N_("several phones"))
        return visit.say(N_("dialled by %(phone)s"), phone=phone) + (f": {number}" if number else "")
    line = next((item for item in items(document, "line") if item.get("port") == origin), None)
    name = named("line", line) if line else origin
    return visit.say(N_("on %(line)s"), line=name) + (f": {number}" if number else "")


def _when(visit: Visit, group: dict[str, Any]) -> str:
    days, (first, last) = group.get("days", []), group.get("minutes", (0, DAY_MIN))
    said = ", ".join(visit.say(DAYS[day]) for day in days) if 0 < len(days) < len(DAYS) else ""
    clock = f"{first // 60:02d}:{first % 60:02d}–{last // 60:02d}:{last % 60:02d}" if last - first < DAY_MIN else ""
    return " ".join(filter(None, (said, clock)))


def _where(visit: Visit, document: Document, way: dict[str, Any]) -> str:
    if way["trunks"]:
        return visit.say(N_("Trunk")) + " " + ", ".join(way["trunks"])
    return target_words(visit.say, document, way["target"]) if way["target"] else visit.say(N_("Refused"))
