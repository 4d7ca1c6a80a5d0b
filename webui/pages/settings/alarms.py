# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person has to look after, and what was."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from webui.pages.changes import stream_of
from webui.pages.route import PageRoute, Visit

HOME = "/settings/alarms"


def alarms(visit: Visit) -> HTTPResponse:
    """Those that stand first; from the history, so that it works while call control is away."""
    found = visit.box.history.alarms(standing=False)
    values: dict[str, Any] = {
        "standing": [alarm for alarm in found if alarm.cleared_at is None],
        "past": [alarm for alarm in found if alarm.cleared_at is not None],
    }
    if visit.wants_part:
        return visit.part("settings_alarms_list.html", **values)
    return visit.page("settings_alarms.html", **values)


ROUTES = [PageRoute("GET", HOME, alarms), PageRoute("GET", f"{HOME}/stream", stream_of("alarm"))]
