# SPDX-License-Identifier: GPL-2.0-or-later
"""Queues and the agents who serve them: what everybody sets stands open, the rest is folded away."""

from __future__ import annotations

import functools
from typing import Any

from bottle import HTTPResponse

from webui.i18n import N_
from webui.pages.route import PageRoute, Visit
from webui.pages.settings.groups import NAME, NUMBER, frame_of
from webui.pages.settings.sheet import Sheet, document_of
from webui.pages.settings.submit import routes_of
from webui.settings.blank import blank
from webui.settings.choices import fixed, of_table, target_words, targets
from webui.settings.fields import Entered, Field, filled, number_or_text
from webui.settings.tables import Document, Item, items

HOME = "/settings/queues"
STRATEGIES = {
    "longest_idle": N_("Who has been free the longest"),
    "ring_all": N_("All phones ring, the first who answers has the call"),
    "round_robin": N_("In turn, going on after who was asked last"),
    "fewest_calls": N_("Who has taken the fewest calls today"),
    "least_talk": N_("Who has talked the least today"),
    "linear": N_("Always in the same order, from the first"),
    "random": N_("By lot, by the agents' weights"),
    "skills": N_("Whose skills fit the caller best"),
}
PRESENCES = {
    "always": N_("Always"),
    "logged_in": N_("While an agent is logged in, even on a pause"),
    "working": N_("While an agent works, perhaps on a call"),
    "free": N_("While an agent is free"),
}
TONES = {
    "alarm": N_("When a figure turns red"),
    "warn": N_("When a figure turns amber or red"),
    "none": N_("Never"),
}
SOUNDS = {"normal": N_("As other calls"), "group": N_("As a group, so that agents know it is the queue")}
CONSENTS = {
    "none": N_("Not announced"),
    "caller": N_("Announced to the caller"),
    "agent": N_("Announced to the agent"),
    "both": N_("Announced to both"),
}
SKILL_LINES = N_("One a line: a name and the least level from 1 to 10, such as: german 5")
WEIGHT_LINES = N_("One a line: a name and how much it weighs from 1 to 10, such as: billing 2")
LEVEL_LINES = N_("One a line: a name and the level from 1 to 10, such as: german 8")
OVERFLOW = N_("Empty: where callers go who waited too long.")


def seconds(key: str, label: str, hint: str = "") -> Field:
    """A number of seconds, or nothing for the default."""
    return Field(key, label, "number", hint)


BASIC = (
    NAME,
    NUMBER,
    Field(
        "strategy",
        N_("Who is asked first"),
        "choice",
        options=fixed(STRATEGIES),
        default="longest_idle",
        wide=True,
    ),
    seconds("ring_timeout_s", N_("Seconds that one phone rings"), N_("20 when empty.")),
    seconds("wrap_up_s", N_("Seconds of wrap-up after a call"), N_("10 when empty.")),
    seconds("max_wait_s", N_("Longest wait, in seconds"), N_("300 when empty.")),
    Field("overflow", N_("Who waited too long goes to"), "target", N_("Empty: congestion tone."), options=targets),
)
FOLDED: tuple[tuple[str, str, tuple[Field, ...]], ...] = (
    (
        N_("What callers hear"),
        "",
        (
            Field("greeting", N_("Prompt at the beginning"), hint=N_("Its name; empty: the box's greeting.")),
            Field("waiting.music", N_("Music"), hint=N_("A prompt's name; empty: the box's music.")),
            seconds("waiting.first_s", N_("First announcement after seconds"), N_("20 when empty.")),
            seconds("waiting.every_s", N_("Then each seconds"), N_("45 when empty.")),
            Field("waiting.position", N_("Say the place in line"), "switch", default=False),
            Field("waiting.estimate", N_("Say how long it will take"), "switch", default=False),
            Field("consent", N_("Recording"), "choice", options=fixed(CONSENTS), default="none"),
            Field("survey", N_("Survey afterwards"), "choice", options=of_table("survey")),
        ),
    ),
    (
        N_("What agents hear and say"),
        "",
        (
            Field("ring", N_("How phones ring"), "choice", options=fixed(SOUNDS), default="normal"),
            Field("whisper", N_("Tell the agent the queue and the wait first"), "switch", default=False),
            Field("dispositions", N_("Codes for what came of a call"), "members", options=of_table("disposition")),
            Field("disposition_required", N_("A code must be given"), "switch", default=False),
        ),
    ),
    (
        N_("Full or empty queue"),
        "",
        (
            Field("max_callers", N_("How many may wait"), "number", N_("Empty or 0: any number.")),
            Field("when_full", N_("The others go to"), "target", OVERFLOW, options=targets),
            Field("join_while", N_("Callers may join"), "choice", options=fixed(PRESENCES), default="always"),
            Field("stay_while", N_("Callers may stay"), "choice", options=fixed(PRESENCES), default="always"),
            seconds("empty_after_s", N_("Seconds without an agent before they go"), N_("10 when empty.")),
            Field("when_empty", N_("They go to"), "target", OVERFLOW, options=targets),
            seconds(
                "return_s",
                N_("Seconds for coming back"),
                N_("Who is cut off and calls again within this time has the old place. 60 when empty, 0: nobody."),
            ),
        ),
    ),
    (
        N_("Goal and wallboard"),
        N_("From which value on the wallboard shows a figure in amber or red; 0: never."),
        (
            seconds("service_level_s", N_("Answered within seconds"), N_("20 when empty.")),
            Field("service_level_goal", N_("Goal: so many percent of them"), "number", N_("80 when empty.")),
            Field("wallboard.service_level_alarm", N_("Red below percent"), "number", N_("60 when empty.")),
            Field("wallboard.waiting_warn", N_("Callers who wait: amber from"), "number", N_("3 when empty.")),
            Field("wallboard.waiting_alarm", N_("Callers who wait: red from"), "number", N_("6 when empty.")),
            seconds("wallboard.wait_warn_s", N_("Longest wait in seconds: amber from"), N_("30 when empty.")),
            seconds("wallboard.wait_alarm_s", N_("Longest wait in seconds: red from"), N_("60 when empty.")),
            Field("wallboard.abandoned_warn", N_("Percent who give up: amber from"), "number", N_("5 when empty.")),
            Field("wallboard.abandoned_alarm", N_("Percent who give up: red from"), "number", N_("10 when empty.")),
            Field("wallboard.sound", N_("Sound"), "choice", options=fixed(TONES), default="alarm"),
        ),
    ),
    (
        N_("Calls that agents miss"),
        N_("How many seconds an agent is left alone afterwards; 5 when empty."),
        (
            seconds("no_answer_delay_s", N_("After not answering")),
            seconds("reject_delay_s", N_("After rejecting")),
            seconds("busy_delay_s", N_("When the phone was busy")),
            Field(
                "max_misses",
                N_("Missed calls in a row that pause the agent"),
                "number",
                N_("Empty or 0: none do."),
            ),
        ),
    ),
    (
        N_("Order and tiers"),
        N_("Agents of tier 1 are asked before those of tier 2."),
        (
            seconds(
                "tier_delay_s",
                N_("Seconds before the next tier"),
                N_("Empty or 0: as soon as nobody of a lower tier is free."),
            ),
            Field("priority", N_("Priority"), "number", N_("0 to 100, against other queues of the same agents.")),
            seconds(
                "priority_step_s",
                N_("One point counts as seconds of waiting"),
                N_("60 when empty. So nobody waits for ever behind more important callers."),
            ),
        ),
    ),
    (
        N_("Skills"),
        "",
        (
            Field("required", N_("Agents must have"), "levels", SKILL_LINES),
            Field("preferred", N_("Better with"), "levels", WEIGHT_LINES),
            seconds(
                "relax_s",
                N_("Ask for one level less after each seconds"),
                N_("Empty or 0: never. Otherwise callers are not lost when nobody fits."),
            ),
        ),
    ),
)


