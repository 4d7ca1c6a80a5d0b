# SPDX-License-Identifier: GPL-2.0-or-later
"""The agent's own desk: state, call and who it is, notes, hand-over, call-backs, figures of today."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bottle import HTTPResponse

from firmware import telephone_numbers
from firmware.store import call_notes
from webui import auth, seat
from webui.box import Box
from webui.pages.agents import today
from webui.pages.changes import Changes
from webui.pages.route import PageRoute, Visit
from webui.streaming import open_stream
from webui.streams import News

EARLIER = 5  # calls of the same number
PEOPLE = 8  # found by a name
OF_ANYBODY = frozenset(("call_back", "coded"))
Json = dict[str, Any]


@dataclass(frozen=True)
class Mine(Changes):
    """Of all that happens to agents and calls, what concerns one agent."""

    agent: str = ""
    box: Box = field(compare=False, kw_only=True)

    def show(self, news: list[News]) -> bytes:
        return super().show([item for item in news if self._concerns(item)])

    def _concerns(self, item: News) -> bool:
        if item.name == "agent":
            return bool(item.data["id"] == self.agent)
        if item.name not in ("call", "call_ended"):
            return True
        mine = next((one for one in self.box.live.picture()["agents"] if one["id"] == self.agent), None)
        known = {"legs": [], "state": ""} | item.data
        return mine is not None and (item.data["agent"] == self.agent or seat.is_part(known, mine))


def stream(visit: Visit) -> Any:
    names = frozenset(("core", "config", "agent", "call", "call_ended")) | OF_ANYBODY
    return open_stream(visit.box, visit.request, Mine(names, visit.known.agent, box=visit.box))


def desk(visit: Visit) -> HTTPResponse:
    """The page; only its parts when it asks for them anew. Without a core an open page stays as it is, and says so."""
    if not visit.wants_part:
        return visit.page("desk.html", **_of(visit))
    if not visit.box.live.up:
        return HTTPResponse(status=204, headers={"HX-Trigger": "away"})
    return visit.part("desk_parts.html", **_of(visit))


def _of(visit: Visit) -> Json:
    """What the desk of the visitor shows; `agent` is None when no agent has the user's name."""
    agent = seat.agent_of(visit.box, visit.who)
    values: Json = {"agent": agent, "core_up": visit.box.live.up, "reasons": visit.box.labels("pause_reason")}
    if not agent:
        return values
    call = next((call for call in visit.box.live.picture()["calls"] if seat.is_part(call, agent)), None)
    last = agent["last_call"]["call"] if agent["last_call"] else ""
    return values | {
        "call": call,
        "other": other_party(call, agent) if call else {},
        "rings": bool(call) and (agent["state"] == "offered" or (call or {})["state"] == "ringing"),
        "talks": bool(call) and call_talks(call or {}, agent),
        "note": _note(visit, call["id"] if call else last),
        "earlier": _earlier(visit, other_party(call, agent)["number"], call["id"]) if call else [],
        "call_backs": _call_backs(visit, agent),
        "figures": today(visit)["of"].get(agent["id"]),
        "codes": visit.box.labels("disposition"),
    }


def other_party(call: Json, agent: Json) -> dict[str, str]:
    """With whom the agent talks, or will: number and name."""
    if call["direction"] == "inbound" or call["from_number"] != agent["extension"]:
        return {"number": call["from_number"], "name": call["from_name"]}
    return {"number": call["to_number"], "name": ""}


def call_talks(call: Json, agent: Json) -> bool:
    """Whether the agent's phone is part of the conversation, so that it can be handed over."""
    there = any(leg.get("extension") == agent["extension"] for leg in call["legs"])
    return bool(agent["extension"] and there and call["state"] == "talking")


def _note(visit: Visit, call: str) -> Json | None:
    """The visitor's own note on a call, "" for none yet; None without a call."""
    if not call:
        return None
    kept = visit.box.history.read(call_notes.of_calls, [call]).get(call, [])
    own = next((note for note in kept if note.author == visit.known.name), None)
    return {"call": call, "text": own.text if own else ""}


def _earlier(visit: Visit, number: str, now: str) -> list[Json]:
    """The newest calls of a number, however it was written, with what was noted."""
    if not number:
        return []
    found = visit.box.history.calls(number=visit.box.sought(number), limit=EARLIER + 1).items
    past = [cdr for cdr in found if cdr.id != now][:EARLIER]
    notes = visit.box.history.read(call_notes.of_calls, [cdr.id for cdr in past])
    return [{"cdr": cdr.as_json(), "notes": [note.as_json() for note in notes.get(cdr.id, [])]} for cdr in past]


