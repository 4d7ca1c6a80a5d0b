# SPDX-License-Identifier: GPL-2.0-or-later
"""A test call in and one out: the page says what to do, watches, and ticks."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from firmware import telephone_numbers
from firmware.errors import TipringError
from webui.http import status_of
from webui.i18n import N_
from webui.pages.route import Visit, redirect
from webui.pages.settings.sheet import document_of
from webui.pages.wizard.checks import acceptance, of_kinds
from webui.settings.choices import named
from webui.settings.tables import items

PATH = "/wizard/calls"
STEPS = (
    ("rang", N_("It rang")),
    ("answered", N_("Somebody answered")),
    ("recorded", N_("It was recorded")),
    ("heard_outside", N_("The one outside was heard")),
    ("heard_inside", N_("The one inside was heard")),
)


def show(visit: Visit, problem: str = "", status: int = 200) -> HTTPResponse:
    """Only the two calls when the open page asks for them anew."""
    document, known = document_of(visit).document, acceptance(visit)
    values: dict[str, Any] = {
        "trials": known["trials"],
        "checks": {check["id"]: check for check in of_kinds(known["checks"], "call_in", "call_out")},
        "steps": STEPS,
        "numbers": [line["number"] for line in items(document, "line") if line.get("number")],
        "phones": [(e["number"], named("extension", e)) for e in items(document, "extension")],
        "prefix": next((str(way["pattern"]).rstrip(".") for way in items(document, "outbound")), ""),
        "given": {"from": visit.form("from"), "to": visit.form("to")},
        "at": PATH,
        "away": not visit.box.live.up,
        "problem": problem,
    }
    if visit.wants_part:
        return visit.part("wizard_calls_live.html", **values)
    return visit.page("wizard_calls.html", status, **values)


def _asked(visit: Visit, method: str, **params: Any) -> HTTPResponse:
    try:
        visit.box.live.ask(method, **params)
    except TipringError as error:
        return show(visit, visit.tell(error), status_of(error))
    return redirect(PATH)


def expect(visit: Visit) -> HTTPResponse:
    """The next call is the test call."""
    return _asked(visit, "acceptance.expect", check=visit.form("check"), author=visit.author)


def forget(visit: Visit) -> HTTPResponse:
    """It does not come."""
    return _asked(visit, "acceptance.forget", check=visit.form("check"))


def call(visit: Visit) -> HTTPResponse:
    """A phone here rings; when it is lifted the box calls the number outside."""
    given = {"from": visit.form("from"), "to": telephone_numbers.dialled(visit.form("to"))}
    if not given["to"]:
        return show(visit, visit.say(N_("Enter the number that is to be called.")), 422)
    return _asked(visit, "acceptance.call", author=visit.author, **given)
