# SPDX-License-Identifier: GPL-2.0-or-later
"""Where calls from outside go: the first route of their origin whose schedule is open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from firmware import countries
from firmware.config import Config, Route
from firmware.routing.e164 import same_number
from firmware.routing.schedules import Night, is_open


def of_line(config: Config, port: str, number: str) -> list[Route]:
    """All routes for calls on a line, in the order in which they are tried."""
    numbered = of_number(config, number)
    return [route for route in config.routes if route.line == port or route in numbered]


def of_number(config: Config, number: str) -> list[Route]:
    """Those of a number that was called, however it is spelt."""
    country = countries.load(config.site.country)
    return [route for route in config.routes if route.did and same_number(route.did, number, country)]


def of_trunk(config: Config, trunk: str | None) -> list[Route]:
    """Those of a trunk, for numbers that have no route of their own."""
    return [route for route in config.routes if route.trunk and route.trunk == trunk]


def open_route(config: Config, routes: Iterable[Route], local: datetime, switch: Night) -> Route | None:
    """The first that is open at a moment of the site."""
    return next((route for route in routes if route_open(config, route, local, switch)), None)


def route_open(config: Config, route: Route, local: datetime, switch: Night) -> bool:
    """A route without a schedule is open always."""
    if route.schedule is None:
        return True
    schedule = config.schedule(route.schedule)
    return schedule is not None and is_open(schedule, local, switch)
