# SPDX-License-Identifier: GPL-2.0-or-later
"""What callers hear first: spoken into a telephone that rings, typed, or a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bottle import HTTPResponse

from firmware.errors import TipringError
from webui import spoken
from webui.http import status_of
from webui.i18n import N_
from webui.pages.route import Visit, redirect
from webui.pages.settings.prompts import keep_upload
from webui.settings import wizard
from webui.settings.blank import blank
from webui.settings.choices import named
from webui.settings.tables import items

PATH = "/wizard/greeting"
EXAMPLES = (
    N_("Welcome. Please hold the line, we will be with you at once."),
    N_("Thank you for calling. The next free colleague will take your call."),
)
FIELDS = ("text", "file", "extension")


def show(visit: Visit, problems: dict[str, str] | None = None, status: int = 200) -> HTTPResponse:
    """Only what there is when the open page asks for it anew."""
    values: dict[str, Any] = {"made": spoken.prompts_named(visit.box, wizard.PROMPT), "ringing": _ringing(visit)}
    if visit.wants_part:
        return visit.part("wizard_greeting_live.html", **values)
    document = spoken.document(visit.box)
    return visit.page(
        "wizard_greeting.html",
        status,
        phones=[(e["number"], named("extension", e)) for e in items(document, "extension") if e.get("port")],
        examples=[visit.say(text) for text in EXAMPLES],
        text=visit.form("text"),
        problems=blank(problems or {}),
        called=visit.request.query.decode().get("called", ""),
        **values,
    )


def _ringing(visit: Visit) -> str:
    """The number of the phone that is to be spoken into, while it rings or somebody speaks."""
    number = visit.request.query.decode().get("called", "")
    calls = visit.box.live.picture()["calls"]
    return number if any(call["from_number"] == number and call["direction"] == "internal" for call in calls) else ""


def _tried(visit: Visit, make: Callable[[], Any], then: str = PATH) -> HTTPResponse:
    try:
        make()
    except TipringError as error:
        at = error.field if error.field in FIELDS else "all"
        return show(visit, {at: visit.tell(error)}, status_of(error))
    return redirect(then)


def say(visit: Visit) -> HTTPResponse:
    """From text."""
    return _tried(visit, lambda: spoken.speak(visit.box, wizard.PROMPT, visit.form("text"), "any"))


def upload(visit: Visit) -> HTTPResponse:
    """From a file."""
    return _tried(visit, lambda: keep_upload(visit, wizard.PROMPT, "any"))


def record(visit: Visit) -> HTTPResponse:
    """A telephone rings, and whoever lifts it speaks, hears it, and keeps it or speaks again."""
    number = visit.form("extension")
    given = {"extension": number, "name": wizard.PROMPT, "language": "any"}
    return _tried(visit, lambda: visit.box.live.ask("prompt.record", **given), f"{PATH}?called={number}")
