# SPDX-License-Identifier: GPL-2.0-or-later
"""Extensions with the phones they have, and what people chose for them."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from firmware.errors import NotFound
from webui import auth
from webui.http import read_body
from webui.pages.changes import stream_of
from webui.pages.route import PageRoute, Visit
from webui.words import FORWARDS

SWITCHES = ("do_not_disturb", "call_waiting")


def configured(visit: Visit) -> dict[str, dict[str, Any]]:
    """The extensions of the configuration by number; {} before there is one."""
    try:
        document = visit.box.configs.current().document
    except NotFound:
        return {}
    return {extension["number"]: extension for extension in document.get("extension", [])}


def _rows(visit: Visit) -> list[dict[str, Any]]:
    """Each extension: its settings, its port as it is now, its SIP phones that are registered."""
    known, devices = configured(visit), visit.ask_or([], "phones")
    ports = {port["id"]: port for port in visit.box.live.picture()["ports"]}
    return [
        {
            "settings": settings,
            "port": ports.get(known.get(settings["extension"], {}).get("port")),
            "has_sip": known.get(settings["extension"], {}).get("sip") is not None,
            "devices": [device for device in devices if device["extension"] == settings["extension"]],
        }
        for settings in visit.ask_or([], "extensions")
    ]


def phones(visit: Visit) -> HTTPResponse:
    """The list; only its rows when the open page asks for them anew."""
    values: dict[str, Any] = {"rows": _rows(visit), "core_up": visit.box.live.up, "forwards": FORWARDS}
    if visit.wants_part:
        return visit.part("phones_rows.html", **values)
    return visit.page("phones.html", may_edit=visit.may(auth.CONFIGURE), **values)


def phone(visit: Visit, number: str) -> HTTPResponse:
    """One extension."""
    visit.box.live.ask("extension.settings", extension=number)  # NotFound when there is none
    row = next((row for row in _rows(visit) if row["settings"]["extension"] == number), None)
    if row is None:
        raise NotFound(f"There is no extension {number}.", code="no_such_extension")
    if visit.wants_part:
        return visit.part("phone_devices.html", row=row)
    may_see_softphone = visit.may(auth.CONFIGURE) and row["has_sip"]
    may = {"may_see_softphone": may_see_softphone, "may_edit": visit.may(auth.CONFIGURE)}
    return visit.page("phone.html", row=row, **may, **_form(visit, row["settings"]))


def _form(visit: Visit, settings: dict[str, Any], saved: bool = False) -> dict[str, Any]:
    return {"settings": settings, "may_act": visit.may(auth.MANAGE), "forwards": FORWARDS, "saved": saved}


def choose(visit: Visit, number: str) -> HTTPResponse:
    """Only what differs is chosen: the rest goes on following the configuration."""
    wanted: dict[str, Any] = {name: visit.form(name) == "on" for name in SWITCHES}
    wanted |= {name: visit.form(name).strip() for name in FORWARDS}
    now = visit.box.live.ask("extension.settings", extension=number)
    return _set(visit, number, {name: value for name, value in wanted.items() if value != (now[name] or type(value)())})


def as_configured(visit: Visit, number: str) -> HTTPResponse:
    """What was chosen is forgotten."""
    read_body(visit.request)
    now = visit.box.live.ask("extension.settings", extension=number)
    return _set(visit, number, dict.fromkeys(now["chosen"]))


def _set(visit: Visit, number: str, settings: dict[str, Any]) -> HTTPResponse:
    found = visit.box.live.ask("extension.set", extension=number, settings=settings)
    return visit.part("phone_settings.html", **_form(visit, found, saved=True))


ROUTES = [
    PageRoute("GET", "/phones", phones),
    PageRoute("GET", "/phones/stream", stream_of("port", "phone", "lamp", "extension")),
    PageRoute("GET", "/phones/<number>", phone),
    PageRoute("POST", "/phones/<number>/settings", choose, roles=auth.MANAGE),
    PageRoute("POST", "/phones/<number>/as-configured", as_configured, roles=auth.MANAGE),
]
