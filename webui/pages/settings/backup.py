# SPDX-License-Identifier: GPL-2.0-or-later
"""Backups: how the last ones went, places, rules, one to take along, and the way back."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from threading import Timer
from typing import Any

from bottle import HTTPResponse

from firmware.backup import defaults, report, usb
from firmware.backup.hosts import Hosts, fingerprint
from firmware.backup.naming import name_of
from firmware.backup.status import Status
from firmware.errors import TipringError
from webui import auth, uploads
from webui.http import status_of
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit, redirect
from webui.pages.settings.groups import frame_of
from webui.pages.settings.sheet import Sheet
from webui.pages.settings.submit import routes_of
from webui.settings.choices import Say, fixed
from webui.settings.fields import Entered, Field, Option, filled
from webui.settings.tables import Document, Item, items

HOME = "/settings/backup"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read as another one
WAYS = ("usb", "disk", "sftp", "s3")
TESTS = {"week": N_("Each week"), "month": N_("Each month"), "never": N_("Never")}
REPLY_S = 1.0  # until everything begins anew: the answer arrives first


def proposal() -> str:
    """A passphrase of 98 bits, in groups to be written down."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))


RULES = Sheet(
    "backup", f"{HOME}/rules", HOME, N_("When, what, for how long"),
    (
        Field("passphrase", N_("Passphrase"), "secret",
              N_("12 characters or more. Write it down elsewhere: without it nobody can open a backup.")),
        Field("enabled", N_("Each day by itself"), "switch", default=True),
        Field("at", N_("At"), hint=N_("A time such as 02:30; empty: 02:30.")),
        Field("history", N_("With calls and reports"), "switch", default=True),
        Field("recordings", N_("With recordings"), "switch", N_("They can be large.")),
        Field("keep_days", N_("Days of which one is kept"), "number", N_("Empty: 7.")),
        Field("keep_weeks", N_("Weeks of which one is kept"), "number", N_("Empty: 4.")),
        Field("keep_months", N_("Months of which one is kept"), "number", N_("Empty: 6.")),
        Field("test", N_("Try to restore one"), "choice", options=fixed(TESTS), default="month"),
    ),
    template="settings_backup_rules.html",
    single=True,
    more=lambda visit, document, item: {"proposal": proposal()},
)  # fmt: skip


def _sticks(say: Say, document: Document) -> Iterator[Option]:
    """Those that are plugged in, and those that are configured."""
    names = {stick.name for stick in usb.sticks()} | {str(item.get("usb", "")) for item in items(document, WHERE)}
    yield from (Option(name, name) for name in sorted(names - {""}))


def _read_usb(visit: Visit, document: Document, form: Entered, old: Item) -> Item:
    """A stick that is not plugged in now can be typed."""
    item = filled(SHEETS["usb"].fields, form, old)
    return item | ({"usb": form.one("other")} if form.one("other") else {})


WHERE = "backup_target"
_NAME = Field("name", N_("Name of this place"), hint=N_("Such as nas or stick."), required=True)
SHEETS = {
    "usb": Sheet(
        WHERE, f"{HOME}/usb", HOME, N_("USB stick"),
        (_NAME, Field("usb", N_("Stick"), "choice", N_("Those that are plugged in, by their names."), options=_sticks),
         Field("other", N_("Or another one"), hint=N_("The name (label) of a stick that is not plugged in now."))),
        read=_read_usb,
    ),
    "disk": Sheet(
        WHERE, f"{HOME}/disk", HOME, N_("Folder"),
        (_NAME, Field("disk", N_("Folder"), hint=N_("Where the system mounts a disk or a NAS, such as /mnt/nas."),
                      required=True, wide=True)),
    ),
    "sftp": Sheet(
        WHERE, f"{HOME}/sftp", HOME, N_("Server by SSH (SFTP)"),
        (_NAME, Field("sftp.host", N_("Server"), required=True), Field("sftp.port", N_("Port"), "number",
                                                                       N_("Empty: 22.")),
         Field("sftp.user", N_("User"), required=True),
         Field("sftp.password", N_("Password"), "secret", N_("Empty: the box's own key, shown below.")),
         Field("sftp.folder", N_("Folder"), hint=N_("Made if it is not there."))),
        template="settings_backup_place.html",
        more=lambda visit, document, item: {"own_key": Hosts(visit.box.state).own_public_key()},
    ),
    "s3": Sheet(
        WHERE, f"{HOME}/s3", HOME, N_("Bucket (S3)"),
        (_NAME, Field("s3.endpoint", N_("Address"), hint=N_("Such as https://s3.eu-central-1.amazonaws.com."),
                      required=True, wide=True),
         Field("s3.bucket", N_("Bucket"), required=True), Field("s3.region", N_("Region"), hint=N_("May be empty.")),
         Field("s3.access_key", N_("Access key"), required=True), Field("s3.secret", N_("Secret key"), "secret"),
         Field("s3.folder", N_("Folder"), hint=N_("May be empty."))),
    ),
}  # fmt: skip
TITLES = {way: sheet.title for way, sheet in SHEETS.items()}


