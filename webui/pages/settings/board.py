# SPDX-License-Identifier: GPL-2.0-or-later
"""The board: how it is, and the lifeline's drill."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bottle import HTTPResponse

from firmware import __version__, times
from firmware.machine import disk_of, memory_of, running_s
from webui import auth
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit, redirect
from webui.pages.settings.groups import frame_of
from webui.pages.settings.sheet import Sheet, document_of
from webui.pages.settings.submit import routes_of
from webui.settings.choices import fixed
from webui.settings.fields import Field

HOME = "/settings/board"
EVERY = {"week": N_("Once a week"), "month": N_("Once a month"), "never": N_("Never")}
HOUR = N_("0 to 23, as soon as nobody talks. 3 when empty.")
DRILL = Sheet(
    "board",
    "/settings/board/drill-plan",
    HOME,
    N_("When the lifeline is drilled"),
    (
        Field("drill", N_("How often"), "choice", options=fixed(EVERY), default="week"),
        Field("drill_hour", N_("From this hour of the day on"), "number", HOUR),
    ),
    single=True,
)  # fmt: skip


def page(visit: Visit) -> HTTPResponse:
    """The whole page, or what changes of it by itself."""
    found = visit.ask_or(None, "board")
    told: dict[str, Any] = {"found": found, "may_act": visit.may(auth.MANAGE), "machine": _machine(visit)}
    if visit.wants_part:
        return visit.part("settings_board_parts.html", **told)
    plan = document_of(visit).document.get("board", {})
    drill_plan = {"drill": EVERY[plan.get("drill", "week")], "hour": plan.get("drill_hour", 3)}
    return visit.page("settings_board.html", **frame_of(visit), **told, drill_plan=drill_plan)


def _machine(visit: Visit) -> dict[str, Any]:
    """`disk` and `memory`: octets free, and in all."""
    return {
        "version": __version__,
        "since": times.now() - timedelta(seconds=running_s()),
        "disk": disk_of(visit.box.state),
        "memory": memory_of(),
    }


def _act(visit: Visit, method: str) -> HTTPResponse:
    visit.box.live.ask(method)
    return page(visit) if visit.wants_part else redirect(HOME)


def drill(visit: Visit) -> HTTPResponse:
    return _act(visit, "board.drill")


def identify(visit: Visit) -> HTTPResponse:
    return _act(visit, "board.identify")


ROUTES = [
    PageRoute("GET", HOME, page),
    PageRoute("POST", f"{HOME}/drill", drill, roles=auth.MANAGE),
    PageRoute("POST", f"{HOME}/identify", identify, roles=auth.MANAGE),
    *routes_of(DRILL),
]