def parts_of(visit: Visit, document: Document, item: Item) -> dict[str, Any]:
    """The fields that are folded away, by their keys."""
    return {"folded": [(title, note, [f.key for f in fields]) for title, note, fields in FOLDED]}


QUEUE = Sheet(
    "queue",
    HOME,
    HOME,
    N_("Queue"),
    (*BASIC, *(field for _, _, fields in FOLDED for field in fields)),
    template="settings_queue.html",
    more=parts_of,
)

AGENT_FIELDS = (
    Field("id", N_("Short name"), hint=N_("Letters and digits, without spaces; reports go by it."), required=True),
    Field("name", N_("Name")),
    Field("extension", N_("Own telephone"), "choice", N_("Empty: wherever the agent logs in."),
          options=of_table("extension", "number")),
    Field("number", N_("Agent number"), "phone", N_("To log in with at any telephone.")),
    Field("pin", N_("PIN"), "phone", N_("4 to 12 digits.")),
    Field("skills", N_("Skills"), "levels", LEVEL_LINES, wide=True),
)  # fmt: skip


def _agent(visit: Visit, document: Document, entered: Entered, old: Item) -> Item:
    item = filled(AGENT_FIELDS, entered, old)
    served = {name: _part(entered, name) for name in entered.all("serves")}
    item.pop("queues", None)
    return item | ({"queues": served} if served else {})


def _part(entered: Entered, queue: str) -> Any:
    """A tier alone where the weight is the usual one."""
    tier = number_or_text(entered.one(f"tier.{queue}") or "1")
    weight = number_or_text(entered.one(f"weight.{queue}") or "1")
    return tier if weight == 1 else {"tier": tier, "weight": float(weight) if isinstance(weight, int) else weight}


def _serves(visit: Visit, document: Document, item: Item) -> dict[str, Any]:
    own = item.get("queues", {})
    rows = []
    for queue in items(document, "queue"):
        part = own.get(queue.get("name"))
        table = part if isinstance(part, dict) else {"tier": part}
        rows.append(
            {
                "name": queue.get("name"),
                "serves": part is not None,
                "tier": table.get("tier") or 1,
                "weight": table.get("weight", 1),
            }
        )
    return {"queues": rows}


AGENT = Sheet(
    "agent",
    "/settings/agents",
    HOME,
    N_("Agent"),
    AGENT_FIELDS,
    template="settings_agent.html",
    read=_agent,
    more=_serves,
    shows=("queues",),
)


def queues(visit: Visit) -> HTTPResponse:
    """All of both."""
    document = document_of(visit).document
    words = functools.partial(target_words, visit.say, document)
    agents = items(document, "agent")
    listed = [
        {
            "item": blank(queue),
            "strategy": visit.say(STRATEGIES.get(queue.get("strategy", "longest_idle").replace("-", "_"), "")),
            "agents": [a.get("name") or a["id"] for a in agents if queue.get("name") in a.get("queues", {})],
            "overflow": words(queue["overflow"]) if queue.get("overflow") else "",
        }
        for queue in items(document, "queue")
    ]
    return visit.page(
        "settings_queues.html", queues=listed, agents=[blank(agent) for agent in agents], **frame_of(visit)
    )


ROUTES = [
    PageRoute("GET", HOME, queues),
    *(route for sheet in (QUEUE, AGENT) for route in routes_of(sheet)),
]
