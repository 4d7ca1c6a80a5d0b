# SPDX-License-Identifier: GPL-2.0-or-later
"""For programs: webhooks with what was delivered, and the reference of the API."""

from __future__ import annotations

import base64
import secrets
from typing import Any
from urllib.parse import quote

from bottle import HTTPResponse

from firmware.store.webhooks import TYPES
from webui import auth, words
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit, redirect
from webui.pages.settings.groups import frame_of
from webui.pages.settings.sheet import Sheet
from webui.pages.settings.submit import routes_of
from webui.settings.fields import Field, Option
from webui.settings.tables import Document, Item
from webui.webhooks import Hooks

HOME, PATH = "/settings/programs", "/settings/webhooks"
SHOWN = 20  # deliveries


def _events(say: Any, document: Document) -> list[Option]:
    return [Option(type, say(words.english("event", type))) for type in TYPES]


def _of_one(visit: Visit, document: Document, item: Item) -> dict[str, Any]:
    """Of a webhook that is in force: how it is, and what was delivered. For a new one a secret is proposed."""
    known = next((hook for hook in Hooks(visit.box).every() if hook["name"] == item.get("name")), None)
    found = Hooks(visit.box).deliveries(known["name"], None, SHOWN, None) if known else []
    return {
        "hook": known,
        "deliveries": found,
        "proposal": f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}",
    }


WEBHOOK = Sheet(
    "webhook",
    PATH,
    HOME,
    N_("Webhook"),
    (
        Field("name", N_("Name"), required=True),
        Field("url", N_("Address"), hint=N_("Such as https://crm.example.com/hook."), required=True, wide=True),
        Field("secret", N_("Secret"), "secret", N_("16 characters or more; its receiver checks signatures with it.")),
        Field("events", N_("Events"), "members", N_("None chosen: all of them."), options=_events, wide=True),
        Field("give_up_days", N_("Days of failure until it is switched off"), "number", N_("1 to 7; empty: 5.")),
    ),
    template="settings_webhook.html",
    note=N_("The box sends events to this address as they happen, signed, and again until they are taken."),
    more=_of_one,
)


def programs(visit: Visit) -> HTTPResponse:
    """Webhooks and how they are; where the API is described."""
    return visit.page("settings_programs.html", hooks=Hooks(visit.box).every(), **frame_of(visit))


def test(visit: Visit, name: str) -> HTTPResponse:
    Hooks(visit.box).test(name, visit.author)
    return _back(name)


def enable(visit: Visit, name: str) -> HTTPResponse:
    Hooks(visit.box).enable(name)
    return _back(name)


def retry(visit: Visit, name: str, id: str) -> HTTPResponse:
    Hooks(visit.box).retry(name, id)
    return _back(name)


def deliveries(visit: Visit, name: str) -> HTTPResponse:
    """The part of the page that changes by itself."""
    hook, found = Hooks(visit.box).one(name), Hooks(visit.box).deliveries(name, None, SHOWN, None)
    return visit.part("settings_webhook_log.html", hook=hook, deliveries=found)


def _back(name: str) -> HTTPResponse:
    return redirect(f"{PATH}/{quote(name)}#deliveries")


ROUTES = [
    PageRoute("GET", HOME, programs, roles=auth.CONFIGURE),
    PageRoute("GET", f"{PATH}/<name>/deliveries", deliveries, roles=auth.CONFIGURE),
    PageRoute("POST", f"{PATH}/<name>/test", test, roles=auth.CONFIGURE),
    PageRoute("POST", f"{PATH}/<name>/enable", enable, roles=auth.CONFIGURE),
    PageRoute("POST", f"{PATH}/<name>/deliveries/<id>/retry", retry, roles=auth.CONFIGURE),
    *routes_of(WEBHOOK),
]
