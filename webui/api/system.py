# SPDX-License-Identifier: GPL-2.0-or-later
"""Health, ports, trunks."""

from __future__ import annotations

from typing import Any

import firmware
from webui.api.route import Ask, Route
from webui.api.schema import TEXT, each, many, obj, one_of, ref
from webui.formats import country_names
from webui.http import json_response
from webui.i18n import NAMES


def health(ask: Ask) -> Any:
    """Whether all is well, and which services are up; 200 also when degraded: the web itself answers."""
    services = ask.box.services()
    picture = ask.box.live.picture()
    wrong = "down" in services.values() or bool(picture["degraded"] or picture["alarms"])
    body = {"status": "degraded" if wrong else "ok", "services": services, "version": firmware.__version__}
    return json_response(body, Cache_Control="no-store")


def ports(ask: Ask) -> Any:
    """Every port of the box, as it is now."""
    return ask.box.live.need()["ports"]


def trunks(ask: Ask) -> Any:
    """Ways out, and how they are. Asked for, since their calls come and go without an event of the trunk."""
    return ask.box.live.ask("trunks")


def countries(ask: Ask) -> Any:
    """What `site.country` may be, under its name in each language of the pages."""
    return [{**country, "names": _names(country["code"])} for country in ask.box.live.ask("countries")]


def _names(code: str) -> dict[str, str]:
    return {language: country_names(language).get(code.lower(), code) for language in NAMES}


_SERVICES = obj(status=one_of("ok", "degraded"), services=each(one_of("up", "down")), version=TEXT)

ROUTES = [
    Route("GET", "/health", health, roles=None, answer=_SERVICES),
    Route("GET", "/ports", ports, answer=many(ref("Port"))),
    Route("GET", "/trunks", trunks, answer=many(ref("Trunk"))),
    Route("GET", "/countries", countries, answer=many(ref("Country"))),
]
