# SPDX-License-Identifier: GPL-2.0-or-later
"""Health, ports, trunks."""

from __future__ import annotations

from typing import Any

import firmware
from firmware import log_levels
from firmware.errors import Invalid, Unavailable
from webui import auth
from webui.api.route import Ask, Route
from webui.api.schema import LINE, TEXT, Media, each, many, may_lack, obj, one_of, only, ref
from webui.diagnostics import download
from webui.formats import country_names
from webui.http import json_response, only_fields
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


def live(ask: Ask) -> Any:
    """The web service lives: for whoever restarts what does not."""
    return {"status": "ok"}


def ready(ask: Ask) -> Any:
    """The box takes calls and remembers them. Unavailable (`not_ready`) otherwise."""
    if not ask.box.live.up:
        raise Unavailable("Call control is not running yet, or not any more.", code="not_ready")
    return {"status": "ok"}


def diagnostics(ask: Ask) -> Any:
    """One file for whoever helps from afar: configuration, logs, alarms, the last calls; without secrets."""
    return download(ask.box)


def levels(ask: Ask) -> Any:
    """Which areas of the log say more or less than as delivered; "" is all of them."""
    return log_levels.levels(ask.box.state)


def set_level(ask: Ask) -> Any:
    """How much an area of the log says from now on; level "" is as delivered."""
    body = ask.json()
    only_fields(body, "area", "level")
    area, level = body.get("area", ""), body.get("level", "")
    if not isinstance(area, str) or not isinstance(level, str):
        raise Invalid("`area` and `level` must be texts.", field="area" if not isinstance(area, str) else "level")
    return log_levels.set_level(ask.box.state, area, level)


_LEVELS = each(one_of(*log_levels.LEVELS))
_OK = obj(status=one_of("ok"))
_SERVICES = obj(status=one_of("ok", "degraded"), services=each(one_of("up", "down")), version=TEXT)

ROUTES = [
    Route("GET", "/health", health, roles=None, answer=_SERVICES),
    Route("GET", "/health/live", live, roles=None, answer=_OK),
    Route("GET", "/health/ready", ready, roles=None, answer=_OK, fails=("not_ready",)),
    Route(
        "GET", "/diagnostics", diagnostics, auth.CONFIGURE, answer=Media(("application/gzip",)),
        fails=("too_many_exports", "unavailable"),
    ),
    Route("GET", "/logs/levels", levels, auth.CONFIGURE, answer=_LEVELS),
    Route(
        "PUT", "/logs/levels", set_level, auth.CONFIGURE, answer=_LEVELS,
        body=only(area=may_lack(LINE), level=may_lack(one_of("", *log_levels.LEVELS))),
    ),
    Route("GET", "/ports", ports, answer=many(ref("Port"))),
    Route("GET", "/trunks", trunks, answer=many(ref("Trunk"))),
    Route("GET", "/countries", countries, answer=many(ref("Country"))),
]  # fmt: skip