def places(visit: Visit) -> list[dict[str, Any]]:
    """Each with how its last backup went, and the key that its server showed."""
    status, hosts = Status(visit.box.state), Hosts(visit.box.state)
    found = []
    for item in items(visit.box.fresh_document(), WHERE):
        way = next((way for way in WAYS if way in item), "disk")
        sftp = item.get("sftp", {})
        key = hosts.key_of(str(sftp.get("host")), int(sftp.get("port", 22))) if sftp else None
        went = {"good": None, "error": "", "tried_at": ""} | status.of(item["name"])
        found.append({"name": item["name"], "way": way, "host_key": _shown(key), **went})
    return found


def _shown(key: str | None) -> str:
    return fingerprint(key) if key else ""


def backup(visit: Visit, wrong: str = "", status: int = 200) -> HTTPResponse:
    """The page; only what changes by itself when the open page asks for it."""
    box = visit.box
    values = {
        "places": places(visit),
        "test": Status(box.state).test,
        "under_way": box.backups.under_way,
        "has_passphrase": bool(box.fresh_document().get("backup", {}).get("passphrase")),
        "titles": TITLES,
    }
    if visit.wants_part:
        return visit.part("settings_backup_state.html", may_edit=visit.may(auth.CONFIGURE), **values)
    more = {"restored": report.last(box.state), "wrong": wrong, "enabled": _enabled(visit), "rules": _rules(visit)}
    return visit.page("settings_backup.html", status, **values, **more, **frame_of(visit))


def _rules(visit: Visit) -> dict[str, Any]:
    usual = {
        "at": defaults.AT, "keep_days": defaults.KEEP_DAYS, "keep_weeks": defaults.KEEP_WEEKS,
        "keep_months": defaults.KEEP_MONTHS,
    }  # fmt: skip
    set_: dict[str, Any] = visit.box.document().get("backup", {})
    return usual | set_


def _enabled(visit: Visit) -> bool:
    return bool(visit.box.document().get("backup", {}).get("enabled", True))


def work(visit: Visit, name: str, what: str) -> HTTPResponse:
    """Makes one at this place now, tests the newest there, or forgets its server's key."""
    if what == "forget":
        item = next(item for item in items(visit.box.fresh_document(), WHERE) if item["name"] == name)
        Hosts(visit.box.state).forget(str(item["sftp"]["host"]), int(item["sftp"].get("port", 22)))
    else:
        visit.box.backups.ask(what, name)
    visit.note("backup", f"{what} {name}")
    return redirect(HOME)


def download(visit: Visit) -> HTTPResponse:
    """One as a file, made while it is sent."""
    from firmware import times

    try:
        body = visit.box.backups.packed()
    except TipringError as error:
        return backup(visit, visit.tell(error), status_of(error))
    visit.note("backup", "download")
    name = name_of(visit.box.configs.box_id(), times.now())
    return HTTPResponse(body, headers=attachment(name))


def attachment(name: str) -> dict[str, str]:
    """Headers of a backup."""
    return {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }


def restore(visit: Visit) -> HTTPResponse:
    """The file is passed on as it comes."""
    try:
        upload = uploads.read_ours(visit.request, visit.secret, "file")
        given = visit.box.backups.restore(upload.fields.get("passphrase", ""), upload.stream, upload.length)
    except TipringError as error:
        return backup(visit, visit.tell(error), status_of(error))
    visit.note("backup", "restore")
    return begun_anew(visit, given)


def begun_anew(visit: Visit, given: dict[str, Any]) -> HTTPResponse:
    """What came back, while everything begins anew."""
    visit.box.begins_anew = True
    Timer(REPLY_S, visit.box.ended.set).start()
    return visit.page("restored.html", restored=given)


ROUTES = [
    PageRoute("GET", HOME, backup, roles=auth.CONFIGURE),
    *routes_of(RULES),
    *(route for sheet in SHEETS.values() for route in routes_of(sheet)),
    PageRoute("POST", f"{HOME}/places/<name>/<what:re:now|test|forget>", work, roles=auth.CONFIGURE),
    PageRoute("POST", f"{HOME}/download", download, roles=auth.ADMIN),
    PageRoute("POST", f"{HOME}/restore", restore, roles=auth.ADMIN, csrf=False),
]
