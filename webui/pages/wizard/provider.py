# SPDX-License-Identifier: GPL-2.0-or-later
"""The account at a SIP provider, and how it is doing."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from webui.pages.route import Visit, redirect
from webui.pages.settings.said import NOTHING, Said
from webui.pages.settings.sheet import document_of, entered
from webui.pages.wizard.saving import applied, refused
from webui.settings import wizard
from webui.settings.blank import blank

PREFIXES = ("9", "0")


def _trunks(visit: Visit) -> list[dict[str, Any]]:
    """Accounts at providers; asked for, since a new one has no event before it is known how it is doing."""
    return [trunk for trunk in visit.ask_or([], "trunks") if trunk["kind"] == "sip"]


def show(visit: Visit, said: Said = NOTHING) -> HTTPResponse:
    """A SIP account; once it is saved the page shows how it is doing."""
    now = document_of(visit)
    values = {"trunks": _trunks(visit)}
    if visit.wants_part:
        return visit.part("wizard_trunks.html", **values)
    return visit.page(
        "wizard_provider.html",
        said.status,
        given=blank(
            {key: visit.form(key) for key in ("name", "registrar", "username", "number", "transport", "prefix")}
        ),
        prefixes=PREFIXES,
        **values,
        **refused(now.id, said),
    )


def add(visit: Visit) -> HTTPResponse:
    """Nothing is kept of what was refused."""
    form = entered(visit)
    sip = {key: form.one(key) for key in ("registrar", "username", "password", "number", "transport") if form.one(key)}
    wrong = applied(
        visit,
        lambda document: wizard.with_provider(document, form.one("name"), sip, form.one("prefix")),
        "trunk",
        form.one("name"),
    )
    if wrong:
        problems = {key.removeprefix("sip."): text for key, text in wrong.problems.items()}
        return show(visit, Said(problems, wrong.others, wrong.status))
    return redirect("/wizard/provider")
