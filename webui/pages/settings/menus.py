# SPDX-License-Identifier: GPL-2.0-or-later
"""Menus (IVR): all of them as a tree, and one of them as a form with a row for each key."""

from __future__ import annotations

import re
from typing import Any

from bottle import HTTPResponse

from firmware.prompts import builtin
from firmware.prompts.store import PromptStore
from webui import auth, spoken
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit
from webui.pages.settings.groups import NAME, NUMBER, frame_of
from webui.pages.settings.sheet import Sheet, document_of
from webui.pages.settings.submit import routes_of
from webui.settings.choices import fixed, menu_targets
from webui.settings.fields import Entered, Field, Option, filled, target
from webui.settings.tables import Document, Item, items
from webui.settings.tree import tree

HOME = "/settings/menus"
KEYS = "1234567890*#"
NEW_MENU = "ivr:+"  # stands for a menu that is made when this one is saved
BLANK_KEYS = 1
LANGUAGES = {"en": N_("English"), "zh": N_("Chinese")}


def _digits(form: Entered) -> dict[str, str]:
    """What each key leads to."""
    found = {key: target(form, f"key{place}") for place, key in enumerate(KEYS)}
    rows = sorted(int(row[1]) for name in form.values if (row := re.fullmatch(r"more(\d{1,3})\.keys", name)))
    found |= {form.one(f"more{row}.keys"): target(form, f"more{row}") for row in rows}
    return {keys: to for keys, to in found.items() if keys and to}


def _read(visit: Visit, document: Document, form: Entered, old: Item) -> Item:
    item = filled(MENU.fields, form, old)
    item["digits"] = _digits(form)
    text = form.one("say")
    if text:
        name = item.get("prompt") or re.sub(r"[^\w-]", "-", str(item.get("name", ""))) or "menu"
        spoken.speak(visit.box, name, text, item.get("language") or "any", field="say")
        item["prompt"] = name
    return {key: value for key, value in item.items() if value != {}}


def _arrange(document: Document) -> Document:
    """Menus that are to be made for a key are made."""
    names = {item.get("name") for item in items(document, "ivr")}
    for item in list(items(document, "ivr")):
        for keys, to in item.get("digits", {}).items():
            if to == NEW_MENU:
                name = _free(f"{item.get('name')}-{ {'*': 'star', '#': 'hash'}.get(keys, keys) }", names)
                item["digits"][keys] = f"ivr:{name}"
                document["ivr"].append({"name": name})
    return document


def _free(name: str, taken: set[Any]) -> str:
    candidates = (name, *(f"{name}-{n}" for n in range(2, 100)))
    found = next(candidate for candidate in candidates if candidate not in taken)
    taken.add(found)
    return found


def _more(visit: Visit, document: Document, item: Item) -> dict[str, Any]:
    digits: dict[str, str] = item.get("digits", {})
    longer = [(keys, to) for keys, to in digits.items() if keys not in tuple(KEYS)]
    new = Option(NEW_MENU, visit.say(N_("A new menu …")), visit.say(N_("Menu")))
    return {
        "keys": [(key, digits.get(key, "")) for key in KEYS],
        "longer": longer + [("", "")] * BLANK_KEYS,
        "targets": [new, *menu_targets(visit.say, document)],
        "prompts": sorted({prompt.name for prompt in PromptStore(visit.box.state).all()}),
        "sounds": sounds(visit),
    }


def sounds(visit: Visit) -> dict[str, str]:
    """Where each prompt of the office is heard."""
    found: dict[str, str] = {}
    for prompt in PromptStore(visit.box.state).all():
        found.setdefault(prompt.name, f"/settings/prompts/{prompt.name}/{prompt.language}/audio")
    return found


MENU = Sheet(
    "ivr",
    HOME,
    HOME,
    N_("Menu"),
    (
        NAME,
        NUMBER,
        Field("prompt", N_("What callers hear"), "text"),
        Field("language", N_("Language from here on"), "choice", options=fixed(LANGUAGES)),
        Field("timeout", N_("Who presses nothing goes to"), "target", options=menu_targets),
        Field("invalid", N_("Who presses only what is not offered goes to"), "target", options=menu_targets),
        Field("timeout_s", N_("Seconds to wait for a key"), "number", N_("5 when empty.")),
        Field("retries", N_("How often it is said again"), "number", N_("2 when empty.")),
        Field("extensions", N_("Extensions may be dialled at any time"), "switch", default=False, wide=True),
    ),
    template="settings_menu.html",
    read=_read,
    more=_more,
    arrange=_arrange,
    shows=("digits", "say"),
    acts=("say",),
)


def menus(visit: Visit) -> HTTPResponse:
    """The tree."""
    document = document_of(visit).document
    return visit.page(
        "settings_menus.html",
        nodes=tree(visit.say, document),
        sounds=sounds(visit),
        built_in=frozenset(builtin.texts("en")),
        **frame_of(visit),
    )


ROUTES = [PageRoute("GET", HOME, menus, roles=auth.READ), *routes_of(MENU)]
