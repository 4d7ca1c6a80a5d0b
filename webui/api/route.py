# SPDX-License-Identifier: GPL-2.0-or-later
"""How a handler of the API is reached: who asks is known, their role is checked, errors leave in one form."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import bottle
from bottle import Bottle, HTTPResponse, LocalRequest

from firmware import times
from firmware.errors import Invalid, TipringError
from firmware.store.reader import MAX_LIMIT
from webui import auth, locality, rates, repeats
from webui.api.schema import Media, Query, Schema
from webui.auth import Identity
from webui.box import Box
from webui.http import error_body, error_response, json_response, read_json
from webui.limited import admit, limited

log = logging.getLogger(__name__)

PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True)
class Route:
    """`handler(ask, **path parameters)` returns what becomes JSON, or a whole response.

    The rest is what the API's document says of it (`openapi`): the handler's docstring, what the query may have (which
    is checked), the JSON body, the answer, codes of errors that are its own. `ranged`: sound, in part too.
    `matched`: If-Match keeps two authors apart.
    """

    method: str
    path: str
    handler: Callable[..., Any]
    roles: frozenset[str] | None = auth.READ  # None: open to everybody
    query: tuple[Query, ...] = ()
    body: Schema | Media | None = None
    answer: Schema | Media = field(default_factory=dict)
    status: int = 200
    fails: tuple[str, ...] = ()
    ranged: bool = False
    matched: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to the API: the box, who asks, and what."""

    box: Box
    request: LocalRequest
    who: Identity
    route: Route

    def json(self) -> dict[str, Any]:
        """The body as a JSON object."""
        return read_json(self.request)

    def query(self) -> dict[str, str]:
        """The query's parameters that say something. Invalid names one that the route does not have."""
        allowed = [parameter.name for parameter in self.route.query]
        given = {name: text for name, text in self.request.query.decode().items() if text != ""}
        unknown = sorted(set(given) - set(allowed))
        if unknown:
            raise Invalid(
                f"'{unknown[0]}' is no parameter here; there are: {', '.join(allowed) or 'none'}.", field=unknown[0]
            )
        return given


def mount(app: Bottle, box: Box, routes: Iterable[Route], prefix: str = PREFIX) -> None:
    """Adds the routes to the application."""
    for route in routes:
        app.route(prefix + route.path, route.method, _guarded(box, route))


def _guarded(box: Box, route: Route) -> Callable[..., HTTPResponse]:
    def handle(**parameters: str) -> HTTPResponse:
        allowance = None
        try:
            who = auth.identify(bottle.request, box.access) if route.roles is not None else None
            allowance = box.rates.take(_payer(who), rates.limit_of(box.document()))
            allowance.need()
            admitted = _admitted(box, route, who)
            ask = Ask(limited(box, admitted), bottle.request, admitted, route)
            response = repeats.once(ask.box.repeats, ask.request, lambda: _answered(ask, parameters))
        except TipringError as error:
            response = error_response(error)
        if allowance:
            allowance.tell(response)
        return response

    return handle


def _answered(ask: Ask, parameters: dict[str, str]) -> HTTPResponse:
    try:
        answer = ask.route.handler(ask, **parameters)
    except TipringError as error:
        return error_response(error)
    except HTTPResponse:
        raise
    except Exception:
        log.exception("%s %s failed", ask.route.method, ask.request.path)
        message = "The web service made a mistake; its log has the details."
        return json_response(error_body("internal_error", message), 500)
    return answer if isinstance(answer, HTTPResponse) else json_response(answer)


def _payer(who: Identity | None) -> str:
    """Whose allowance a request is taken from: the token's, the session's, else the address's."""
    if who is None:
        return str(bottle.request.environ.get("REMOTE_ADDR", ""))
    return who.session or who.name


def _admitted(box: Box, route: Route, who: Identity | None) -> Identity:
    if route.roles is None:
        return Identity("", "")
    if who is None:
        raise auth.unauthorized()
    locality.check(box, bottle.request, who)
    who.need(route.roles)
    admit(who, route.method, PREFIX + route.path)
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


def limit_of(query: dict[str, str], default: int = 50) -> int:
    """How many of a list at most, 1 to 1000. Invalid."""
    limit = number_of(query, "limit", default)
    if not 1 <= limit <= MAX_LIMIT:
        raise Invalid(f"'limit' must be 1 to {MAX_LIMIT}.", field="limit")
    return limit


def place_of(query: dict[str, str]) -> int | None:
    """After which number a list goes on that is in the order of numbers (`before`: as it was called first). Invalid."""
    name = "before" if "before" in query else "cursor"
    return number_of(query, name, 0) if name in query else None


def page(found: Sequence[dict[str, Any]], limit: int, *place: str) -> dict[str, Any]:
    """`limit` of `found`, which has one more if the list goes on after them; `place`: keys that say where."""
    last = found[limit - 1] if len(found) > limit else None
    return {"items": found[:limit], "next": "~".join(str(last[key]) for key in place) if last else None}


def not_a_cursor() -> Invalid:
    """What a list says to a cursor that it did not give."""
    return Invalid("This is not a cursor; use the `next` of the page before, unchanged.", field="cursor")
