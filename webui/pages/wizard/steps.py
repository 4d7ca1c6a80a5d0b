# SPDX-License-Identifier: GPL-2.0-or-later
"""The steps, what is done of each, and with which one to go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bottle import HTTPResponse

from webui.i18n import N_
from webui.pages.route import Visit
from webui.pages.settings.sheet import document_of
from webui.pages.wizard.checks import acceptance, done, of_kinds
from webui.settings import wizard
from webui.settings.tables import items
from webui.spoken import prompts_named

HOME = "/wizard"


@dataclass(frozen=True, slots=True)
class Step:
    """`kinds` are the checks that it is about; a step without any is optional."""

    path: str
    title: str
    text: str
    kinds: tuple[str, ...] = field(default=())


STEPS = (
    Step("/wizard/place", N_("Language, country, time"), N_("So that tones, prompts and hours are right"), ("place",)),
    Step("/import", N_("From another system"), N_("Extensions, queues, menus, calls of a FreePBX, Asterisk or a list")),
    Step("/wizard/ports", N_("What is plugged in"), N_("The card as it looks from behind, live"), ("port",)),
    Step("/wizard/telephones", N_("Telephones"), N_("Lift each one, and give it its name"), ("phone",)),
    Step("/wizard/lines", N_("Telephone lines"), N_("The Line Doctor tests each one"), ("line", "number")),
    Step("/wizard/team", N_("Who answers"), N_("A queue, and the people who answer it"), ("agents",)),
    Step("/wizard/greeting", N_("Greeting"), N_("Spoken into a telephone, typed, or a file"), ()),
    Step("/wizard/answer", N_("Day and night"), "", ("hours", "greeting", "arrival")),
    Step("/wizard/provider", N_("Provider"), N_("none; telephone lines work without one"), ("trunk",)),
    Step("/wizard/phones", N_("SIP phones"), "", ("sip_phone",)),
    Step("/wizard/cloud", N_("Cloud"), N_("optional; calls are kept here in any case"), ("cloud",)),
    Step("/wizard/care", N_("Alarms and backup"), "", ()),
    Step("/wizard/calls", N_("Test calls"), N_("One in and one out, watched step by step"), ("call_in", "call_out")),
    Step("/wizard/acceptance", N_("Acceptance"), N_("All checks at once, and the certificate"), ()),
)  # fmt: skip
OPTIONAL = frozenset(("/import", "/wizard/provider", "/wizard/phones", "/wizard/cloud", "/wizard/care"))
TRY = Step("/settings/plan", N_("Try it"), N_("What happens to a call on Sunday at 20:00?"))


def overview(visit: Visit) -> HTTPResponse:
    """The steps; only their list when the open page asks for it anew."""
    values = _values(visit)
    return visit.part("wizard_steps.html", **values) if visit.wants_part else visit.page("wizard.html", **values)


def _values(visit: Visit) -> dict[str, Any]:
    known = acceptance(visit)
    shown = [_shown(visit, step, known) for step in STEPS]
    following = next((item for item in shown if not item["done"] and item["path"] not in OPTIONAL), None)
    finished = sum(item["done"] for item in shown if item["path"] not in OPTIONAL)
    return {
        "steps": shown,
        "following": following,
        "finished": finished,
        "count": len(STEPS) - len(OPTIONAL),
        "more": TRY,
        "away": not visit.box.live.up,
    }


def _shown(visit: Visit, step: Step, known: dict[str, Any]) -> dict[str, Any]:
    text = _TEXTS[step.path](visit) if step.path in _TEXTS else visit.say(step.text)
    checks = of_kinds(known["checks"], *step.kinds)
    is_done = _DONE[step.path](visit, known) if step.path in _DONE else done(checks)
    left = [check for check in checks if check["result"] in ("open", "fail")]
    return {"path": step.path, "title": step.title, "text": text, "done": is_done, "left": left,
            "optional": step.path in OPTIONAL}  # fmt: skip


def _day_and_night(visit: Visit) -> str:
    document = document_of(visit).document
    there, all_ = wizard.answered(document), wizard.origins(document)
    text = N_("%(there)s of %(all)s lines and trunks have a menu by day and a mailbox by night")
    return visit.say(text, there=len(there), all=len(all_))


def _sip(visit: Visit) -> tuple[int, int]:
    devices = visit.ask_or([], "phones")
    extensions = [e for e in items(document_of(visit).document, "extension") if "sip" in e]
    return len({device["extension"] for device in devices}), len(extensions)


def _sip_phones(visit: Visit) -> str:
    there, all_ = _sip(visit)
    return visit.say(N_("%(there)s of %(all)s registered"), there=there, all=all_)


def _providers(visit: Visit) -> str:
    names = [str(trunk["name"]) for trunk in items(document_of(visit).document, "trunk") if "sip" in trunk]
    return ", ".join(names) or visit.say(N_("none; telephone lines work without one"))


def _care(visit: Visit) -> str:
    document = document_of(visit).document
    told, places = len(items(document, "alarm_channel")), len(items(document, "backup_target"))
    if not told and not places:
        return visit.say(N_("Who is told when something is wrong, and where the backup lies"))
    return visit.say(N_("Ways to tell of alarms: %(told)s, places for backups: %(places)s"), told=told, places=places)


def _cared_for(visit: Visit, known: dict[str, Any]) -> bool:
    document = document_of(visit).document
    return bool(document.get("alarm_channel") and document.get("backup_target"))


_TEXTS = {
    "/wizard/answer": _day_and_night, "/wizard/phones": _sip_phones, "/wizard/provider": _providers,
    "/wizard/care": _care,
}  # fmt: skip
_DONE: dict[str, Callable[[Visit, dict[str, Any]], bool]] = {
    "/import": lambda visit, known: visit.box.imports.progress()["step"] in ("sending", "done"),
    "/wizard/care": _cared_for,
    "/wizard/greeting": lambda visit, known: bool(prompts_named(visit.box, wizard.PROMPT)),
    "/wizard/acceptance": lambda visit, known: [c["verdict"] != "failed" for c in known["certificates"]][:1] == [True],
}
