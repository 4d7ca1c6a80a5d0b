# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may call where: classes of service of all extensions, emergency calls, and calling on from outside (DISA)."""

from __future__ import annotations

import copy

from bottle import HTTPResponse

from firmware.errors import TipringError
from webui import auth
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit, redirect
from webui.pages.settings.groups import NAME, frame_of
from webui.pages.settings.said import NOTHING, Said, problems_of
from webui.pages.settings.sheet import Sheet, document_of, entered, revision_of, routes_of
from webui.settings.blank import blank
from webui.settings.choices import fixed, of_table
from webui.settings.fields import Entered, Field
from webui.settings.save import save
from webui.settings.tables import Document, items

HOME = "/settings/classes"
CLASSES = {
    "internal": N_("the house only"),
    "local": N_("local too"),
    "national": N_("national too"),
    "international": N_("everywhere"),
}
EVERYTHING = "international"
EMERGENCY = Sheet(
    "emergency",
    "/settings/emergency",
    HOME,
    N_("Emergency calls"),
    (
        Field("callback", N_("Number that is shown, and called back"), "phone"),
        Field("numbers", N_("More emergency numbers"), "lines", N_("One a line; those of the country are known.")),
        Field("alert", N_("Who is rung when somebody calls for help"), "members",
              options=of_table("extension", "number"), wide=True),
        Field("trunks", N_("Over these trunks first"), "ordered", options=of_table("trunk"), wide=True),
    ),
    note=N_("Everybody may call them from every telephone, over a line in use if need be: that call is cut."),
    single=True,
)  # fmt: skip
DISA = Sheet(
    "disa",
    "/settings/disa",
    HOME,
    N_("Calling on from outside"),
    (
        NAME,
        Field("pin", N_("PIN"), "phone", N_("6 to 12 digits."), required=True),
        Field("class", N_("May call"), "choice", options=fixed(CLASSES), default="national"),
    ),
    note=N_(
        "Who calls in and knows the PIN calls on from the house. The favourite door of toll fraud: use a long PIN."
    ),
)


def classes(visit: Visit, tried: Document | None = None, revision: int = 0, said: Said = NOTHING) -> HTTPResponse:
    """All extensions in one form."""
    now = document_of(visit)
    document = tried or now.document
    return visit.page(
        "settings_classes.html",
        said.status,
        extensions=blank(items(document, "extension")),
        classes=CLASSES,
        everything=EVERYTHING,
        emergency=blank(document.get("emergency", {})),
        doors=blank(items(document, "disa")),
        revision=revision or now.id,
        problems=blank(said.problems),
        others=said.others,
        **frame_of(visit),
    )


def change(visit: Visit) -> HTTPResponse:
    """Of each extension: its class, and the PIN beyond it."""
    form = entered(visit)
    now = visit.box.configs.current()
    changed = _changed(now.document, form)
    try:
        save(visit.box, visit.author, lambda _: changed, revision_of(form))
    except TipringError as error:
        return classes(visit, changed, now.id, problems_of(visit, error, changed, "extension"))
    return redirect(f"{HOME}?saved=1")


def _changed(document: Document, form: Entered) -> Document:
    changed = copy.deepcopy(document)
    for extension in items(changed, "extension"):
        number = extension.get("number")
        if f"class.{number}" not in form.values:
            continue  # it came while the page was open
        given = {"class": form.one(f"class.{number}"), "class_pin": form.one(f"pin.{number}")}
        for key, usual in (("class", EVERYTHING), ("class_pin", "")):
            if given[key] == usual:
                extension.pop(key, None)
            else:
                extension[key] = given[key]
    return changed


ROUTES = [
    PageRoute("GET", HOME, classes, roles=auth.READ),
    PageRoute("POST", HOME, change, roles=auth.CONFIGURE),
    *(route for sheet in (EMERGENCY, DISA) for route in routes_of(sheet)),
]
