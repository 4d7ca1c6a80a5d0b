# SPDX-License-Identifier: GPL-2.0-or-later
"""Who answers by day and by night: what callers hear, where keys lead, and whose mailbox takes calls."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from firmware.errors import TipringError
from webui import spoken
from webui.i18n import N_
from webui.pages.route import Visit, redirect
from webui.pages.settings.said import NOTHING, Said, problems_of
from webui.pages.settings.sheet import document_of, entered
from webui.pages.wizard.saving import applied, refused
from webui.settings import week, wizard
from webui.settings.blank import blank
from webui.settings.choices import named, targets
from webui.settings.fields import Entered, target
from webui.settings.tables import Document, items

KEYS = ("1", "2", "3")
DAYS = {"mon-fri": N_("Monday to Friday"), "sat": N_("Saturday"), "sun": N_("Sunday")}
USUAL = {"mon-fri": ["08:00-12:00", "13:00-17:00"]}


def show(visit: Visit, said: Said = NOTHING) -> HTTPResponse:
    """What callers hear by day, where keys lead, and whose mailbox takes calls at night."""
    now = document_of(visit)
    document = now.document
    menu = next((m for m in items(document, "ivr") if m.get("name") == wizard.MENU), {})
    hours = next((s for s in items(document, "schedule") if s.get("name") == wizard.HOURS), {}).get("hours", USUAL)
    week_days = week.by_day(hours)[:5]
    night = [r.get("to", "") for r in items(document, "route") if str(r.get("to")).startswith("voicemail:")]
    done, all_ = wizard.answered(document), wizard.origins(document)
    return visit.page(
        "wizard_answer.html",
        said.status,
        origins=[(f"{k}:{n}", _origin(document, k, n), (k, n) in done or not done) for k, n in all_],
        days=[(days, DAYS[days], _spans(hours, days)) for days in DAYS] if week_days == week_days[:1] * 5 else [],
        menu=blank(menu),
        keys=KEYS,
        targets=[t for t in targets(visit.say, document) if t.value != f"ivr:{wizard.MENU}"],
        boxes=[(e["number"], named("extension", e)) for e in items(document, "extension")],
        mailbox=night[0].partition(":")[2] if night else "",
        heard_in=next((prompt.language for prompt in spoken.prompts_named(visit.box, wizard.PROMPT)), ""),
        text=visit.form("text"),
        **refused(now.id, said),
    )


def _origin(document: Document, kind: str, name: str) -> str:
    line = next((line for line in items(document, "line") if kind == "line" and line.get("port") == name), None)
    return named("line", line) if line else name


def _spans(hours: dict[str, Any], days: str) -> list[week.Span]:
    day = {"mon-fri": 0, "sat": 5, "sun": 6}[days]
    return (week.by_day(hours)[day] + [("", "")] * 2)[:2]


def save(visit: Visit) -> HTTPResponse:
    """All of it at once, or nothing."""
    form = entered(visit)
    try:
        if text := form.one("text"):
            spoken.speak(visit.box, wizard.PROMPT, text, "any")
        elif not spoken.prompts_named(visit.box, wizard.PROMPT):
            return show(visit, Said({"text": visit.say(N_("Write what callers are to hear."))}, (), 422))
    except TipringError as error:
        return show(visit, problems_of(visit, error, {}, ""))
    wanted = _wanted(form)
    if wanted.hours == {}:
        return show(visit, Said({"hours": visit.say(N_("Give the hours in which you are open."))}, (), 422))
    wrong = applied(visit, lambda document: wizard.with_answering(document, wanted), "schedule", wizard.HOURS)
    return show(visit, wrong) if wrong else redirect("/wizard")


def _wanted(form: Entered) -> wizard.Answering:
    origins = [(kind, name) for kind, _, name in (text.partition(":") for text in form.all("origin"))]
    keys = {key: target(form, f"key{key}") for key in KEYS if f"key{key}" in form.values}
    asked = f"{next(iter(DAYS))}.from" in form.values
    hours = {days: spans for days in DAYS if (spans := week.spans_entered(form, days))} if asked else None
    return wizard.Answering(origins, hours, form.one("mailbox"), keys, target(form, "silent"))
