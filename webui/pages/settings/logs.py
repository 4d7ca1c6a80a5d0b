# SPDX-License-Identifier: GPL-2.0-or-later
"""What the services of the box say, for whoever looks for a fault."""

from __future__ import annotations

from bottle import HTTPResponse

from firmware import log_levels, logs, times
from webui import auth
from webui.diagnostics import download
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit, redirect

HOME = "/settings/logs"
GRADES = {
    "": N_("as delivered"), "debug": N_("everything there is"), "info": N_("what happens"), "warning": N_("warnings"),
    "error": N_("errors only"),
}  # fmt: skip
SHOWN, SENT = 200, 20_000
LEVELS = {"info": N_("everything"), "warning": N_("warnings and errors"), "error": N_("errors only")}


def _wanted(visit: Visit, limit: int) -> list[logs.Entry]:
    query = visit.request.query.decode()
    service = query.get("service", "")
    return logs.entries(
        visit.box.state, (service,) if service else (), query.get("level", ""), query.get("text", "").strip(), limit
    )


def page(visit: Visit) -> HTTPResponse:
    """The newest lines first."""
    query = visit.request.query.decode()
    return visit.page(
        "settings_logs.html",
        entries=_wanted(visit, SHOWN),
        services=logs.services(visit.box.state),
        levels=LEVELS,
        service=query.get("service", ""),
        level=query.get("level", "info"),
        text=query.get("text", ""),
        query=visit.request.query_string,
        shown=SHOWN,
        areas=log_levels.levels(visit.box.state),
        grades=GRADES,
    )


def file(visit: Visit) -> HTTPResponse:
    """The same as a text, for whoever helps from afar."""
    lines = (f"{times.iso(e.at)} {e.service} {e.level} {e.area}: {e.text}\n" for e in reversed(_wanted(visit, SENT)))
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Disposition": 'attachment; filename="tipring.log"',
        "Cache-Control": "no-store",
    }
    return HTTPResponse("".join(lines), headers=headers)


def set_level(visit: Visit) -> HTTPResponse:
    """How much an area says from now on."""
    log_levels.set_level(visit.box.state, visit.form("area").strip(), visit.form("level"))
    return redirect(HOME)


def diagnostics(visit: Visit) -> HTTPResponse:
    """One file with everything but secrets."""
    return download(visit.box)


ROUTES = [
    PageRoute("GET", HOME, page, roles=auth.CONFIGURE),
    PageRoute("POST", f"{HOME}/levels", set_level, roles=auth.CONFIGURE),
    PageRoute("GET", "/settings/diagnostics/file", diagnostics, roles=auth.CONFIGURE),
    PageRoute("GET", f"{HOME}/file", file, roles=auth.CONFIGURE),
]
