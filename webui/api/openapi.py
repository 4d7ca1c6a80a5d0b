# SPDX-License-Identifier: GPL-2.0-or-later
"""The API's document (OpenAPI 3.1), made from the table of routes: what is not in one is not in the other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import firmware
from webui import auth, repeats
from webui.api.objects import COMPONENTS
from webui.api.route import PREFIX, Route
from webui.api.schema import TEXT, Media, Query, Schema, ref
from webui.http import status_of_code

JSON = "application/json"
ABOUT = (
    "The box for programs. Bearer tokens are made on the page Users or by `tipring token create`; a browser that is "
    "logged in uses its session, and sends its page's token in X-CSRF-Token when it changes something. Times are ISO "
    "8601 UTC, durations seconds. Lists that grow come by pages: pass `next` as `cursor`. Answers may get further "
    "properties at any time. Every error has the one form."
)
_REASONS = {
    200: "Done.", 201: "Made.", 202: "Begun.", 206: "A part of it.", 304: "It is as you have it.",
    400: "Not understood.",
    401: "No valid token.", 403: "Not allowed.", 404: "Not there.", 409: "Not in the present state.",
    413: "Too large.", 415: "Of another type.", 416: "No such part.", 422: "Something in it is wrong: `field`.",
    429: "Too many requests; wait as long as Retry-After says.", 503: "Not now; Retry-After says when.",
}  # fmt: skip
_ALWAYS = ("too_many_requests", "unavailable", "core_unavailable", "disk_full")
_KNOWN_ONLY = ("unauthorized", "denied")
_OF_POST = ("request_in_progress", "outcome_unknown", "idempotency_key_reused")
_OF_BODY = ("bad_json", "body_too_large", "unsupported_media_type", "invalid")
_STATUS = {
    **dict.fromkeys(
        ("idempotency_key_reused", "bad_number", "no_such_reason", "no_such_disposition", "not_in_queue",
         "no_extension", "no_such_number"), 422),
    **dict.fromkeys(("unavailable", "disk_full", "no_key", "no_speech"), 503),
    **dict.fromkeys(("denied",), 403),
    **dict.fromkeys(("audio_missing", "audio_removed", "no_config"), 404),
}  # fmt: skip
"""Of codes whose status is that of the kind of error that they come with."""
_PARAMETERS: dict[str, Any] = {
    "IdempotencyKey": {
        "name": repeats.HEADER, "in": "header", "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,255}$"},
        "description": "Sent again with the same key within 24 hours, the request is answered again, not done again.",
    },
    "IfMatch": {
        "name": "If-Match", "in": "header", "schema": {"type": "string", "pattern": r'^("\d{1,9}"|\*)$'},
        "description": "The ETag of the configuration that the change was made from.",
    },
    "Range": {
        "name": "Range", "in": "header", "schema": {"type": "string", "pattern": r"^bytes=\d{1,9}-\d{0,9}$"},
        "description": "Only this part.",
    },
}  # fmt: skip
_HEADERS = {
    "RateLimit": {"schema": TEXT, "description": "What is left of the allowance, and when it is full again."},
    "RateLimit-Policy": {"schema": TEXT, "description": "Requests in a window of so many seconds."},
}
_ERROR = {"description": "The one form of errors.", "content": {JSON: {"schema": ref("Error")}}}
_SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API token."},
    "session": {"type": "apiKey", "in": "cookie", "name": auth.SESSION_COOKIE, "description": "A browser's log-in."},
    "csrf": {"type": "apiKey", "in": "header", "name": auth.CSRF_HEADER, "description": "The token of its page."},
}


def document(routes: Iterable[Route]) -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for route in routes:
        paths[path_of(route)][route.method.lower()] = operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tipring", "version": firmware.__version__, "description": ABOUT,
            "license": {"name": "GPL-2.0-or-later", "identifier": "GPL-2.0-or-later"},
        },
        "servers": [{"url": PREFIX}],
        "paths": dict(paths),
        "components": {
            "schemas": COMPONENTS, "parameters": _PARAMETERS, "headers": _HEADERS, "responses": {"Error": _ERROR},
            "securitySchemes": _SECURITY,
        },
    }  # fmt: skip


def path_of(route: Route) -> str:
    """The route's path in the document's notation."""
    return re.sub(r"<(\w+)>", r"{\1}", route.path)


def operation(route: Route) -> dict[str, Any]:
    """One route."""
    summary, _, more = (route.handler.__doc__ or "").partition("\n\n")
    who = "everybody" if route.roles is None else ", ".join(sorted(route.roles))
    described = {
        "operationId": "_".join([route.method.lower(), *re.findall(r"\w+", route.path)]),
        "tags": [route.handler.__module__.rpartition(".")[2].replace("_", " ")],
        "summary": " ".join(summary.split()),
        "description": " ".join(f"{more} For {who}.".split()),
        "parameters": _parameters(route),
        "responses": _responses(route),
        "security": _security(route),
    }
    if route.body is not None:
        described["requestBody"] = {"content": _content(route.body), "required": _needs_body(route.body)}
    return described


def _parameters(route: Route) -> list[dict[str, Any]]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"<(\w+)>", route.path)
    ]
    named = {"IdempotencyKey": route.method == "POST", "IfMatch": route.matched, "Range": route.ranged}
    headers = [{"$ref": f"#/components/parameters/{name}"} for name, has in named.items() if has]
    return [*in_path, *(_query(one) for one in route.query), *headers]


def _query(parameter: Query) -> dict[str, Any]:
    told = {"name": parameter.name, "in": "query", "schema": parameter.schema, "required": parameter.required}
    return told | ({"description": parameter.about} if parameter.about else {})


def _responses(route: Route) -> dict[str, Any]:
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
    good = {"description": _REASONS[route.status], "content": _content(route.answer), "headers": headers}
    told: dict[str, Any] = {str(route.status): good}
    if route.ranged:
        told |= {"206": good | {"description": _REASONS[206]}, "304": {"description": _REASONS[304]}}
    for status, codes in sorted(_failures(route).items()):
        about = f"{_REASONS[status]} Codes: {', '.join(f'`{code}`' for code in codes)}."
        told[str(status)] = {"$ref": "#/components/responses/Error", "description": about}
    return told


def _failures(route: Route) -> dict[int, list[str]]:
    """Every status that is an error, with its codes."""
    codes = [*_ALWAYS, *route.fails]
    if route.roles is not None:
        codes += [*_KNOWN_ONLY, *(("csrf",) if route.method not in auth.SAFE else ())]
    if "<" in route.path:
        codes += ["not_found", "invalid"]
    if route.method == "POST":
        codes += _OF_POST
    if route.body is not None or route.method not in auth.SAFE:
        codes += _OF_BODY
    if route.query or route.matched:
        codes.append("invalid")
    if route.ranged:
        codes.append("bad_range")
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in dict.fromkeys(codes):
        by_status[_STATUS.get(code) or status_of_code(code)].append(code)
    return by_status


def _security(route: Route) -> list[dict[str, list[str]]]:
    """A token or a session, and the roles that may."""
    if route.roles is None:
        return []
    roles = sorted(route.roles)
    by_session = {"session": roles} | ({} if route.method in auth.SAFE else {"csrf": roles})
    return [{"bearer": roles}, by_session]


def _content(of: Schema | Media) -> dict[str, Any]:
    if not isinstance(of, Media):
        return {JSON: {"schema": of}}
    return ({JSON: {"schema": of.json}} if of.json else {}) | {kind: {} for kind in of.types}


def _needs_body(body: Schema | Media) -> bool:
    return isinstance(body, Media) or bool(body.get("required"))
