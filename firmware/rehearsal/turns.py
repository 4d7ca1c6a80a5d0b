# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a call turned that was already on its way: at a key of a menu, at a phone that was busy or nobody answered.

The trail of a call tells what was pressed or how the phone was; the configuration, where that leads. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from firmware.config import Choice, ChoiceKind, Config, Extension, Ivr, Target, TargetKind
from firmware.records import TrailEvent

HANG_UP = Choice(ChoiceKind.HANG_UP)
STAYS = "extension:"  # before the number of a phone whose calls go nowhere else
FORWARDS: Mapping[str, Callable[[Extension], str]] = {
    "busy": lambda e: e.forward_busy,
    "no_answer": lambda e: e.forward_no_answer,
    "unregistered": lambda e: e.forward_unregistered or e.forward_no_answer,
}
"""By the reason of the event `forwarded`."""


@dataclass(frozen=True, slots=True)
class Turn:
    """`how`: "menu" (`number` was pressed in the menu `origin`, "" for nothing that led anywhere), or "busy",
    "no_answer", "unregistered" of the extension `origin`. `before` and `after` are targets or what a menu does."""

    how: str
    origin: str
    number: str
    before: str
    after: str


Asker = Callable[[TrailEvent], "Turn | None"]


def asker(old: Config, new: Config) -> Asker | None:
    """Tells of an event where it led and would lead now; None when no event could lead elsewhere."""
    menus = {menu.name: (menu, other) for menu in old.ivrs if (other := new.menu(menu.name)) and menu != other}
    people = {e.number: (e, now) for e in old.extensions if (now := new.extension(e.number)) and _differ(e, now)}
    if not menus and not people:
        return None

    def turn(event: TrailEvent) -> Turn | None:
        data = event.data
        if event.event in ("menu_choice", "menu_left") and (pair := menus.get(str(data.get("menu")))):
            return _in_menu(event, *pair, old, new)
        number = str(data.get("by") or data.get("extension") or "")
        if event.event in ("forwarded", "unanswered") and (both := people.get(number)):
            return _at_phone(str(data.get("reason")) if event.event == "forwarded" else "no_answer", *both)
        return None

    return turn


def _differ(one: Extension, other: Extension) -> bool:
    return any(to(one) != to(other) for to in FORWARDS.values())


def _in_menu(event: TrailEvent, before: Ivr, after: Ivr, old: Config, new: Config) -> Turn:
    if event.event == "menu_left":
        ends = (before.timeout, after.timeout) if _is(event, before.timeout) else (before.invalid, after.invalid)
        return Turn("menu", before.name, "", *(str(end or HANG_UP) for end in ends))
    keys = str(event.data.get("digit", ""))
    return Turn("menu", before.name, keys, str(_chosen(before, keys, old)), str(_chosen(after, keys, new)))


def _is(event: TrailEvent, to: Target | Choice | None) -> bool:
    return event.data.get("to") == str(to or HANG_UP)


def _chosen(menu: Ivr, keys: str, config: Config) -> Target | Choice:
    if keys in menu.digits:
        return menu.digits[keys]
    if menu.extensions and config.extension(keys):
        return Target(TargetKind.EXTENSION, keys)
    return menu.invalid or HANG_UP


def _at_phone(reason: str, before: Extension, after: Extension) -> Turn | None:
    to = FORWARDS.get(reason)
    if not to:
        return None
    return Turn(reason, before.number, "", *(to(one) or f"{STAYS}{one.number}" for one in (before, after)))
