# SPDX-License-Identifier: GPL-2.0-or-later
"""Feature codes in one table, where each can be changed; one that clashes is refused at its field."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from webui import auth
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit
from webui.pages.settings.sheet import Sheet, document_of, shown
from webui.pages.settings.submit import routes_of
from webui.settings.fields import Entered
from webui.settings.tables import Document, Item

HOME = "/settings/codes"
ARGUMENTS = {
    "extension": N_("extension"),
    "slot": N_("slot 1 to 9"),
    "switch": N_("0, 1 or 2"),
    "number": N_("number"),
    "queue": N_("queue"),
    "agent": N_("agent"),
    "reason": N_("reason"),
    "code": N_("code"),
}


def _read(visit: Visit, document: Document, form: Entered, old: Item) -> Item:
    """Only what differs from the usual; an empty field switches a feature off."""
    from firmware.config.features import FEATURES

    given = {name: form.one(name) for name in FEATURES if name in form.values}
    return old | given if not given else {name: code for name, code in given.items() if code != FEATURES[name].code}


def _more(visit: Visit, document: Document, item: Item) -> dict[str, Any]:
    from firmware.config.features import FEATURES

    rows = [
        {"name": name, "feature": feature, "code": item.get(name, feature.code)} for name, feature in FEATURES.items()
    ]
    return {"features": rows, "arguments": ARGUMENTS, "may_edit": visit.may(auth.CONFIGURE)}


CODES = Sheet(
    "features",
    HOME,
    HOME,
    N_("Feature codes"),
    (),
    template="settings_codes.html",
    single=True,
    read=_read,
    more=_more,
)


def codes(visit: Visit) -> HTTPResponse:
    """For everybody to read."""
    now = document_of(visit)
    return shown(visit, CODES, "", now.document.get("features", {}), now.document, now.id)


ROUTES = [PageRoute("GET", HOME, codes), *routes_of(CODES)[1:]]
