# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person has to look after, and what was."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from webui import auth
from webui.channels import Channels
from webui.pages.changes import stream_of
from webui.pages.route import PageRoute, Visit, redirect
from webui.pages.settings.channels import SEVERITIES, WAYS
from webui.pages.settings.sheet import saved_now

HOME = "/settings/alarms"


def acknowledge(visit: Visit) -> HTTPResponse:
    """It stands, and is no news any more."""
    visit.box.live.ask("alarms.acknowledge", ids=[visit.form("id")], by=visit.author)
    return alarms(visit) if visit.wants_part else redirect(HOME)


def alarms(visit: Visit) -> HTTPResponse:
    """Those that stand first; from the history, so that it works while call control is away."""
    found = visit.box.history.alarms(standing=False)
    values: dict[str, Any] = {
        "standing": [alarm for alarm in found if alarm.cleared_at is None],
        "may_act": visit.may(auth.MANAGE),
        "channels": Channels(visit.box).every() if visit.may(auth.CONFIGURE) else [],
        "ways": WAYS,
        "severities": SEVERITIES,
        "may_edit": visit.may(auth.CONFIGURE),
        "past": [alarm for alarm in found if alarm.cleared_at is not None],
    }
    if visit.wants_part:
        return visit.part("settings_alarms_list.html", **values)
    return visit.page("settings_alarms.html", **values, **saved_now(visit))


ROUTES = [
    PageRoute("GET", HOME, alarms),
    PageRoute("GET", f"{HOME}/stream", stream_of("alarm")),
    PageRoute("POST", f"{HOME}/acknowledge", acknowledge, auth.MANAGE),
]
