# SPDX-License-Identifier: GPL-2.0-or-later
"""The core's checks, as the steps of the wizard show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bottle import HTTPResponse

from firmware.errors import TipringError
from webui.i18n import N_
from webui.pages.route import Visit, local_path, redirect

DONE = ("pass", "left_out")
NOTHING: dict[str, Any] = {"checks": [], "trials": {}, "learning": None, "ringing": [], "certificates": []}

Json = dict[str, Any]


def acceptance(visit: Visit) -> Json:
    """What the core knows; nothing while it is away."""
    found: Json = visit.ask_or(NOTHING, "acceptance")
    return found


def of_kinds(checks: Iterable[Json], *kinds: str) -> list[Json]:
    """Those that a step is about."""
    return [check for check in checks if check["kind"] in kinds]


def done(checks: Iterable[Json]) -> bool:
    """Whether nothing of them is left to do; not so while they are unknown."""
    results = [check["result"] in DONE for check in checks]
    return bool(results) and all(results)


def doubt(visit: Visit, problem: str = "", status: int = 200) -> HTTPResponse:
    """Asks why a check is to be left out."""
    query = visit.request.query.decode()
    id, where = visit.form("check") or query.get("check", ""), visit.form("next") or query.get("next", "")
    check = next((check for check in acceptance(visit)["checks"] if check["id"] == id), None)
    if check is None:
        return redirect("/wizard")
    values = {"check": check, "next": local_path(where), "why": visit.form("why"), "problem": problem}
    return visit.page("wizard_leave_out.html", status, **values)


def leave_out(visit: Visit) -> HTTPResponse:
    """Somebody does without a check and says why, or takes it up again."""
    given = {"check": visit.form("check"), "author": visit.author, "why": visit.form("why").strip()}
    if visit.form("leave") and not given["why"]:
        return doubt(visit, visit.say(N_("Say why: it stands in the certificate.")), 422)
    try:
        visit.box.live.ask("acceptance.leave_out", **given)
    except TipringError as error:
        if error.field != "why":
            raise
        return doubt(visit, visit.tell(error), 422)
    return redirect(local_path(visit.form("next")))
