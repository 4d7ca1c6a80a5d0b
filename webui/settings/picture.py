# SPDX-License-Identifier: GPL-2.0-or-later
"""The way of a call as boxes that lead to each other, each with the page where it is set. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from webui.i18n import N_
from webui.settings.choices import KINDS, Say, named, target_words
from webui.settings.tables import Document, items

# when a call takes a lead; %s is what the lead says
WHENS: Mapping[str, str] = {
    "open": N_("while %s is open"),
    "always": N_("always"),
    "other": N_("all other times"),
    "key": N_("key %s"),
    "nothing": N_("presses nothing"),
    "invalid": N_("presses something else"),
    "after": N_("after %s s"),
    "full": N_("when it is full"),
    "empty": N_("when no agent is there"),
    "busy": N_("when busy"),
    "no_answer": N_("when nobody answers"),
    "unregistered": N_("when no phone is there"),
    "also": N_("rings"),
    "then": "",
    "try": N_("dials %s"),
}
ICONS: Mapping[str, str] = {
    "line": "in", "trunk": "globe", "ivr": "tree", "queue": "users", "group": "users", "extension": "phone",
    "voicemail": "mail", "conference": "users", "paging": "sound", "external": "globe", "refused": "close",
    "survey": "ok", "disa": "key", "call_back": "phone", "hangup": "close",
}  # fmt: skip
_PAGES: Mapping[str, str] = {
    "ivr": "menus", "queue": "queues", "group": "ring-groups", "extension": "extensions", "voicemail": "extensions",
    "conference": "conferences", "paging": "paging", "survey": "surveys", "disa": "disa", "trunk": "trunks",
}  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """A box. `path` is "" where there is nothing to be set."""

    text: str
    icon: str
    path: str
    again: bool
    leads: list[DrawnLead]


@dataclass(frozen=True)
class DrawnLead:
    """`when` in words, and where that is set; `taken`: the call goes here, False: it does not, None: it may."""

    when: str
    path: str
    taken: bool | None
    to: Drawn


def picture(say: Say, document: Document, box: Mapping[str, Any], chosen: bool | None = None) -> Drawn:
    """`box` is that of `firmware.routing.picture`. `chosen`: whether the call comes here, as far as that is known."""
    kind, _, name = box["place"].partition(":")
    decided = any(lead["taken"] for lead in box["leads"])
    leads = [_lead(say, document, lead, decided) for lead in box["leads"]]
    text = _text(say, document, box["place"])
    return Drawn(text, ICONS.get(kind, "between"), _path(kind, name), box["again"], leads)


def _lead(say: Say, document: Document, lead: Mapping[str, Any], decided: bool) -> DrawnLead:
    words = WHENS.get(lead["when"], "")
    when = say(words) if words else ""
    schedule = lead["what"] if lead["when"] == "open" else ""
    return DrawnLead(
        when.replace("%s", lead["what"]),
        f"/settings/hours/{quote(schedule)}" if schedule else "",
        lead["taken"] if decided or schedule else None,
        picture(say, document, lead["to"]),
    )


def _text(say: Say, document: Document, place: str) -> str:
    kind, _, name = place.partition(":")
    if kind == "line":
        line = next((item for item in items(document, "line") if item.get("port") == name), {"port": name})
        return f"{say(N_('Line'))} {named('line', line)}"
    if place in _OWN:
        return say(_OWN[place])
    if kind == "feature":
        return f"{say(N_('Feature'))} {name}"
    return target_words(say, document, place) if name or kind not in KINDS else say(N_("A phone"))


_OWN: Mapping[str, str] = {"refused": N_("Refused"), "call_back": N_("Call-back")}


def _path(kind: str, name: str) -> str:
    return f"/settings/{_PAGES[kind]}/{quote(name, safe='')}" if kind in _PAGES and name else ""
