# SPDX-License-Identifier: GPL-2.0-or-later
"""Limits against toll fraud, what is used of them, and lists of callers and numbers that are refused."""

from __future__ import annotations

from bottle import HTTPResponse

from webui import auth
from webui.http import read_body
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit, redirect
from webui.pages.settings.groups import frame_of
from webui.pages.settings.sheet import Sheet, document_of
from webui.pages.settings.submit import routes_of
from webui.settings.fields import Field

HOME = "/settings/limits"
KINDS = {"international": N_("International calls"), "premium": N_("Premium numbers")}
WHAT = {
    "calls_per_hour": N_("Calls in an hour"),
    "minutes_per_hour": N_("Minutes in an hour"),
    "calls_per_day": N_("Calls in a day"),
    "minutes_per_day": N_("Minutes in a day"),
}
_BOUNDS = {
    "international.calls_per_hour": N_("International calls in an hour"),
    "international.minutes_per_hour": N_("International minutes in an hour"),
    "international.calls_per_day": N_("International calls in a day"),
    "international.minutes_per_day": N_("International minutes in a day"),
    "premium.calls_per_hour": N_("Premium calls in an hour"),
    "premium.minutes_per_hour": N_("Premium minutes in an hour"),
    "premium.calls_per_day": N_("Premium calls in a day"),
    "premium.minutes_per_day": N_("Premium minutes in a day"),
}
ONE_A_LINE = N_("One pattern a line, such as 0900. or +44.")
TOLLS = Sheet(
    "tolls",
    "/settings/tolls",
    HOME,
    N_("Limits against toll fraud"),
    (
        *(Field(key, label, "number") for key, label in _BOUNDS.items()),
        Field("premium_numbers", N_("More premium numbers"), "patterns", ONE_A_LINE, wide=True),
        Field("cut_calls", N_("Calls that go on are cut as well"), "switch", default=False, wide=True),
    ),
    note=N_(
        "The call that would be one too many stops its kind until somebody lifts it. An empty field is the default; "
        "0 allows none."
    ),
    single=True,
)
LISTS = Sheet(
    "numbers",
    "/settings/lists",
    HOME,
    N_("Lists"),
    (
        Field("block_in", N_("Callers who are refused"), "patterns", ONE_A_LINE),
        Field("allow_in", N_("Callers who never are"), "patterns", ONE_A_LINE),
        Field("block_out", N_("Numbers that nobody may call"), "patterns", ONE_A_LINE),
        Field("allow_out", N_("Numbers that everybody may"), "patterns", ONE_A_LINE),
        Field("reject_anonymous", N_("Refuse callers who withhold their number"), "switch", default=False, wide=True),
    ),
    note=N_("What is allowed is allowed though it is refused by another line. Emergency numbers can always be called."),
    single=True,
)


def limits(visit: Visit) -> HTTPResponse:
    """What is used today, what is stopped, and the lists."""
    numbers = document_of(visit).document.get("numbers", {})
    return visit.page(
        "settings_limits.html",
        tolls=visit.ask_or(None, "tolls"),
        kinds=KINDS,
        what=WHAT,
        lists=[(f, numbers.get(f.key)) for f in LISTS.fields],
        **frame_of(visit),
    )


def lift(visit: Visit, kind: str) -> HTTPResponse:
    """Calls of this kind go out again."""
    read_body(visit.request)
    visit.box.live.ask("tolls.lift", kind=kind)
    return redirect(HOME)


ROUTES = [
    PageRoute("GET", HOME, limits),
    PageRoute("POST", f"{HOME}/<kind>/lift", lift, roles=auth.CONFIGURE),
    *(route for sheet in (TOLLS, LISTS) for route in routes_of(sheet)),
]
