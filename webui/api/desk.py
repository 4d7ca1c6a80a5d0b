# SPDX-License-Identifier: GPL-2.0-or-later
"""What agents do in and about their calls: hand over, ask somebody first, write a note, keep a call-back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from firmware import telephone_numbers
from firmware.errors import Denied
from firmware.store import call_notes
from webui import auth, seat
from webui.api.route import Ask, Route
from webui.http import only_fields, text_field


def _extension(ask: Ask, body: dict[str, Any]) -> str:
    """Whose party hands over: an agent's own phone, for others the one that they name."""
    if ask.who.role == "agent" or "extension" not in body:
        return seat.need_phone(ask.box, ask.who)
    return text_field(body, "extension", longest=64)


def _to(body: dict[str, Any]) -> str:
    return telephone_numbers.dialled(text_field(body, "to", longest=64))


def hand_over(ask: Ask, id: str) -> Any:
    """Gives whoever talks with an extension to a number; the extension is rung again when nobody is there."""
    body = ask.json()
    only_fields(body, "to", "extension")
    return ask.box.live.ask("call.hand_over", id=id, to=_to(body), by=_extension(ask, body)) or {}


def consult(ask: Ask, id: str) -> Any:
    """Lets an extension ask somebody else, while the other one hears music."""
    body = ask.json()
    only_fields(body, "to", "extension")
    return ask.box.live.ask("call.consult", id=id, to=_to(body), by=_extension(ask, body)) or {}


def conclude(ask: Ask, id: str) -> Any:
    """Hands over after that, comes back, or brings all together."""
    body = ask.json()
    only_fields(body, "action", "extension")
    action = text_field(body, "action", longest=20)
    return ask.box.live.ask("call.conclude", id=id, by=_extension(ask, body), action=action) or {}


def notes(ask: Ask, id: str) -> Any:
    """What people wrote of a call."""
    return [note.as_json() for note in ask.box.history.read(call_notes.of_calls, [id]).get(id, [])]


def write_note(ask: Ask, id: str) -> Any:
    """The note of whoever asks, in place of an earlier one; an empty one takes it away."""
    body = ask.json()
    only_fields(body, "text")
    text = text_field(body, "text", required=False, longest=call_notes.LONGEST)
    return call_notes.write(ask.box.state, id, ask.who.agent, text).as_json()


def _agent(ask: Ask) -> str:
    """An agent acts in the own name, others in that of the agent they name."""
    body = ask.json()
    only_fields(body, "agent")
    named = text_field(body, "agent", longest=64, required=False)
    if ask.who.role == "agent" and named not in ("", ask.who.agent):
        raise Denied("Agents see and set what is their own only.")
    return named or ask.who.agent


def _call_back(order: str) -> Callable[..., Any]:
    def handle(ask: Ask, id: str) -> Any:
        return ask.box.live.ask(f"call_back.{order}", id=id, agent=_agent(ask))

    return handle


take, give_back, call, done = (_call_back(order) for order in ("take", "give_back", "call", "done"))

ROUTES = [
    Route("POST", "/calls/<id>/hand-over", hand_over, roles=auth.SET_AGENT),
    Route("POST", "/calls/<id>/consult", consult, roles=auth.SET_AGENT),
    Route("POST", "/calls/<id>/conclude", conclude, roles=auth.SET_AGENT),
    Route("GET", "/calls/<id>/notes", notes, roles=auth.HEAR),
    Route("PUT", "/calls/<id>/note", write_note, roles=auth.SET_AGENT),
    Route("POST", "/call-backs/<id>/take", take, roles=auth.SET_AGENT),
    Route("POST", "/call-backs/<id>/give-back", give_back, roles=auth.SET_AGENT),
    Route("POST", "/call-backs/<id>/call", call, roles=auth.SET_AGENT),
    Route("POST", "/call-backs/<id>/done", done, roles=auth.SET_AGENT),
]
