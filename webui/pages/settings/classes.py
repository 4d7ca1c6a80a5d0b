# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may call where: classes of service of all extensions, emergency calls, and calling on from outside (DISA)."""

from __future__ import annotations

import copy
from typing import Any

from bottle import HTTPResponse

from firmware.errors import TipringError
from webui import auth, kept
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit, redirect
from webui.pages.settings.ahead import ahead, wants_no_help
from webui.pages.settings.groups import NAME, frame_of
from webui.pages.settings.said import MEANWHILE, NOTHING, Said, problems_of
from webui.pages.settings.sheet import UNUSUAL, Sheet, document_of, entered, revision_of
from webui.pages.settings.submit import CHANGED, LOGGED_OUT, looked_at_then, routes_of, theirs_of
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
        Field("numbers", N_("More emergency numbers"), "patterns", N_("One a line; those of the country are known.")),
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


def classes(
    visit: Visit, tried: Document | None = None, revision: int = 0, said: Said = NOTHING, **more: Any
) -> HTTPResponse:
    """All extensions in one form; with what was typed before the log-in."""
    now = document_of(visit)
    typed = kept.again(visit.box, visit.request, visit.known.name)
    if typed and visit.may(auth.CONFIGURE):
        form = Entered(typed)
        then = looked_at_then(visit, revision_of(form))
        return _page(visit, _changed(then, then, form), revision_of(form), Said({}, (visit.say(LOGGED_OUT),)))
    return _page(visit, tried or now.document, revision or now.id, said, **more)


def _page(visit: Visit, document: Document, revision: int, said: Said, **more: Any) -> HTTPResponse:
    return visit.page(
        "settings_classes.html",
        said.status,
        extensions=blank(items(document, "extension")),
        classes=CLASSES,
        everything=EVERYTHING,
        emergency=blank(document.get("emergency", {})),
        doors=blank(items(document, "disa")),
        revision=revision,
        problems=blank(said.problems),
        others=said.others,
        **UNUSUAL | frame_of(visit) | more,
    )


def change(visit: Visit) -> HTTPResponse:
    """Of each extension: its class, and the PIN beyond it."""
    form, now = entered(visit), visit.box.configs.current()
    before = looked_at_then(visit, revision_of(form))
    changed = _changed(before, now.document, form)
    if revision_of(form) != now.id:
        said = Said({}, (visit.say(CHANGED, author=now.author),), MEANWHILE)
        return _page(visit, changed, now.id, said, theirs=theirs_of(visit, revision_of(form), before, now))
    try:
        if told := ahead(visit, form, now.document, changed):
            return _page(visit, changed, now.id, NOTHING, ahead=told)
        save(visit.box, visit.author, lambda _: changed, now.id, **wants_no_help(form))
    except TipringError as error:
        return _page(visit, changed, now.id, problems_of(visit, error, changed, "extension"))
    return redirect(f"{HOME}?saved=1")


def _changed(before: Document, document: Document, form: Entered) -> Document:
    """The document with what the form, made from `before`, has otherwise."""
    changed = copy.deepcopy(document)
    known = {extension.get("number"): extension for extension in items(before, "extension")}
    for extension in items(changed, "extension"):
        number = extension.get("number")
        if f"class.{number}" not in form.values:
            continue  # it came while the page was open
        given = {"class": form.one(f"class.{number}")}
        if f"pin.{number}" in form.values:
            given["class_pin"] = form.one(f"pin.{number}")
        for key, usual in (("class", EVERYTHING), ("class_pin", "")):
            if key not in given or given[key] == known.get(number, {}).get(key, usual):
                continue
            if given[key] == usual:
                extension.pop(key, None)
            else:
                extension[key] = given[key]
    return changed


ROUTES = [
    PageRoute("GET", HOME, classes, roles=auth.READ),
    PageRoute("POST", HOME, change, roles=auth.CONFIGURE, keeps=True),
    *(route for sheet in (EMERGENCY, DISA) for route in routes_of(sheet)),
]
