# SPDX-License-Identifier: GPL-2.0-or-later
"""The configuration as a JSON document. Its revision is the ETag; If-Match keeps two installers apart."""

from __future__ import annotations

import re
from typing import Any

from firmware.errors import Invalid
from webui import auth
from webui.api.route import Ask, Route
from webui.http import json_response, only_fields

SECRET_KEYS = frozenset(("password", "token", "secret", "pin", "class_pin"))
MASK = "********"


def show(ask: Ask) -> Any:
    """The document in force. Whoever may not change it does not see its passwords either."""
    revision = ask.box.configs.current()
    document = revision.document if ask.who.role in auth.ADMIN else masked(revision.document)
    return json_response({"revision": revision.id, "document": document}, ETag=f'"{revision.id}"')


def apply(ask: Ask) -> Any:
    """Takes `{"document": …, "revision": n}`, or the document itself; checks all of it, applies all or nothing."""
    body = ask.json()
    document = body
    revision = if_match(ask)
    if "document" in body:
        only_fields(body, "document", "revision")
        document = _object(body["document"])
        revision = _revision(body["revision"]) if body.get("revision") is not None else revision
    params: dict[str, Any] = {"document": document, "author": ask.who.name}
    if revision is not None:
        params["revision"] = revision
    result = ask.box.live.ask("config.apply", **params)
    return json_response(result, ETag=f'"{result["revision"]}"')


def masked(value: Any) -> Any:
    """The document with every secret covered."""
    if isinstance(value, dict):
        return {key: MASK if key in SECRET_KEYS and item else masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Invalid("'document' must be a JSON object.", field="document")
    return value


def _revision(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Invalid("'revision' must be the number that GET /config gave.", field="revision")
    return value


def if_match(ask: Ask) -> int | None:
    """The revision that the change was made from; None when it says none. Invalid."""
    header = ask.request.get_header("If-Match", "*").strip()
    if header == "*":
        return None
    tag = re.fullmatch(r'"(\d{1,9})"', header)
    if tag is None:
        raise Invalid('If-Match must be the ETag that GET /config gave, such as "7".', field="If-Match")
    return int(tag[1])


ROUTES = [
    Route("GET", "/config", show),
    Route("PUT", "/config", apply, roles=auth.ADMIN),
]