def _call_backs(visit: Visit, agent: Json) -> list[Json]:
    """Those of the agent's queues that are due, or taken by the agent."""
    waiting: list[Json] = visit.ask_recently_or([], "call_backs")
    own = [item for item in waiting if item["queue"] in agent["queues"]]
    return [item for item in own if item["agent"] == agent["id"] or (item["due"] and item["state"] == "waiting")]


# ---- what an agent does -----------------------------------------------------------------------------


def dial(visit: Visit) -> HTTPResponse:
    """Rings the visitor's phone, and calls the number when it is lifted."""
    extension, number = seat.need_phone(visit.box, visit.who), telephone_numbers.dialled(visit.form("number"))
    visit.box.live.ask("call.originate", **{"from": extension, "to": number})
    return visit.part("desk_dialled.html", extension=extension, number=number)


def note(visit: Visit, id: str) -> HTTPResponse:
    """Keeps what the visitor writes of a call, also while call control is away."""
    kept = call_notes.write(visit.box.state, id, visit.known.name, visit.form("text"))
    return visit.part("desk_noted.html", at=kept.at)


def people(visit: Visit) -> HTTPResponse:
    """Who can be given the call: extensions, queues, agents and the phone book, by what they are called."""
    text = visit.request.query.decode().get("to", "").strip()
    call = visit.request.query.decode().get("call", "")
    return visit.part("desk_people.html", people=_found(visit, text) if text else [], asked=text, call=call)


def _found(visit: Visit, text: str) -> list[Json]:
    document, words = visit.box.document(), text.casefold().split()
    inside = [
        *(("extension", item) for item in document.get("extension", [])),
        *(("queue", item) for item in document.get("queue", []) if item.get("number")),
    ]
    agents = {a["extension"]: a["name"] or a["id"] for a in visit.box.live.picture()["agents"] if a["extension"]}
    known = [{"kind": kind, "name": _name(kind, item, agents), "number": item["number"]} for kind, item in inside]
    own = seat.phone_of(visit.box, visit.who)
    matching = [
        one
        for one in known
        if all(w in f"{one['name']} {one['number']}".casefold() for w in words) and one["number"] != own
    ]
    book = visit.ask_or({"items": []}, "contacts", text=text, limit=PEOPLE)["items"]
    found = [*matching, *({"kind": "contact", **contact} for contact in book)]
    number = telephone_numbers.dialled(text)
    exact = number.lstrip("+*").isdigit() and all(one["number"] != number for one in found)
    return [*found[:PEOPLE], *([{"kind": "number", "name": "", "number": number}] if exact else [])]


def _name(kind: str, item: Json, agents: dict[str, str]) -> str:
    name = str(item.get("name", ""))
    sits = agents.get(item["number"], "") if kind == "extension" else ""
    return f"{sits} ({name})" if sits and name and sits != name else sits or name


def transfer(visit: Visit, id: str) -> HTTPResponse:
    """Gives the visitor's caller to a number: at once, or after a word with who is there (`ask`)."""
    method = "call.consult" if visit.form("ask") else "call.hand_over"
    to = telephone_numbers.dialled(visit.form("to"))
    visit.box.live.ask(method, id=id, to=to, by=seat.need_phone(visit.box, visit.who))
    return HTTPResponse(status=204)


def conclude(visit: Visit, id: str) -> HTTPResponse:
    """Ends that word: hands over, comes back, or brings all three together."""
    extension = seat.need_phone(visit.box, visit.who)
    visit.box.live.ask("call.conclude", id=id, by=extension, action=visit.form("action"))
    return HTTPResponse(status=204)


ORDERS = {"take": "call_back.take", "give-back": "call_back.give_back", "call": "call_back.call",
          "done": "call_back.done"}  # fmt: skip


def call_back(visit: Visit, id: str, order: str) -> HTTPResponse:
    """An agent takes a call-back, calls the customer, says that it is done, or gives it back."""
    agent = seat.need_agent(visit.box, visit.who)
    if order == "call":
        seat.need_phone(visit.box, visit.who)
    visit.box.live.ask(ORDERS[order], id=id, agent=agent["id"])
    return HTTPResponse(status=204)


ROUTES = [
    PageRoute("GET", "/desk", desk, roles=auth.SET_AGENT),
    PageRoute("GET", "/desk/stream", stream, roles=auth.SET_AGENT),
    PageRoute("GET", "/desk/people", people, roles=auth.SET_AGENT),
    PageRoute("POST", "/dial", dial, roles=auth.SET_AGENT),
    PageRoute("POST", "/calls/<id>/note", note, roles=auth.SET_AGENT),
    PageRoute("POST", "/calls/<id>/transfer", transfer, roles=auth.SET_AGENT),
    PageRoute("POST", "/calls/<id>/conclude", conclude, roles=auth.SET_AGENT),
    PageRoute("POST", "/call-backs/<id>/<order:re:take|give-back|call|done>", call_back, roles=auth.SET_AGENT),
]
