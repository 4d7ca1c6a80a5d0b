# SPDX-License-Identifier: GPL-2.0-or-later
"""Ways out: telephone lines and trunks, and how they are; and addresses that the SIP edge keeps out."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from webui import auth
from webui.pages.changes import stream_of
from webui.pages.route import PageRoute, Visit


def outside(visit: Visit) -> HTTPResponse:
    """The page; only its parts when it asks for them anew. Bans are for supervisors."""
    picture = visit.box.live.picture()
    values: dict[str, Any] = {
        "trunks": picture["trunks"],
        "lines": [port for port in picture["ports"] if port["kind"] == "fxo"],
        "configured": {line.get("port") for line in visit.box.fresh_document().get("line", [])},
        "modems": visit.ask_or([], "modems"),
        "core_up": visit.box.live.up,
        "sees_bans": visit.may(auth.MANAGE),
        "may_lift": visit.may(auth.CONFIGURE),
        "bans": visit.ask_or(None, "bans") if visit.may(auth.MANAGE) else [],
    }
    if visit.wants_part:
        return visit.part("outside_parts.html", **values)
    return visit.page("outside.html", **values)


def lift(visit: Visit) -> HTTPResponse:
    """An address may come in again."""
    visit.box.live.ask("bans.lift", address=visit.form("address"))
    return outside(visit)


ROUTES = [
    PageRoute("GET", "/outside", outside),
    PageRoute("GET", "/outside/stream", stream_of("trunk", "modem", "port")),
    PageRoute("POST", "/outside/bans/lift", lift, roles=auth.CONFIGURE),
]
