# SPDX-License-Identifier: GPL-2.0-or-later
"""Modems: those that are plugged in; voice modems as lines; cellular ones, their settings, codes to the network."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from bottle import HTTPResponse

from firmware.errors import TipringError
from webui import auth
from webui.http import read_body
from webui.i18n import N_
from webui.pages.changes import stream_of
from webui.pages.route import PageRoute, Visit, redirect
from webui.pages.settings.groups import frame_of
from webui.pages.settings.sheet import Sheet
from webui.pages.settings.submit import routes_of
from webui.settings.fields import Field
from webui.settings.tables import Document, Item

HOME = "/settings/cellular"
FIND_S, NETWORK_S = 15.0, 130.0


def _now(visit: Visit, document: Document, item: Item) -> dict[str, Any]:
    modem = next((known for known in visit.ask_or([], "modems") if known["name"] == item.get("name")), None)
    return {"modem": modem, "reply": None, "refused": ""}


MODEM = Sheet(
    "cellular",
    HOME,
    HOME,
    N_("Cellular modem"),
    (
        Field("name", N_("Name"), required=True),
        Field(
            "device", N_("Device"), hint=N_("By its name in /dev/serial/by-id: it stays the same."), required=True,
            wide=True,
        ),
        Field("pin", N_("PIN of the SIM card"), "secret", N_("A wrong one is tried once only.")),
        Field("number", N_("Number of the SIM card"), "phone"),
        Field("per_hour", N_("Text messages in an hour"), "number", N_("0 to 1000; empty: 60.")),
    ),
    template="settings_cellular_modem.html",
    note=N_("A modem with a SIM card: text messages to and from the box, over UMTS, LTE or GSM."),
    more=_now,
)  # fmt: skip


def modems(visit: Visit) -> HTTPResponse:
    """Those that the box uses."""
    values = {
        "voice": visit.ask_or([], "modems.voice"),
        "modems": visit.ask_or([], "modems"),
        "core_up": visit.box.live.up,
    }
    if visit.wants_part:
        return visit.part("settings_cellular_list.html", **values)
    return visit.page("settings_cellular.html", **values, **frame_of(visit))


def find(visit: Visit) -> HTTPResponse:
    """What is plugged in, with a way to add what is not used yet."""
    return _found(visit)


def _found(visit: Visit, refused: str = "", taken: str = "") -> HTTPResponse:
    found = visit.box.live.ask_patiently(FIND_S, "modems.find")
    for one in found:
        name = f"modem{len(visit.box.document().get('cellular', [])) + 1}"
        one["add"] = f"{HOME}/new?{urlencode({'name': name, 'device': one['device']})}"
    return visit.part("settings_cellular_found.html", found=found, refused=refused, taken=taken)


def take(visit: Visit) -> HTTPResponse:
    """A voice modem becomes a line at once."""
    try:
        device = visit.form("device")
        done = visit.box.live.ask_patiently(FIND_S, "modem.take", device=device, author=visit.author)
    except TipringError as error:
        return _found(visit, refused=error.message)
    return _found(visit, taken=done["port"])


def give_back(visit: Visit, port: str) -> HTTPResponse:
    """It is no line any more."""
    read_body(visit.request)
    visit.box.live.ask("modem.give_back", port=port, author=visit.author)
    return redirect(f"{HOME}?saved=1")


def ussd(visit: Visit, name: str) -> HTTPResponse:
    """What the network says, and a field for the answer when it waits for one."""
    code = visit.form("code").strip()
    values: dict[str, Any] = {"modem": {"name": name}, "reply": None, "refused": ""}
    try:
        values["reply"] = visit.box.live.ask_patiently(NETWORK_S, "modem.ussd", name=name, code=code)
    except TipringError as error:
        values["refused"] = error.message
    return visit.part("settings_cellular_ussd.html", **values)


def unlock(visit: Visit, name: str) -> HTTPResponse:
    """The PIN is tried once more."""
    read_body(visit.request)
    visit.box.live.ask("modem.unlock", name=name)
    return redirect(f"{HOME}/{quote(name)}")


ROUTES = [
    PageRoute("GET", HOME, modems, roles=auth.CONFIGURE),
    PageRoute("GET", f"{HOME}/stream", stream_of("modem", "port", "port_gone"), roles=auth.CONFIGURE),
    PageRoute("POST", f"{HOME}/find", find, roles=auth.CONFIGURE),
    PageRoute("POST", f"{HOME}/take", take, roles=auth.CONFIGURE),
    PageRoute("POST", f"{HOME}/voice/<port>/give-back", give_back, roles=auth.CONFIGURE),
    PageRoute("POST", f"{HOME}/<name>/ussd", ussd, roles=auth.CONFIGURE),
    PageRoute("POST", f"{HOME}/<name>/unlock", unlock, roles=auth.CONFIGURE),
    *routes_of(MODEM),
]
