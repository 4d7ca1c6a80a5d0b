# SPDX-License-Identifier: GPL-2.0-or-later
"""Webhooks: how each is, what was delivered, a test, the switch back on. They are set in the configuration."""

from __future__ import annotations

from typing import Any

from firmware.store.webhooks import DONE, FAILED, WAITING
from webui import auth
from webui.api.route import Ask, Route, limit_of, page
from webui.api.schema import PAGE, Query, many, one_of, only, page_of, ref
from webui.http import json_response, only_fields
from webui.webhooks import Hooks, as_json


def every(ask: Ask) -> Any:
    """Every webhook, how it is, and how much waits for it."""
    return Hooks(ask.box).every()


def one(ask: Ask, name: str) -> Any:
    """One webhook."""
    return Hooks(ask.box).one(name)


def deliveries(ask: Ask, name: str) -> Any:
    """What was sent to it in the last week, newest first, by pages."""
    query = ask.query()
    limit = limit_of(query)
    found = Hooks(ask.box).deliveries(name, query.get("state"), limit + 1, query.get("cursor"))
    return page([as_json(item) for item in found], limit, "id")


def test(ask: Ask, name: str) -> Any:
    """Sends it an event that means nothing, `tipring.webhook.test`."""
    only_fields(ask.json())
    return json_response(as_json(Hooks(ask.box).test(name, ask.who.name)), 201)


def enable(ask: Ask, name: str) -> Any:
    """One that was switched off because it failed is tried again."""
    only_fields(ask.json())
    return Hooks(ask.box).enable(name)


def retry(ask: Ask, name: str, id: str) -> Any:
    """Sends one delivery again, also when it arrived."""
    only_fields(ask.json())
    return as_json(Hooks(ask.box).retry(name, id))


_KNOWN = ("no_such_webhook", "no_config")
_STATE = Query("state", one_of(WAITING, DONE, FAILED))
_DELIVERY = ref("Delivery")

ROUTES = [
    Route("GET", "/webhooks", every, auth.CONFIGURE, answer=many(ref("Webhook")), fails=("no_config",)),
    Route("GET", "/webhooks/<name>", one, auth.CONFIGURE, answer=ref("Webhook"), fails=_KNOWN),
    Route(
        "GET", "/webhooks/<name>/deliveries", deliveries, auth.CONFIGURE, query=(_STATE, *PAGE),
        answer=page_of(_DELIVERY), fails=_KNOWN,
    ),
    Route(
        "POST", "/webhooks/<name>/test", test, auth.CONFIGURE, body=only(), answer=_DELIVERY, status=201,
        fails=(*_KNOWN, "webhook_disabled"),
    ),
    Route("POST", "/webhooks/<name>/enable", enable, auth.CONFIGURE, body=only(), answer=ref("Webhook"), fails=_KNOWN),
    Route(
        "POST", "/webhooks/<name>/deliveries/<id>/retry", retry, auth.CONFIGURE, body=only(), answer=_DELIVERY,
        fails=(*_KNOWN, "no_such_delivery"),
    ),
]  # fmt: skip
