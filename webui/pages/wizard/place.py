# SPDX-License-Identifier: GPL-2.0-or-later
"""Language, country and time zone: proposed from the browser, looked at by a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import available_timezones

from bottle import HTTPResponse

from webui import i18n
from webui.formats import country_names
from webui.i18n import N_
from webui.pages.route import Visit
from webui.pages.settings.sheet import Sheet
from webui.pages.settings.submit import routes_of
from webui.pages.wizard.checks import acceptance, of_kinds
from webui.pages.wizard.steps import HOME
from webui.settings.fields import Field, Option
from webui.settings.tables import Document, Item

PATH = "/wizard/place"
ELSEWHERE = ("Etc", "SystemV", "US", "posix", "right")


def _languages(say: Callable[[str], str], document: Document) -> list[Option]:
    return [Option(code, name) for code, name in i18n.NAMES.items()]


def _zones(say: Callable[[str], str], document: Document) -> Iterator[Option]:
    yield Option("UTC", "UTC")
    for name in sorted(available_timezones()):
        region, _, place = name.partition("/")
        if place and region not in ELSEWHERE:
            yield Option(name, place.replace("_", " "), region)


def _countries(visit: Visit, document: Document, item: Item) -> dict[str, Any]:
    """Those that the box knows the tones of, by their names; and the country of each time zone."""
    known = visit.ask_or([], "countries")
    called = country_names(visit.language)
    names = [(c["code"], called.get(c["code"], c["code"])) for c in known]
    check = next(iter(of_kinds(acceptance(visit)["checks"], "place")), None)
    return {
        "countries": sorted(names, key=lambda pair: pair[1]),
        "zone_countries": i18n.zone_countries(),
        "confirmed": bool(check and check["result"] == "pass"),
    }


SHEET = Sheet(
    "site",
    PATH,
    HOME,
    N_("Language, country, time"),
    (
        Field("name", N_("Name of the office"), required=True),
        Field("language", N_("The box speaks"), "choice", options=_languages, default="en"),
        Field("country", N_("Country of the telephone lines"), required=True),
        Field("timezone", N_("Time zone"), "choice", options=_zones, required=True),
    ),
    template="wizard_place.html",
    single=True,
    more=_countries,
    then=lambda item: HOME,
)
show, submit = (route.handler for route in routes_of(SHEET))


def save(visit: Visit) -> HTTPResponse:
    """Saved as it is, or changed: in both cases somebody looked at it."""
    answer = submit(visit)
    if answer.status_code == 303:
        visit.box.live.ask("acceptance.confirm", check="place", author=visit.author)
    return answer
