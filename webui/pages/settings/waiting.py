# SPDX-License-Identifier: GPL-2.0-or-later
"""What callers of a queue may do while they wait, the rules of call-backs, and surveys."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from bottle import HTTPResponse

from webui.i18n import N_
from webui.pages.route import PageRoute, Visit
from webui.pages.settings.groups import NAME, NUMBER, frame_of
from webui.pages.settings.sheet import Sheet, document_of
from webui.pages.settings.submit import routes_of
from webui.settings.blank import blank
from webui.settings.choices import Say, fixed, of_table, target_words, targets
from webui.settings.fields import OUTSIDE, Entered, Field, Option, filled, number_or_text
from webui.settings.tables import Document, Item, items

HOME = "/settings/waiting"
CALL_BACK = "call_back"
CALLED_BACK = N_("Keep the place and be called back")
CLASSES = {
    "internal": N_("Extensions"),
    "local": N_("Local numbers"),
    "national": N_("National numbers"),
    "international": N_("All numbers"),
}
QUESTIONS = 5  # that the form has rows for


def ways_out(say: Say, document: Document) -> Iterator[Option]:
    """Where a key can lead who waits."""
    yield Option(CALL_BACK, say(CALLED_BACK))
    yield from (option for option in targets(say, document) if option.value != OUTSIDE)


def _key(key: str, label: str) -> Field:
    return Field(f"waiting.keys.{key}", label, "choice", options=ways_out)


WAITING_FIELDS = (
    _key("1", N_("Key 1")),
    _key("2", N_("Key 2")),
    _key("3", N_("Key 3")),
    _key("0", N_("Key 0")),
    Field("refuse_key", N_("Key that refuses the recording"), "phone", N_("Works where the recording is announced.")),
    Field("waiting.prompts", N_("Prompts"), "lines", N_("Names of prompts, one a line; said in turn.")),
    Field("call_back.class", N_("Who can be called back"), "choice", options=fixed(CLASSES), default="national"),
    Field("call_back.schedule", N_("When customers are called"), "choice", N_("Empty: at any time."),
          options=of_table("schedule")),
    Field("call_back.tries", N_("How often a customer is called"), "number", N_("3 when empty.")),
    Field("call_back.retry_s", N_("Seconds from one try to the next"), "number", N_("900 when empty.")),
    Field("call_back.other_number", N_("Customers may give another number"), "switch", default=True),
    Field("call_back.later", N_("Customers may choose a time"), "switch", default=True),
)  # fmt: skip


def _waiting(visit: Visit, document: Document, entered: Entered, old: Item) -> Item:
    return filled(WAITING_FIELDS, entered, copy.deepcopy(old))  # some of its tables are within others


WAITING = Sheet(
    "queue", HOME, HOME, N_("While callers wait"), WAITING_FIELDS, template="settings_waiting_queue.html",
    read=_waiting, stands_for={f'waiting.keys."{key}"': f"waiting.keys.{key}" for key in "1230"},
)  # fmt: skip

SURVEY_FIELDS = (
    NAME,
    NUMBER,
    Field("intro", N_("Prompt at the beginning"), hint=N_("Its name; empty: the box's own.")),
    Field("thanks", N_("Prompt at the end"), hint=N_("Its name; empty: the box's own.")),
    Field("timeout_s", N_("Seconds for each answer"), "number", N_("5 when empty.")),
)


def _survey(visit: Visit, document: Document, entered: Entered, old: Item) -> Item:
    rows = [_question(entered, n) for n in range(max(QUESTIONS, len(old.get("question", []))))]
    return filled(SURVEY_FIELDS, entered, old) | {"question": [row for row in rows if row]}


def _question(entered: Entered, n: int) -> Item:
    found = {key: entered.one(f"question.{n}.{key}") for key in ("name", "prompt", "highest")}
    item: Item = {key: text for key, text in found.items() if text}
    return item | ({"highest": number_or_text(found["highest"])} if found["highest"] else {})


def _questions(visit: Visit, document: Document, item: Item) -> dict[str, Any]:
    known = item.get("question", [])
    return {"questions": [blank(question) for question in [*known, *[{}] * (QUESTIONS - len(known))]]}


SURVEY = Sheet(
    "survey", "/settings/surveys", HOME, N_("Survey"), SURVEY_FIELDS, template="settings_survey.html",
    note=N_("Heard by callers whose agent hangs up first, and by those who are handed over to its number."),
    read=_survey, more=_questions,
)  # fmt: skip


def _keys(visit: Visit, document: Document, queue: Item) -> list[str]:
    pressed = queue.get("waiting", {}).get("keys", {})
    words = {
        key: visit.say(CALLED_BACK) if to == CALL_BACK else target_words(visit.say, document, to)
        for key, to in pressed.items()
    }
    return [f"{key}: {text}" for key, text in words.items()]


def waiting(visit: Visit) -> HTTPResponse:
    """All queues, and all surveys."""
    document = document_of(visit).document
    queues = [{"item": blank(queue), "keys": _keys(visit, document, queue)} for queue in items(document, "queue")]
    surveys = [
        {"item": blank(survey), "questions": [question.get("name", "") for question in survey.get("question", [])]}
        for survey in items(document, "survey")
    ]
    return visit.page("settings_waiting.html", queues=queues, surveys=surveys, **frame_of(visit))


ROUTES = [
    PageRoute("GET", HOME, waiting),
    *(route for route in routes_of(WAITING) if route.path == f"{HOME}/<id>"),
    *routes_of(SURVEY),
]
