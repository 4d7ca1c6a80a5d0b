# SPDX-License-Identifier: GPL-2.0-or-later
"""The change that stands on trial, on every page: how long it has, keep it, go back now."""

from __future__ import annotations

from bottle import HTTPResponse

from firmware.store.config_trial import as_json
from webui import auth
from webui.pages.route import PageRoute, Visit, local_path, redirect


def standing(visit: Visit) -> HTTPResponse:
    """The strip, which an open page asks for anew; empty when nothing is on trial any more."""
    trial = as_json(visit.box.configs.trial())
    if trial and visit.request.query.get("of") == str(trial["revision"]):
        return HTTPResponse(status=204)  # as it is: nobody loses the focus
    return visit.part("trial.html", trial=trial, may_keep=visit.may(auth.CONFIGURE))


def keep(visit: Visit) -> HTTPResponse:
    """What is on trial stays."""
    visit.box.live.ask("config.trial.confirm", author=visit.author)
    return redirect(local_path(visit.form("next")))


def back(visit: Visit) -> HTTPResponse:
    """What was before is in force again."""
    visit.box.live.ask("config.trial.end", author=visit.author)
    return redirect(local_path(visit.form("next")))


ROUTES = [
    PageRoute("GET", "/trial", standing, roles=auth.MANAGE),
    PageRoute("POST", "/trial/keep", keep, roles=auth.CONFIGURE),
    PageRoute("POST", "/trial/back", back, roles=auth.CONFIGURE),
]
