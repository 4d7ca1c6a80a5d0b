# SPDX-License-Identifier: GPL-2.0-or-later
"""The phone book of the office: whose number it is."""

from __future__ import annotations

from typing import Any

from firmware.errors import Invalid
from webui import auth
from webui.api.route import Ask, Route, limit_of
from webui.api.schema import COUNT, LIMIT, TEXT, Query, many, obj, only, ref, text
from webui.http import only_fields, text_field

MOST_FOUND = 50


def found(ask: Ask) -> Any:
    """Those whose name has every word of `text`, or whose number has its digits; and how many there are in all."""
    query = ask.query()
    limit = limit_of(query, MOST_FOUND)
    return ask.box.live.ask("contacts", text=query.get("text", ""), limit=limit)


def save(ask: Ask, number: str) -> Any:
    """This is whose number it is."""
    body = ask.json()
    only_fields(body, "name")
    return ask.box.live.ask("contact.save", number=number, name=text_field(body, "name", longest=80))


def delete(ask: Ask, number: str) -> Any:
    """It is nobody's any more."""
    return ask.box.live.ask("contact.delete", number=number) or {}


def take_in(ask: Ask) -> Any:
    """Many at once, all or none."""
    body = ask.json()
    only_fields(body, "items")
    if not isinstance(body.get("items"), list):
        raise Invalid("'items' must be a list of contacts.", field="items")
    return ask.box.live.ask("contacts.import", items=body["items"])


_FOUND = obj(items=many(ref("Contact")), count=COUNT)

ROUTES = [
    Route("GET", "/contacts", found, query=(Query("text", TEXT, "Words of a name, or digits."), LIMIT), answer=_FOUND),
    Route(
        "POST", "/contacts", take_in, auth.MANAGE, body=only(items=many(ref("Contact"))), answer=obj(count=COUNT),
        fails=("too_many_contacts",),
    ),
    Route(
        "PUT", "/contacts/<number>", save, auth.MANAGE | auth.SET_AGENT, body=only(name=text(80)),
        answer=ref("Contact"), fails=("too_many_contacts",),
    ),
    Route("DELETE", "/contacts/<number>", delete, auth.MANAGE, answer=obj(), fails=("no_such_contact",)),
]  # fmt: skip
