# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is told when something is wrong, and where the backup lies: what makes the box look after itself."""

from __future__ import annotations

import re
from typing import Any

from bottle import HTTPResponse

from firmware.backup import usb
from firmware.telephone_numbers import dialled
from webui.channels import Channels
from webui.i18n import N_
from webui.pages.route import Visit, redirect
from webui.pages.settings.backup import proposal
from webui.pages.settings.channels import WAYS
from webui.pages.settings.said import NOTHING, Said
from webui.pages.settings.sheet import document_of, entered
from webui.pages.wizard.saving import refused, saved
from webui.settings import wizard
from webui.settings.tables import items

PATH = "/wizard/care"


def show(visit: Visit, said: Said = NOTHING) -> HTTPResponse:
    """Both forms; only how the channels are when the open page asks for that."""
    if visit.wants_part:
        return visit.part("wizard_care_told.html", told=_told(visit))
    now = document_of(visit)
    asked = visit.request.method == "POST"
    known = {way: ", ".join(wizard.told(now.document, way)) for way in wizard.TOLD}
    backup = now.document.get("backup", {})
    values: dict[str, Any] = {
        "given": {
            way: visit.form(way) if asked and way in entered(visit).values else known[way] for way in wizard.TOLD
        },
        "told": _told(visit),
        "ways": WAYS,
        "has_mail": "mail" in now.document,
        "places": [str(item["name"]) for item in items(now.document, "backup_target")],
        "sticks": [stick.name for stick in usb.sticks()],
        "stick": visit.form("stick"),
        "folder": visit.form("folder"),
        "has_passphrase": bool(backup.get("passphrase")),
        "passphrase": visit.form("passphrase") or proposal(),
    }
    return visit.page("wizard_care.html", said.status, **values, **refused(now.id, said))


def _told(visit: Visit) -> list[dict[str, Any]]:
    """Every channel with what it was told last."""
    channels = Channels(visit.box)
    return [channel | {"last": next(iter(channels.notices(channel["name"])), None)} for channel in channels.every()]


def save_told(visit: Visit) -> HTTPResponse:
    """One address or number, or several with commas between them; none: nobody by this way."""
    form = entered(visit)
    mail = re.split(r"[,;\s]+", form.one("mail"))
    call = [dialled(text) for text in re.split(r"[,;\n]", form.one("call"))]
    given = {way: [text for text in texts if text] for way, texts in (("mail", mail), ("call", call))}
    given = {way: texts for way, texts in given.items() if way in form.values}
    wrong = saved(visit, lambda document: wizard.with_told(document, given))
    return show(visit, wrong) if wrong else redirect(PATH)


def test(visit: Visit) -> HTTPResponse:
    """All of them are told of nothing. It may take the call a minute."""
    channels = Channels(visit.box)
    for channel in channels.every():
        channels.test(channel["name"])
    return redirect(f"{PATH}#told")


def save_backup(visit: Visit) -> HTTPResponse:
    """A stick or a folder, and the passphrase if there is none yet."""
    form = entered(visit)
    stick, folder, passphrase = (form.one(name) for name in ("stick", "folder", "passphrase"))
    if not stick and not folder:
        return show(visit, Said({"folder": visit.say(N_("Choose a stick, or write where a disk is."))}, (), 422))
    place = {"usb": stick} if stick else {"disk": folder}
    wrong = saved(visit, lambda document: wizard.with_backup(document, place, passphrase))
    return show(visit, wrong) if wrong else redirect("/wizard")
