# SPDX-License-Identifier: GPL-2.0-or-later
"""Each telephone line is tested by the Line Doctor, and gets its name and number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bottle import HTTPResponse

from firmware import telephone_numbers
from firmware.errors import TipringError
from webui import line_report
from webui.http import status_of
from webui.i18n import N_
from webui.pages.route import Visit, redirect
from webui.pages.settings.said import NOTHING, Said
from webui.pages.settings.sheet import document_of, entered
from webui.pages.settings.submit import on_trial
from webui.pages.wizard.checks import acceptance, of_kinds
from webui.pages.wizard.saving import applied, refused, saved
from webui.settings import wizard
from webui.settings.tables import Document, items

PATH = "/wizard/lines"


def _known(document: Document, port: str) -> dict[str, str]:
    line = next((line for line in items(document, "line") if line.get("port") == port), {})
    return {"port": port, "name": str(line.get("name", "")), "number": str(line.get("number", ""))}


def show(visit: Visit, said: Said = NOTHING) -> HTTPResponse:
    """All lines; only their states when the open page asks for them anew."""
    ports = [port for port in visit.box.live.picture()["ports"] if port["kind"] == "fxo"]
    known, now = acceptance(visit), document_of(visit)
    checks, learning = of_kinds(known["checks"], "line", "number"), known.get("learning")
    unknown = [port["id"] for port in ports if not _known(now.document, port["id"])["number"]]
    values: dict[str, Any] = {
        "checks": checks,
        "at": PATH,
        "ports": ports,
        "away": not visit.box.live.up,
        "learning": learning,
        "busy": learning is not None and learning["state"] == "calling",
        "can_learn": unknown if wizard.numbers(now.document) else [],
        "swapped": visit.wants_part,
        "revision": now.id,
    }
    if visit.wants_part:
        return visit.part("wizard_lines_live.html", **values)
    rows = [
        {**known, **{key: visit.form(f"{key}.{known['port']}") or known[key] for key in ("name", "number")}}
        for known in (_known(now.document, port["id"]) for port in ports)
    ]
    values |= {"unknown": unknown, "called": visit.form("called"), "rows": rows, "trial_s": visit.form("trial_s")}
    return visit.page("wizard_lines.html", said.status, **(values | refused(now.id, said)))


def save_all(visit: Visit) -> HTTPResponse:
    """All names and numbers at once, for good or on trial."""
    form = entered(visit)
    ports = [key.removeprefix("name.") for key in form.values if key.startswith("name.")]
    found = [
        wizard.Found(port, form.one(f"name.{port}"), telephone_numbers.dialled(form.one(f"number.{port}")))
        for port in ports
    ]
    wrong = saved(visit, lambda document: wizard.with_lines(document, found))
    return show(visit, wrong) if wrong else redirect("/wizard")


# ---- one of them -----------------------------------------------------------------------------------------


def examine(visit: Visit, port: str, problem: str = "", said: Said = NOTHING) -> HTTPResponse:
    """What the Line Doctor does now and what to do for it; its result in plain words."""
    now = document_of(visit)
    report = visit.ask_or({"report": None}, "doctor.show", line=port)["report"]
    values: dict[str, Any] = {
        "port": port,
        "line": _known(now.document, port),
        "known": any(line.get("port") == port for line in items(now.document, "line")),
        "report": report,
        "stages": line_report.stages(report) if report else [],
        "task": line_report.task(report) if report else "",
        "result": line_report.rows(report, visit.say) if report else [],
        "away": not visit.box.live.up,
    }
    if visit.wants_part:
        return visit.part("wizard_line_live.html", **values)
    status = said.status if said.status != 200 or not problem else 409
    return visit.page("wizard_line.html", status, problem=problem, **values, **refused(now.id, said))


def _ordered(visit: Visit, port: str, method: str, **params: Any) -> HTTPResponse:
    try:
        visit.box.live.ask(method, line=port, **params)
    except TipringError as error:
        if status_of(error) == 404:
            raise
        return examine(visit, port, visit.tell(error))
    return redirect(f"{PATH}/{port}")


def start(visit: Visit, port: str) -> HTTPResponse:
    return _ordered(visit, port, "doctor.start")


def cancel(visit: Visit, port: str) -> HTTPResponse:
    return _ordered(visit, port, "doctor.cancel")


def apply(visit: Visit, port: str) -> HTTPResponse:
    """What was found becomes the line's settings, for good or on trial."""
    return _ordered(visit, port, "doctor.apply", author=visit.author, **on_trial(entered(visit)))


def number(visit: Visit, port: str) -> HTTPResponse:
    """The number that was dialled for the test is the line's."""
    dialled = telephone_numbers.dialled(visit.form("number"))

    def with_number(document: Document) -> Document:
        return wizard.with_lines(document, [wizard.Found(port, _known(document, port)["name"], dialled)])

    wrong = applied(visit, with_number, "line", port)
    if wrong:
        return examine(visit, port, said=wrong)
    if visit.form("learnt"):
        _learn(visit)
    return redirect(PATH)


# ---- its number ------------------------------------------------------------------------------------------


def _learn(visit: Visit, **what: str) -> HTTPResponse:
    try:
        visit.box.live.ask("acceptance.learn_number", author=visit.author, **what)
    except TipringError as error:
        if status_of(error) == 404:
            raise
        told = visit.tell(error)
        said = Said({"called": told}, ()) if error.field == "number" else Said({}, (told,))
        return show(visit, replace(said, status=status_of(error)))
    return redirect(PATH)


def learn(visit: Visit, port: str) -> HTTPResponse:
    """The box calls another line of its own on this one."""
    return _learn(visit, line=port)


def wait_for_call(visit: Visit) -> HTTPResponse:
    """Somebody calls this number: which line rings?"""
    if not visit.form("called").strip():
        return show(visit, Said({"called": visit.say(N_("Enter the number that you call."))}, (), 422))
    return _learn(visit, number=visit.form("called"))


def stop_learning(visit: Visit) -> HTTPResponse:
    return _learn(visit)
