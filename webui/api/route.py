# SPDX-License-Identifier: GPL-2.0-or-later
"""How a handler of the API is reached: who asks is known, their role is checked, errors leave in one form."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import bottle
from bottle import Bottle, HTTPResponse, LocalRequest

from firmware import times
from firmware.errors import Invalid, TipringError
from webui import auth, locality
from webui.auth import Identity
from webui.box import Box
from webui.http import error_body, error_response, json_response, read_json

log = logging.getLogger(__name__)

PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to the API: the box, who asks, and what."""

    box: Box
    request: LocalRequest
    who: Identity

    def json(self) -> dict[str, Any]:
        """The body as a JSON object."""
        return read_json(self.request)

    def query(self, *allowed: str) -> dict[str, str]:
        """The query's parameters. Invalid names one that nobody reads."""
        given = {name: text for name, text in self.request.query.decode().items() if text != ""}
        unknown = sorted(set(given) - set(allowed))
        if unknown:
            raise Invalid(
                f"'{unknown[0]}' is no parameter here; there are: {', '.join(allowed) or 'none'}.", field=unknown[0]
            )
        return given


@dataclass(frozen=True, slots=True)
class Route:
    """`handler(ask, **path parameters)` returns what becomes JSON, or a whole response."""

    method: str
    path: str
    handler: Callable[..., Any]
    roles: frozenset[str] | None = auth.READ  # None: open to everybody


def mount(app: Bottle, box: Box, routes: Iterable[Route], prefix: str = PREFIX) -> None:
    """Adds the routes to the application."""
    for route in routes:
        app.route(prefix + route.path, route.method, _guarded(box, route))


def _guarded(box: Box, route: Route) -> Callable[..., HTTPResponse]:
    def handle(**parameters: str) -> HTTPResponse:
        try:
            answer = route.handler(Ask(box, bottle.request, _admit(box, route)), **parameters)
        except TipringError as error:
            return error_response(error)
        except HTTPResponse:
            raise
        except Exception:
            log.exception("%s %s failed", route.method, bottle.request.path)
            message = "The web service made a mistake; its log has the details."
            return json_response(error_body("internal_error", message), 500)
        return answer if isinstance(answer, HTTPResponse) else json_response(answer)

    return handle


def _admit(box: Box, route: Route) -> Identity:
    if route.roles is None:
        return Identity("", "")
    who = auth.identify(bottle.request, box.access)
    if who is None:
        raise auth.unauthorized()
    locality.check(box, bottle.request, who)
    who.need(route.roles)
    if who.session and bottle.request.method not in auth.SAFE:
        auth.check_csrf(bottle.request, who.session)
    return who


def number_of(query: dict[str, str], name: str, default: int) -> int:
    """A whole number of the query. Invalid names the parameter."""
    text = query.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid(f"'{name}' must be a whole number.", field=name)
    return int(text)


def time_of(query: dict[str, str], name: str) -> datetime | None:
    """A time of the query (ISO 8601; UTC when it has no zone). Invalid names the parameter."""
    text = query.get(name)
    if text is None:
        return None
    try:
        return times.parse(text.replace(" ", "+"))  # a + that was not escaped arrives as a space
    except (ValueError, OverflowError):
        raise Invalid(f"'{name}' must be a time such as 2026-11-22T05:04:58.123Z.", field=name) from None
