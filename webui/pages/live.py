# SPDX-License-Identifier: GPL-2.0-or-later
"""The live page: drawn by the server, and redrawn part by part as the box changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bottle import HTTPResponse

from webui import auth, frame
from webui.box import Box
from webui.http import read_body
from webui.pages.parts_view import PartsView
from webui.pages.route import PageRoute, Visit
from webui.streaming import open_stream


@dataclass(frozen=True)
class LiveView(PartsView):
    """Ports, calls, queues and agents; who may dial has a field for it."""

    PAGE = "live"
    PARTS = ("notices", "ports", "calls", "queues", "agents")
    TOUCHED: ClassVar = {
        "core": PARTS,
        "config": PARTS,
        "port": ("ports",),
        "call": ("calls",),
        "call_ended": ("calls",),
        "call_left": ("calls",),
        "queue": ("queues",),
        "agent": ("agents", "calls"),
        "alarm": ("notices",),
    }
    may_dial: bool

    def values(self) -> dict[str, Any]:
        return live_values(self.box, self.may_act) | {"may_dial": self.may_dial}


def live_values(box: Box, may_act: bool) -> dict[str, Any]:
    """What the parts of the live page show."""
    picture, reasons = box.live.picture(), box.labels("pause_reason")
    return {"picture": picture, "core_up": box.live.up, "may_act": may_act, "reasons": reasons}


def live(visit: Visit) -> HTTPResponse:
    return visit.page("live.html", **live_values(visit.box, visit.may(auth.SUPERVISE)))


def stream(visit: Visit) -> Any:
    may_dial = frame.may_dial(visit.box, visit.who)
    view = LiveView(visit.language, visit.may(auth.SUPERVISE), visit.box, may_dial)
    return open_stream(visit.box, visit.request, view)


def hang_up(visit: Visit, id: str) -> HTTPResponse:
    read_body(visit.request)
    visit.box.live.ask("call.hangup", id=id, by=visit.known.agent)
    return HTTPResponse(status=204)


ROUTES = [
    PageRoute("GET", "/", live),
    PageRoute("GET", "/live/stream", stream),
    PageRoute("POST", "/calls/<id>/hangup", hang_up, roles=auth.SUPERVISE),
]
