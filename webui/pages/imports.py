# SPDX-License-Identifier: GPL-2.0-or-later
"""What comes from another telephone system: upload, look, choose, take over."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from firmware.errors import TipringError
from firmware.importing.parts import PARTS
from webui import auth, imports, uploads
from webui.http import status_of
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit, redirect
from webui.settings.blank import blank
from webui.settings.places import TABLES

HOME = "/import"
WAITING, SENDING, DONE = "waiting", "sending", "done"
TITLES = {
    "extensions": N_("Extensions and phones"),
    "trunks": N_("Providers (SIP trunks)"), "queues": N_("Queues and agents"),
    "groups": N_("Ring groups"), "menus": N_("Menus"), "hours": N_("Opening hours"),
    "outbound": N_("Calls that go out"), "routes": N_("Calls that come in"), "calls": N_("Past calls"),
}  # fmt: skip
MOST_NAMES = 40
OPEN_NOTES = 12  # so many are shown without a press


def show(visit: Visit, wrong: str = "", status: int = 200, chosen: dict[str, Any] | None = None) -> HTTPResponse:
    """The form for files, what they would become, or how far calls are."""
    now = visit.box.imports.progress()
    way = _way_back(visit, now["revision"]) if now["step"] == DONE else ""
    if visit.wants_part:
        return visit.part("import_progress.html", progress=now, way_back=way)
    values: dict[str, Any] = {
        "progress": now, "way_back": way, "found": None, "wrong": wrong, "chosen": chosen or {}
    }  # fmt: skip
    if now["step"] == WAITING:
        try:
            found = visit.box.imports.look(values["chosen"])
            values |= {"found": found, "rows": _rows(visit, found, values["chosen"]), "open_notes": OPEN_NOTES,
                       "entry": lambda about: _entry(visit, about)}  # fmt: skip
        except TipringError as error:
            values |= {"wrong": wrong or visit.tell(error)}
            status = status_of(error) if status == 200 else status
    return visit.page("import.html", status, **values | {"chosen": blank(values["chosen"])})


def _way_back(visit: Visit, revision: int | None) -> str:
    """From what was imported: "undo" while nothing was changed since, "undone" when it is as it was before, or ""."""
    if not revision:
        return ""
    now = visit.box.configs.current()
    if now.id == revision:
        return "undo"
    (former,) = visit.box.configs.revisions(1, before=revision)
    return "undone" if now.document == former.document else ""


def _rows(visit: Visit, found: dict[str, Any], chosen: dict[str, Any]) -> list[dict[str, Any]]:
    """A part a row: how many were found, what of it is new."""
    counts = found["found"] | {"calls": found["call_count"]}
    ticked = chosen.get("parts")
    made = {item["table"]: item for item in found["made"]}
    rows = []
    for part, title in TITLES.items():
        new = [_shown(visit, made[table]) for table in PARTS[part] if table in made]
        on = bool(counts[part]) and (ticked is None or part in ticked)
        rows.append({"part": part, "title": title, "found": counts[part], "made": new, "on": on})
    return rows


def _shown(visit: Visit, made: dict[str, Any]) -> dict[str, Any]:
    names = list(dict.fromkeys(made["names"]))
    names = names[:MOST_NAMES] + ["…"] * (len(names) > MOST_NAMES)
    return made | {"names": names, "title": visit.say(TABLES[made["table"]])}


def _entry(visit: Visit, about: str) -> str:
    """`queue sales · overflow` with its table in words."""
    table, _, rest = about.partition(" ")
    return f"{visit.say(TABLES[table])} {rest}" if table in TABLES else about


def take(visit: Visit) -> HTTPResponse:
    """Files are passed on as they come, and kept nowhere."""
    try:
        imports.check_size(visit.request)
        visit.box.imports.take(uploads.several_of_ours(visit.request, visit.secret, "file"))
    except TipringError as error:
        if error.code == "csrf":
            raise
        return show(visit, visit.tell(error), status_of(error))
    visit.note("import", "read")
    return redirect(HOME)


def _chosen(visit: Visit) -> dict[str, Any]:
    forms = visit.request.forms.decode()
    revision = forms.get("revision", "")
    return {
        "parts": [part for part in forms.getall("part") if part in PARTS],
        "existing": forms.get("existing", "keep"),
        "revision": int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 10 else None,
        "without_emergency": forms.get("without_emergency") == "on",
    }


def look(visit: Visit) -> HTTPResponse:
    """The same, of what is ticked."""
    return show(visit, chosen=_chosen(visit))


def apply(visit: Visit) -> HTTPResponse:
    """One revision, then the calls."""
    chosen = _chosen(visit)
    try:
        visit.box.imports.apply(chosen | {"author": visit.author})
    except TipringError as error:
        return show(visit, visit.tell(error), status_of(error), chosen | {"refused": error.code})
    visit.note("import", "apply")
    return redirect(HOME)


def go_on(visit: Visit) -> HTTPResponse:
    """Calls that were cut short are sent on."""
    now = visit.box.imports.progress()
    if now["step"] == SENDING and not now["under_way"]:
        visit.box.imports.send()
    return redirect(HOME)


def forget(visit: Visit) -> HTTPResponse:
    visit.box.imports.forget()
    return redirect(HOME)


ROUTES = [
    PageRoute("GET", HOME, show, roles=auth.CONFIGURE),
    PageRoute("POST", HOME, take, roles=auth.CONFIGURE, csrf=False),
    PageRoute("POST", f"{HOME}/look", look, roles=auth.CONFIGURE),
    PageRoute("POST", f"{HOME}/apply", apply, roles=auth.CONFIGURE),
    PageRoute("POST", f"{HOME}/calls", go_on, roles=auth.CONFIGURE),
    PageRoute("POST", f"{HOME}/forget", forget, roles=auth.CONFIGURE),
]
