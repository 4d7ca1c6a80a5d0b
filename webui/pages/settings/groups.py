# SPDX-License-Identifier: GPL-2.0-or-later
"""Conference rooms and who is in them, ring groups, and phones that announcements go to."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from webui import auth
from webui.i18n import N_
from webui.pages.changes import stream_of
from webui.pages.route import PageRoute, Visit
from webui.pages.settings.sheet import Sheet, document_of, saved_now
from webui.pages.settings.submit import routes_of
from webui.settings.blank import blank
from webui.settings.choices import fixed, named, of_table, target_words, targets
from webui.settings.fields import Field
from webui.settings.tables import Document, Item, items

HOME = "/settings/groups"
NAME = Field("name", N_("Name"), required=True)
NUMBER = Field("number", N_("Number"), "phone", N_("What telephones of the house dial. Empty: none."))
STRATEGIES = {
    "together": N_("All together"),
    "in_turn": N_("One after the other"),
    "round_robin": N_("In turn, beginning with the next one each time"),
}
CONFERENCE = Sheet(
    "conference",
    "/settings/conferences",
    HOME,
    N_("Conference room"),
    (NAME, NUMBER, Field("pin", N_("PIN"), "phone", N_("4 to 12 digits. Empty: everybody who calls is let in."))),
    note=N_("Whoever calls the room talks with all who are in it."),
)
GROUP = Sheet(
    "group",
    "/settings/ring-groups",
    HOME,
    N_("Ring group"),
    (
        NAME,
        NUMBER,
        Field("members", N_("Who rings"), "members", options=of_table("extension", "number"), wide=True, required=True),
        Field("strategy", N_("How"), "choice", options=fixed(STRATEGIES), default="together"),
        Field("turn_s", N_("Seconds for each"), "number", N_("When in turn; 15 when empty.")),
        Field("timeout_s", N_("Seconds for all"), "number", N_("30 when empty.")),
        Field("then", N_("When nobody answers"), "target", options=targets),
    ),
)
PAGING = Sheet(
    "paging",
    "/settings/paging",
    HOME,
    N_("Announcement to phones"),
    (
        NAME,
        NUMBER,
        Field(
            "members",
            N_("SIP phones"),
            "members",
            options=of_table("extension", "number", having="sip"),
            wide=True,
            required=True,
        ),
    ),
    note=N_("SIP phones answer by themselves, and whoever calls is heard from their loudspeakers."),
)


def _members(document: Document, item: Item) -> str:
    known = {e.get("number"): named("extension", e) for e in items(document, "extension")}
    return ", ".join(known.get(number, number) for number in item.get("members", []))


def every_group(visit: Visit) -> HTTPResponse:
    """All of them; only the rooms when the open page asks for them anew."""
    document = document_of(visit).document
    rooms = visit.ask_or(None, "conferences")
    if visit.wants_part:
        return visit.part("settings_rooms.html", rooms=rooms, may_edit=visit.may(auth.CONFIGURE))
    groups = [
        {
            "sheet": sheet,
            "items": [
                {
                    "item": blank(item),
                    "members": _members(document, item),
                    "then": target_words(visit.say, document, item.get("then", "")),
                }
                for item in items(document, sheet.table)
            ],
        }
        for sheet in (GROUP, PAGING)
    ]
    return visit.page("settings_groups.html", rooms=rooms, groups=groups, **frame_of(visit))


def frame_of(visit: Visit) -> dict[str, Any]:
    """What every list of settings shows by."""
    return {"may_edit": visit.may(auth.CONFIGURE)} | saved_now(visit)


ROUTES = [
    PageRoute("GET", HOME, every_group),
    PageRoute("GET", f"{HOME}/stream", stream_of("conference")),
    *(route for sheet in (CONFERENCE, GROUP, PAGING) for route in routes_of(sheet)),
]
