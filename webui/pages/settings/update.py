# SPDX-License-Identifier: GPL-2.0-or-later
"""Updates: the version that runs, a newer one, how far it is."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from webui import auth
from webui.frame import version_on_trial
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit, local_path, redirect
from webui.pages.settings.groups import frame_of
from webui.pages.settings.sheet import Sheet, document_of, entered
from webui.pages.settings.submit import on_trial, routes_of
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
        Field("wait_minutes", N_("Minutes to wait for the last call"), "number",
              N_("Then it is called off, and you are told. 240 when empty; 0: without end.")),
    ),
    single=True,
    note=N_("The restart waits for the last call, and lasts about a minute."),
)  # fmt: skip


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
    visit.box.live.ask("update.start", author=visit.author, **wanted, **on_trial(entered(visit)))
    return redirect(HOME)


def call_off(visit: Visit) -> HTTPResponse:
    """It is not wanted any more."""
    visit.box.live.ask("update.call_off", author=visit.author)
    return redirect(HOME)


def standing(visit: Visit) -> HTTPResponse:
    """The strip of every page, which an open one asks for anew."""
    trial = version_on_trial(visit.box)
    if trial and visit.request.query.decode().get("of") == trial["version"]:
        return HTTPResponse(status=204)  # as it is: nobody loses the focus
    return visit.part("update_trial.html", update_trial=trial, may_keep=visit.may(auth.CONFIGURE))


def keep(visit: Visit) -> HTTPResponse:
    """The version on trial stays."""
    visit.box.live.ask("update.keep", author=visit.author)
    return redirect(local_path(visit.form("next")))


def back(visit: Visit) -> HTTPResponse:
    """The version on trial goes."""
    visit.box.live.ask("update.back", author=visit.author)
    return redirect(HOME)


ROUTES = [
    PageRoute("GET", HOME, page, roles=auth.MANAGE),
    PageRoute("POST", HOME, start, roles=auth.CONFIGURE),
    PageRoute("POST", f"{HOME}/call-off", call_off, roles=auth.CONFIGURE),
    PageRoute("GET", f"{HOME}/trial", standing, roles=auth.MANAGE),
    PageRoute("POST", f"{HOME}/keep", keep, roles=auth.CONFIGURE),
    PageRoute("POST", f"{HOME}/back", back, roles=auth.CONFIGURE),
    *routes_of(PLAN),
]
