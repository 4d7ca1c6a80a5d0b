# SPDX-License-Identifier: GPL-2.0-or-later
"""A queue, and at which telephones its callers are answered."""

from __future__ import annotations

from bottle import HTTPResponse

from webui.i18n import N_
from webui.pages.route import Visit, redirect
from webui.pages.settings.said import NOTHING, Said
from webui.pages.settings.sheet import document_of, entered
from webui.pages.wizard.checks import acceptance, of_kinds
from webui.pages.wizard.saving import applied, refused
from webui.settings import wizard
from webui.settings.choices import named
from webui.settings.tables import items

PATH = "/wizard/team"
QUEUE = "support"


def show(visit: Visit, said: Said = NOTHING) -> HTTPResponse:
    """The first queue and who answers it."""
    now = document_of(visit)
    queue = next((str(item["name"]) for item in items(now.document, "queue")), QUEUE)
    there = wizard.team(now.document, queue)
    chosen = entered(visit).all("extension") if visit.request.method == "POST" else there
    people = [(e["number"], named("extension", e), e["number"] in chosen) for e in items(now.document, "extension")]
    checks = of_kinds(acceptance(visit)["checks"], "agents")
    return visit.page(
        "wizard_team.html", said.status, queue=queue, people=people, checks=checks, at=PATH, **refused(now.id, said)
    )


def save_team(visit: Visit) -> HTTPResponse:
    form = entered(visit)
    chosen, queue = form.all("extension"), form.one("queue")
    if not chosen:
        return show(visit, Said({"extension": visit.say(N_("Choose at least one telephone."))}, (), 422))
    wrong = applied(visit, lambda document: wizard.with_team(document, queue, chosen), "queue", queue)
    return show(visit, wrong) if wrong else redirect("/wizard")
