# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers that go out: what kind of call it is, who may make it, and the ways out in their order."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from firmware.config import Config, Outbound
from firmware.config.dialplan import lookup, match, to_dial
from firmware.countries import Country

ORDER = ("internal", "local", "national", "international")  # classes of service, each with those before it


class TollKind(enum.StrEnum):
    """Calls that fraud is made with; each has limits of its own."""

    INTERNATIONAL = "international"
    PREMIUM = "premium"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way out: these digits over this trunk."""

    digits: str
    trunk: str


@dataclass(frozen=True, slots=True)
class Outward:
    """A call to the outside. `kind` is "emergency", "local", "national" or "international".

    `pattern` is that of the outbound routes that it takes, "" when none of them matches.
    """

    number: str
    kind: str
    premium: bool
    attempts: tuple[Attempt, ...]
    pattern: str = ""

    @property
    def needs(self) -> str:
        """The class of service that it takes."""
        return "international" if self.premium else self.kind

    @property
    def toll(self) -> TollKind | None:
        """Whose limits it counts for."""
        if self.premium:
            return TollKind.PREMIUM
        return TollKind.INTERNATIONAL if self.kind == "international" else None


def emergency_numbers(config: Config, country: Country) -> tuple[str, ...]:
    """The country's, and those that were added."""
    return tuple(dict.fromkeys((*country.emergency, *config.emergency.numbers)))


def emergency_in(config: Config, country: Country, number: str) -> str | None:
    """The emergency number that somebody dials, with or without the prefix for the outside; None: it is none."""
    known = emergency_numbers(config, country)
    if number in known:
        return number
    return next((out for route in _routes(config, number) if (out := _dialled_by(route, number)) in known), None)


def outward(config: Config, country: Country, number: str) -> Outward:
    """What a call to this number is. One that no route matches goes out as it is, over the first route's trunks."""
    emergency = emergency_in(config, country, number)
    routes = _routes(config, number)
    if emergency:
        ways = tuple(Attempt(emergency, name) for name in _emergency_trunks(config, routes))
        return Outward(emergency, "emergency", False, ways, routes[0].pattern if routes else "")
    if not routes:
        trunks = config.outbound[0].trunks if config.outbound else ()
        kind = "international" if abroad(country, number) else "national"
        ways = tuple(Attempt(number, trunk) for trunk in trunks)
        return Outward(number, kind, premium(config, country, [number]), ways)
    ways = tuple(Attempt(_dialled_by(route, number), trunk) for route in routes for trunk in route.trunks)
    kind = max((_kind(country, route, number) for route in routes), key=ORDER.index)
    costly = premium(config, country, spellings(config, number))
    return Outward(number, kind, costly, ways, routes[0].pattern)


def may(service: str, call: Outward) -> bool:
    """Whether a class of service has this call. An emergency call is everybody's."""
    return call.kind == "emergency" or ORDER.index(call.needs) <= ORDER.index(service)


def premium(config: Config, country: Country, spelt: Iterable[str]) -> bool:
    """Whether one of the spellings is a number that costs extra."""
    return any_matches((*country.premium, *config.tolls.premium_numbers), spelt)


def spellings(config: Config, number: str) -> list[str]:
    """A number as it is dialled, without the prefix for the outside, and as it goes out."""
    routes = _routes(config, number)
    return [number, *(number[route.strip :] for route in routes), *(_dialled_by(route, number) for route in routes)]


def any_matches(patterns: Iterable[str], numbers: Iterable[str]) -> bool:
    """Whether a pattern matches one of the numbers."""
    candidates = list(numbers)
    return any(match(pattern, number) == "full" for pattern in patterns for number in candidates)


def _routes(config: Config, number: str) -> list[Outbound]:
    """Those with the most specific pattern that matches, cheapest first."""
    found = lookup((route.pattern for route in config.outbound), number).pattern
    return sorted((route for route in config.outbound if route.pattern == found), key=lambda route: route.cost)


def _dialled_by(route: Outbound, number: str) -> str:
    return to_dial(number, route.strip, route.prepend)


def _emergency_trunks(config: Config, routes: list[Outbound]) -> tuple[str, ...]:
    """The preferred ones, those of the routes, then any."""
    routed = (trunk for route in routes for trunk in route.trunks)
    return tuple(dict.fromkeys((*config.emergency.trunks, *routed, *(trunk.name for trunk in config.trunks))))


def _kind(country: Country, route: Outbound, number: str) -> str:
    """The route's class; but a number with the prefix for abroad is international whatever the route says.

    Unless the pattern spells more than that prefix (`+1.`, `0049.`): then whoever wrote it meant what it says.
    """
    kind = "national" if route.call_class == "emergency" else route.call_class
    spelt = route.pattern[route.strip :]
    literal = spelt[: next((at for at, symbol in enumerate(spelt) if symbol not in "+0123456789"), len(spelt))]
    own = any(literal.startswith(prefix) and len(literal) > len(prefix) for prefix in _prefixes(country))
    return "international" if abroad(country, number[route.strip :]) and not own else kind


def _prefixes(country: Country) -> tuple[str, ...]:
    return tuple(prefix for prefix in ("+", country.international_prefix) if prefix)


def abroad(country: Country, number: str) -> bool:
    """Whether it begins with + or the country's prefix for abroad."""
    return number.startswith(_prefixes(country))
