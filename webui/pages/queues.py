# SPDX-License-Identifier: GPL-2.0-or-later
"""Queues for their supervisors, live: who waits, agents and their calls; orders to both."""

from __future__ import annotations

from typing import Any, ClassVar

from bottle import HTTPResponse

from firmware.errors import Conflict, Denied, Invalid, NotFound, TipringError
from webui import auth, seat
from webui.accounts import Accounts
from webui.box import Box
from webui.http import status_of
from webui.i18n import N_
from webui.pages.agents import agent_of
from webui.pages.parts_view import PartsView
from webui.pages.route import PageRoute, Visit
from webui.streaming import open_stream

WATCH = auth.SUPERVISE | {"readonly"}
DONE = {"HX-Trigger": "orderDone"}
NO_PHONE = N_("Choose your phone first, at the top of the page.")


def values_of(box: Box, may_act: bool) -> dict[str, Any]:
    """What both parts show."""
    picture = box.live.picture()
    return {
        "queues": picture["queues"],
        "agents": picture["agents"],
        "calls": {call["id"]: call for call in picture["calls"]},
        "core_up": box.live.up,
        "may_act": may_act,
        "reasons": box.labels("pause_reason"),
    }


class QueuesView(PartsView):
    """Queues and their agents."""

    PAGE = "queues"
    PARTS = ("queues", "staff")
    TOUCHED: ClassVar = {
        "core": PARTS, "config": PARTS, "queue": ("queues",), "agent": PARTS, "call": ("staff",),
        "call_ended": ("staff",), "call_left": ("staff",),
    }  # fmt: skip

    def values(self) -> dict[str, Any]:
        return values_of(self.box, self.may_act)


def queues(visit: Visit) -> HTTPResponse:
    values = values_of(visit.box, visit.may(auth.SUPERVISE))
    return visit.page("queues.html", phone=own_phone(visit), extensions=_extensions(visit), **values)


def stream(visit: Visit) -> Any:
    return open_stream(visit.box, visit.request, QueuesView(visit.language, visit.may(auth.SUPERVISE), visit.box))


# ---- the supervisor's own phone ------------------------------------------------------------------


def _extensions(visit: Visit) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = visit.box.document().get("extension", [])
    return found


def own_phone(visit: Visit) -> str:
    """The extension that the user chose; else that of the agent of this name; "" for none, and for a program."""
    name = visit.known.name
    try:
        chosen = visit.box.access.user(name).extension if visit.known.session else ""
    except NotFound:
        chosen = ""
    return chosen or seat.phone_of(visit.box, visit.who)


def set_phone(visit: Visit) -> HTTPResponse:
    """Where listening in and taken callers ring."""
    if not visit.known.session:
        raise Denied("Only somebody who is logged in has a phone.")
    Accounts(visit.box, visit.author, visit.address).set_phone(visit.known.name, visit.form("extension"))
    return HTTPResponse(status=204)


def _need_phone(visit: Visit) -> str:
    phone = own_phone(visit)
    if not phone:
        raise Conflict(NO_PHONE, code="no_phone")
    return phone


def supervise(visit: Visit, id: str) -> HTTPResponse:
    """The own phone rings, and hears the call, speaks to the agent, or to both; the same phone again changes."""
    asked = {"id": id, "extension": _need_phone(visit), "mode": visit.form("mode"), "by": visit.known.agent}
    visit.box.live.ask("call.supervise", wait=False, **asked)
    return HTTPResponse(status=204)


# ---- callers who wait ----------------------------------------------------------------------------


def _caller(visit: Visit, id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The queue and the caller. NotFound."""
    for queue in visit.box.live.need()["queues"]:
        for caller in queue["callers"]:
            if caller["call"] == id:
                return queue, caller
    raise NotFound("This caller waits no more.", code="no_such_call")


def caller(visit: Visit, id: str) -> HTTPResponse:
    """What can be done with one who waits."""
    return _orders(visit, id)


def _orders(visit: Visit, id: str, wrong: str = "") -> HTTPResponse:
    queue, found = _caller(visit, id)
    picture = visit.box.live.picture()
    return visit.part(
        "queue_orders.html",
        queue=queue,
        waiter=found,
        others=[other for other in picture["queues"] if other["name"] != queue["name"]],
        agents=[agent for agent in picture["agents"] if queue["name"] in agent["queues"]],
        phone=own_phone(visit),
        wrong=wrong,
    )


def order(visit: Visit, id: str, order: str) -> HTTPResponse:
    """Carries one out. From the sheet of orders, what cannot be is said there."""
    method, params = _asked(visit, order)
    try:
        visit.box.live.ask(method, id=id, by=visit.known.agent, **params)
    except TipringError as error:
        if visit.request.get_header("HX-Target") != "orders" or status_of(error) != 409:
            raise
        return _orders(visit, id, visit.tell(error))
    return HTTPResponse(status=204, headers=DONE)


def _asked(visit: Visit, order: str) -> tuple[str, dict[str, Any]]:
    match order:
        case "move":
            return "waiting.move", {"queue": visit.form("queue"), "keep_wait": visit.form("keep_wait") == "on"}
        case "priority":
            return "waiting.prioritise", {"priority": _priority(visit)}
        case "front":
            return "waiting.front", {}
        case "assign":
            return "waiting.assign", {"agent": agent_of(visit, visit.form("agent"))["id"]}
        case "pick":
            return "waiting.pick", {"extension": _need_phone(visit)}
        case "hangup":
            return "call.hangup", {}
    raise NotFound(f"There is no order {order}.")


def _priority(visit: Visit) -> int:
    try:
        return int(visit.form("priority"))
    except ValueError:
        raise Invalid(N_("The priority is a whole number."), field="priority") from None


ROUTES = [
    PageRoute("GET", "/queues", queues, roles=WATCH),
    PageRoute("GET", "/queues/stream", stream, roles=WATCH),
    PageRoute("POST", "/queues/phone", set_phone, roles=auth.SUPERVISE),
    PageRoute("POST", "/queues/calls/<id>/supervise", supervise, roles=auth.SUPERVISE),
    PageRoute("GET", "/queues/callers/<id>", caller, roles=auth.SUPERVISE),
    PageRoute("POST", "/queues/callers/<id>/<order>", order, roles=auth.SUPERVISE),
]
