# SPDX-License-Identifier: GPL-2.0-or-later
"""Where calls go: routes in and out as a picture one can follow, and what would happen to a call at some time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bottle import HTTPResponse

from firmware.errors import TipringError
from webui import auth, i18n
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit, redirect
from webui.pages.settings.ahead import ahead, wants_no_help
from webui.pages.settings.groups import frame_of
from webui.pages.settings.sheet import Sheet, document_of, entered, revision_of
from webui.pages.settings.submit import routes_of
from webui.settings.blank import blank
from webui.settings.choices import Say, fixed, named, of_table, target_words, targets, with_targets
from webui.settings.fields import OUTSIDE, Entered, Field, Option, filled, target
from webui.settings.picture import picture
from webui.settings.places import origin
from webui.settings.save import save, stale
from webui.settings.tables import Document, Item, id_of, items, move

HOME = "/settings/plan"
ORIGINS = ("line", "trunk", "did")
CLASSES: Mapping[str, str] = {
    "local": N_("local"),
    "national": N_("national"),
    "international": N_("international"),
    "emergency": N_("emergency"),
}


def _origins(say: Say, document: Document) -> Iterator[Option]:
    for line in items(document, "line"):
        yield Option(f"line:{line.get('port')}", named("line", line), say(N_("Lines")))
    for trunk in items(document, "trunk"):
        if "sip" not in trunk:
            continue  # its lines are above
        yield Option(f"trunk:{trunk.get('name')}", str(trunk.get("name")), say(N_("Trunks")))
    yield Option(OUTSIDE, say(N_("One number that is called …")), say(N_("Number")))


def _show(item: Item) -> Item:
    """With its origin as one choice."""
    if item.get("did") is not None:
        return item | {"origin": f"{OUTSIDE}{item['did']}"}
    return item | next(({"origin": f"{key}:{item[key]}"} for key in ORIGINS if item.get(key)), {})


def _read(visit: Visit, document: Document, form: Entered, old: Item) -> Item:
    item = filled(ROUTE.fields[1:], form, {key: value for key, value in old.items() if key not in ORIGINS})
    chosen = target(form, "origin")
    kind, _, name = chosen.partition(":")
    if kind == "external":
        return {"did": name} | item
    return ({kind: name} if kind in ORIGINS else {"line": chosen} if chosen else {}) | item


def _arrange(document: Document) -> Document:
    """Of one origin, the route that is always open comes last: behind it none would have its turn."""
    routes = items(document, "route")
    order = list({_origin_of(route): None for route in routes})
    routes.sort(key=lambda route: (order.index(_origin_of(route)), "schedule" not in route))
    return document


def _origin_of(route: Item) -> str:
    return str(_show(route).get("origin", ""))


ROUTE = Sheet(
    "route",
    "/settings/routes",
    HOME,
    N_("Calls that come in"),
    (
        Field("origin", N_("On"), "target", options=_origins, required=True, beside=N_("Number that is called")),
        Field(
            "schedule",
            N_("While these hours are open"),
            "choice",
            N_("Empty: at all other times."),
            options=of_table("schedule"),
        ),
        Field("to", N_("they go to"), "target", options=targets, required=True, wide=True),
    ),
    show=_show,
    read=_read,
    arrange=_arrange,
    stands_for=dict.fromkeys(ORIGINS, "origin"),
)
OUTBOUND = Sheet(
    "outbound",
    "/settings/outbound",
    HOME,
    N_("Calls that go out"),
    (
        Field(
            "pattern",
            N_("Numbers like"),
            hint=N_("N is 2 to 9, X any digit, Z 1 to 9, [13-5] one of these, . whatever follows."),
            required=True,
        ),
        Field("class", N_("Kind"), "choice", options=fixed(CLASSES), default="national"),
        Field("strip", N_("Digits to take away in front"), "number"),
        Field("prepend", N_("Digits to put in front"), "phone"),
        Field(
            "trunks", N_("Over these trunks"), "ordered", N_("The first that can takes the call."),
            options=of_table("trunk"), required=True, wide=True,
        ),
        Field("cost", N_("Cost"), "number", N_("Of equal patterns the cheapest is tried first.")),
    ),
)  # fmt: skip


def plan(visit: Visit) -> HTTPResponse:
    """The picture, with the question above it."""
    document = document_of(visit).document
    now = datetime.now(i18n.zone(visit.box.site().get("timezone", "UTC")))
    return visit.page(
        "settings_plan.html",
        inward=_inward(visit.say, document),
        unrouted=blank(_unrouted(document)),
        outward=[
            {
                "id": id_of("outbound", item),
                "item": blank(item),
                "class": CLASSES.get(item.get("class", "national"), ""),
            }
            for item in sorted(items(document, "outbound"), key=lambda item: str(item.get("pattern")))
        ],
        origins=list(_origins(visit.say, document))[:-1],
        phones=[(e["number"], named("extension", e)) for e in items(document, "extension")],
        day=f"{now:%Y-%m-%d}",
        clock=f"{now:%H:%M}",
        revision=document_of(visit).id,
        **frame_of(visit),
    )


def _inward(say: Say, document: Document) -> list[dict[str, Any]]:
    """Routes by where their calls come from, each as it is tried."""
    routes = [(_origin_of(route), route) for route in items(document, "route")]
    order = list(dict.fromkeys(key for key, _ in routes))
    routes.sort(key=lambda pair: order.index(pair[0]))
    return [
        {
            "key": key,
            "from": origin(document, group[0]),
            "routes": [
                {"id": id_of("route", r), "item": blank(r), "to": target_words(say, document, r.get("to", ""))}
                for r in group
            ],
        }
        for key, found in itertools.groupby(routes, key=lambda pair: pair[0])
        for group in [[route for _, route in found]]
    ]


def _unrouted(document: Document) -> list[Item]:
    """Lines whose calls nobody answers."""
    routed = {route.get("line") for route in items(document, "route")}
    numbers = {route.get("did") for route in items(document, "route") if route.get("did")}
    return [
        line for line in items(document, "line") if line.get("port") not in routed and line.get("number") not in numbers
    ]


def simulated(visit: Visit) -> HTTPResponse:
    """What would happen, step by step; nothing rings."""
    query = visit.request.query.decode()
    way, number = query.get("way", ""), query.get("number", "").strip()
    kind, _, name = way.partition(":")
    asked = {"from": name, "number": number} if kind == "from" else _comes_in(name, number, query.get("caller", ""))
    at = f"{query.get('day', '')}T{query.get('clock', '')}" if query.get("day") else ""
    document = document_of(visit).document
    try:
        answer = visit.box.live.ask("simulate", at=at, private=query.get("private") == "on", **asked)
    except TipringError as error:
        return visit.part("settings_simulated.html", answer=None, wrong=visit.tell(error), target="")
    target = target_words(visit.say, document, answer["target"])
    way = picture(visit.say, document, answer["picture"]) if answer.get("picture") else None
    steps = [visit.sentence(with_targets(visit.say, document, step)) for step in answer["steps"]]
    return visit.part(
        "settings_simulated.html", answer=answer, steps=steps, wrong="", target=target, picture=way,
        may_edit=visit.may(auth.CONFIGURE),
    )  # fmt: skip


def _comes_in(line: str, number: str, caller: str) -> dict[str, str]:
    return {"line": line, "number": number, "from": caller.strip()}


def up(visit: Visit, id: str) -> HTTPResponse:
    """A route takes its turn before the one above it."""
    form, now = entered(visit), visit.box.configs.current()
    if revision_of(form) != now.id:
        raise stale(now)
    moved = move(now.document, "route", id, form.one("before"))
    if told := ahead(visit, form, now.document, moved):
        again = {"revision": now.id, "before": form.one("before")}
        return visit.page("settings_confirm.html", ahead=told, home=HOME, fields=again.items())
    save(visit.box, visit.author, lambda _: moved, now.id, **wants_no_help(form))
    return redirect(f"{HOME}?saved=1")


ROUTES = [
    PageRoute("GET", HOME, plan),
    PageRoute("GET", f"{HOME}/simulate", simulated),
    PageRoute("POST", "/settings/routes/<id>/up", up, roles=auth.CONFIGURE),
    *(route for sheet in (ROUTE, OUTBOUND) for route in routes_of(sheet)),
]
