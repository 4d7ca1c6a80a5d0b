# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP phones: an extension and its code to be scanned, who has registered, and a call to hear oneself."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from firmware.errors import TipringError
from webui.http import status_of
from webui.pages.route import Visit, redirect
from webui.pages.settings.said import NOTHING, Said
from webui.pages.settings.sheet import document_of
from webui.pages.softphone import qr_code
from webui.pages.wizard.checks import acceptance, of_kinds
from webui.pages.wizard.saving import applied, refused
from webui.settings import wizard
from webui.settings.blank import blank
from webui.settings.tables import items


def show(visit: Visit, said: Said = NOTHING, phone: dict[str, Any] | None = None) -> HTTPResponse:
    """Adds an extension for a SIP phone, and shows what to enter there."""
    now, known = document_of(visit), acceptance(visit)
    values: dict[str, Any] = {
        "extensions": blank([e for e in items(now.document, "extension") if "sip" in e]),
        "registered": {device["extension"] for device in visit.ask_or([], "phones")},
        "checks": {check["subject"]: check for check in of_kinds(known["checks"], "sip_phone")},
        "ringing": known.get("ringing", []),
        "away": not visit.box.live.up,
    }
    if visit.wants_part:
        return visit.part("wizard_phones_live.html", **values)
    return visit.page(
        "wizard_phones.html",
        said.status,
        **values,
        number=visit.form("number") or wizard.free_number(now.document),
        name=visit.form("name"),
        phone=phone,
        code=qr_code(phone["sip"]) if phone else "",
        **refused(now.id, said),
    )


def add(visit: Visit) -> HTTPResponse:
    """The extension is there at once; its settings and their QR code are shown in the same answer."""
    number, name = visit.form("number").strip(), visit.form("name").strip()
    if wrong := applied(visit, lambda document: wizard.with_phone(document, number, name), "extension", number):
        return show(visit, wrong)
    try:
        found = visit.box.live.ask("phone", extension=number)
    except TipringError as error:
        return show(visit, Said({}, (visit.tell(error),)))
    return show(visit, NOTHING, found)


def ring(visit: Visit) -> HTTPResponse:
    """It rings: whoever lifts it speaks, and hears that again."""
    try:
        visit.box.live.ask("acceptance.ring_phone", extension=visit.form("extension"), author=visit.author)
    except TipringError as error:
        return show(visit, Said({}, (visit.tell(error),), status_of(error)))
    return redirect("/wizard/phones")
