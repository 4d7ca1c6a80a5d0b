# SPDX-License-Identifier: GPL-2.0-or-later
"""The phone book of the office: whose number it is."""

from __future__ import annotations

from typing import Any

from firmware.errors import Invalid
from webui import auth
from webui.api.route import Ask, Route, number_of
from webui.http import only_fields, text_field

MOST_FOUND = 200


def found(ask: Ask) -> Any:
    """Those whose name has every word of `text`, or whose number has its digits; and how many there are in all."""
    query = ask.query("text", "limit")
    limit = number_of(query, "limit", MOST_FOUND)
    return ask.box.live.ask("contacts", text=query.get("text", ""), limit=limit)


def save(ask: Ask, number: str) -> Any:
    """This is whose number it is."""
    body = ask.json()
    only_fields(body, "name")
    return ask.box.live.ask("contact.save", number=number, name=text_field(body, "name", longest=80))


def delete(ask: Ask, number: str) -> Any:
    return ask.box.live.ask("contact.delete", number=number) or {}


def take_in(ask: Ask) -> Any:
    """Many at once, all or none."""
    body = ask.json()
    only_fields(body, "items")
    if not isinstance(body.get("items"), list):
        raise Invalid("'items' must be a list of contacts.", field="items")
    return ask.box.live.ask("contacts.import", items=body["items"])


ROUTES = [
    Route("GET", "/contacts", found),
    Route("POST", "/contacts", take_in, roles=auth.MANAGE),
    Route("PUT", "/contacts/<number>", save, roles=auth.MANAGE | auth.SET_AGENT),
    Route("DELETE", "/contacts/<number>", delete, roles=auth.MANAGE),
]
