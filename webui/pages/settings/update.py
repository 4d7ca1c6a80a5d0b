# SPDX-License-Identifier: GPL-2.0-or-later
"""Updates: the version that runs, a newer one, how far it is."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from webui import auth
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit, redirect
from webui.pages.settings.groups import frame_of
from webui.pages.settings.sheet import Sheet, document_of
from webui.pages.settings.submit import routes_of
from webui.settings.blank import blank
from webui.settings.fields import Field

HOME = "/settings/update"
STEPS = ("downloading", "checking", "installing", "waiting", "restarting", "trial", "done")
PLAN = Sheet(
    "update",
    f"{HOME}/plan",
    HOME,
    N_("Updates by themselves"),
    (
        Field("url", N_("Address of the newest update"), hint=N_("As your supplier names it; empty: none."), wide=True),
        Field("automatic", N_("Install what is newer, each night"), "switch", wide=True),
        Field("hour", N_("From this hour of the day on"), "number", N_("0 to 23. 3 when empty.")),
    ),
    single=True,
    note=N_("The restart waits for the last call, and lasts about a minute."),
)


def page(visit: Visit) -> HTTPResponse:
    """The whole page, or what changes of it by itself."""
    told: dict[str, Any] = {"found": visit.ask_or(None, "update"), "may_act": visit.may(auth.CONFIGURE)}
    if visit.wants_part:
        return visit.part("settings_update_parts.html", **told)
    plan = document_of(visit).document.get("update", {})
    return visit.page("settings_update.html", **frame_of(visit), **told, plan=blank(plan))


def start(visit: Visit) -> HTTPResponse:
    """The update begins, from what was entered or from the configured address."""
    wanted = {"source": visit.form("source").strip(), "downgrade": bool(visit.form("downgrade"))}
    visit.box.live.ask("update.start", author=visit.author, **wanted)
    return redirect(HOME)


ROUTES = [
    PageRoute("GET", HOME, page, roles=auth.MANAGE),
    PageRoute("POST", HOME, start, roles=auth.CONFIGURE),
    *routes_of(PLAN),
]
