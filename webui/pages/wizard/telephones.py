# SPDX-License-Identifier: GPL-2.0-or-later
"""Each telephone is lifted once: the page shows which one it is, and asks for its name."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from webui.pages.route import Visit, redirect
from webui.pages.settings.said import NOTHING, Said
from webui.pages.settings.sheet import document_of, entered
from webui.pages.wizard.checks import acceptance, of_kinds
from webui.pages.wizard.saving import refused, saved
from webui.settings import wizard
from webui.settings.tables import Document, items

PATH = "/wizard/telephones"


def show(visit: Visit, said: Said = NOTHING) -> HTTPResponse:
    """Only the states when the open page asks for them anew: what is typed there stays."""
    live: dict[str, Any] = {"phones": _live(visit), "away": not visit.box.live.up}
    if visit.wants_part:
        return visit.part("wizard_telephones_live.html", **live)
    now = document_of(visit)
    rows = [{**phone, **_known(visit, now.document, phone["port"])} for phone in live["phones"]]
    return visit.page("wizard_telephones.html", said.status, rows=rows, **live, **refused(now.id, said))


def _live(visit: Visit) -> list[dict[str, Any]]:
    checks = {check["subject"]: check for check in of_kinds(acceptance(visit)["checks"], "phone")}
    ports = [port for port in visit.box.live.picture()["ports"] if port["kind"] == "fxs"]
    return [{"port": port["id"], "state": port["state"], "check": checks.get(port["id"])} for port in ports]


def _known(visit: Visit, document: Document, port: str) -> dict[str, str]:
    extension = next((e for e in items(document, "extension") if e.get("port") == port), {})
    name = visit.form(f"name.{port}") or str(extension.get("name", ""))
    return {"name": name, "number": str(extension.get("number", ""))}


def save_all(visit: Visit) -> HTTPResponse:
    """All names at once."""
    form = entered(visit)
    ports = [key.removeprefix("name.") for key in form.values if key.startswith("name.")]
    found = [wizard.Found(port, form.one(f"name.{port}")) for port in ports]
    wrong = saved(visit, lambda document: wizard.with_telephones(document, found))
    return show(visit, wrong) if wrong else redirect("/wizard")
