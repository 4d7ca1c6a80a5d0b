# SPDX-License-Identifier: GPL-2.0-or-later
"""Steps of the wizard for what rings and calls by SIP, and for who answers by day and by night."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from firmware.errors import TipringError
from webui import auth, spoken
from webui.http import status_of
from webui.i18n import N_
from webui.pages.first_start.checks import acceptance, of_kinds
from webui.pages.first_start.saving import applied, refused
from webui.pages.route import PageRoute, Visit, redirect
from webui.pages.settings.said import NOTHING, Said, problems_of
from webui.pages.settings.sheet import document_of, entered
from webui.pages.softphone import qr_code
from webui.settings import first, week
from webui.settings.blank import blank
from webui.settings.choices import named, targets
from webui.settings.fields import Entered, target
from webui.settings.tables import Document, items

KEYS = ("1", "2", "3")
DAYS = {"mon-fri": N_("Monday to Friday"), "sat": N_("Saturday"), "sun": N_("Sunday")}
USUAL = {"mon-fri": ["08:00-12:00", "13:00-17:00"]}
PREFIXES = ("9", "0")


def _trunks(visit: Visit) -> list[dict[str, Any]]:
    """Accounts at providers; asked for, since a new one has no event before it is known how it is doing."""
    return [trunk for trunk in visit.ask_or([], "trunks") if trunk["kind"] == "sip"]


# ---- telephones ------------------------------------------------------------------------------------------


def phones(visit: Visit, said: Said = NOTHING, phone: dict[str, Any] | None = None) -> HTTPResponse:
    """Adds an extension for a SIP phone, and shows what to enter there."""
    now, known = document_of(visit), acceptance(visit)
    values: dict[str, Any] = {
        "extensions": blank([e for e in items(now.document, "extension") if "sip" in e]),
        "registered": {device["extension"] for device in visit.ask_or([], "phones")},
        "checks": {check["subject"]: check for check in of_kinds(known["checks"], "sip_phone")},
        "ringing": known.get("ringing", []),
        "away": not visit.box.live.up,
    }
    if visit.wants_part:
        return visit.part("wizard_phones_live.html", **values)
    return visit.page(
        "wizard_phones.html",
        said.status,
        **values,
        number=visit.form("number") or first.free_number(now.document),
        name=visit.form("name"),
        phone=phone,
        code=qr_code(phone["sip"]) if phone else "",
        **refused(now.id, said),
    )


def add_phone(visit: Visit) -> HTTPResponse:
    """The extension is there at once; its settings and their QR code are shown in the same answer."""
    number, name = visit.form("number").strip(), visit.form("name").strip()
    if wrong := applied(visit, lambda document: first.with_phone(document, number, name), "extension", number):
        return phones(visit, wrong)
    try:
        found = visit.box.live.ask("phone", extension=number)
    except TipringError as error:
        return phones(visit, Said({}, (visit.tell(error),)))
    return phones(visit, NOTHING, found)


def ring_phone(visit: Visit) -> HTTPResponse:
    """It rings: whoever lifts it speaks, and hears that again."""
    try:
        visit.box.live.ask("acceptance.ring_phone", extension=visit.form("extension"), author=visit.author)
    except TipringError as error:
        return phones(visit, Said({}, (visit.tell(error),), status_of(error)))
    return redirect("/wizard/phones")


# ---- the provider ----------------------------------------------------------------------------------------


def provider(visit: Visit, said: Said = NOTHING) -> HTTPResponse:
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


def add_provider(visit: Visit) -> HTTPResponse:
    form = entered(visit)
    sip = {key: form.one(key) for key in ("registrar", "username", "password", "number", "transport") if form.one(key)}
    wrong = applied(
        visit,
        lambda document: first.with_provider(document, form.one("name"), sip, form.one("prefix")),
        "trunk",
        form.one("name"),
    )
    if wrong:
        problems = {key.removeprefix("sip."): text for key, text in wrong.problems.items()}
        return provider(visit, Said(problems, wrong.others, wrong.status))
    return redirect("/wizard/provider")


# ---- day and night ---------------------------------------------------------------------------------------


def answer(visit: Visit, said: Said = NOTHING) -> HTTPResponse:
    """What callers hear by day, where keys lead, and whose mailbox takes calls at night."""
    now = document_of(visit)
    document = now.document
    menu = next((m for m in items(document, "ivr") if m.get("name") == first.MENU), {})
    hours = next((s for s in items(document, "schedule") if s.get("name") == first.HOURS), {}).get("hours", USUAL)
    week_days = week.by_day(hours)[:5]
    night = [r.get("to", "") for r in items(document, "route") if str(r.get("to")).startswith("voicemail:")]
    done = first.answered(document)
    return visit.page(
        "wizard_answer.html",
        said.status,
        origins=[(f"{k}:{n}", _origin(document, k, n), (k, n) in done or not done) for k, n in first.origins(document)],
        days=[(days, DAYS[days], _spans(hours, days)) for days in DAYS] if week_days == week_days[:1] * 5 else [],
        menu=blank(menu),
        keys=KEYS,
        targets=[t for t in targets(visit.say, document) if t.value != f"ivr:{first.MENU}"],
        boxes=[(e["number"], named("extension", e)) for e in items(document, "extension")],
        mailbox=night[0].partition(":")[2] if night else "",
        heard_in=next((prompt.language for prompt in spoken.prompts_named(visit.box, first.PROMPT)), ""),
        text=visit.form("text"),
        **refused(now.id, said),
    )


def _origin(document: Document, kind: str, name: str) -> str:
    line = next((line for line in items(document, "line") if kind == "line" and line.get("port") == name), None)
    return named("line", line) if line else name


def _spans(hours: dict[str, Any], days: str) -> list[week.Span]:
    day = {"mon-fri": 0, "sat": 5, "sun": 6}[days]
    return (week.by_day(hours)[day] + [("", "")] * 2)[:2]


def set_answer(visit: Visit) -> HTTPResponse:
    """All of it at once, or nothing."""
    form = entered(visit)
    try:
        if text := form.one("text"):
            spoken.speak(visit.box, first.PROMPT, text, "any")
        elif not spoken.prompts_named(visit.box, first.PROMPT):
            return answer(visit, Said({"text": visit.say(N_("Write what callers are to hear."))}, (), 422))
    except TipringError as error:
        return answer(visit, problems_of(visit, error, {}, ""))
    wanted = _wanted(form)
    if wanted.hours == {}:
        return answer(visit, Said({"hours": visit.say(N_("Give the hours in which you are open."))}, (), 422))
    wrong = applied(visit, lambda document: first.with_answering(document, wanted), "schedule", first.HOURS)
    return answer(visit, wrong) if wrong else redirect("/wizard")


def _wanted(form: Entered) -> first.Answering:
    origins = [(kind, name) for kind, _, name in (text.partition(":") for text in form.all("origin"))]
    keys = {key: target(form, f"key{key}") for key in KEYS if f"key{key}" in form.values}
    asked = f"{next(iter(DAYS))}.from" in form.values
    hours = {days: spans for days in DAYS if (spans := week.spans_entered(form, days))} if asked else None
    return first.Answering(origins, hours, form.one("mailbox"), keys, target(form, "silent"))


ROUTES = [
    PageRoute("GET", "/wizard/phones", phones, roles=auth.CONFIGURE),
    PageRoute("POST", "/wizard/phones", add_phone, roles=auth.CONFIGURE),
    PageRoute("POST", "/wizard/phones/ring", ring_phone, roles=auth.CONFIGURE),
    PageRoute("GET", "/wizard/provider", provider, roles=auth.CONFIGURE),
    PageRoute("POST", "/wizard/provider", add_provider, roles=auth.CONFIGURE),
    PageRoute("GET", "/wizard/answer", answer, roles=auth.CONFIGURE),
    PageRoute("POST", "/wizard/answer", set_answer, roles=auth.CONFIGURE),
]
