# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls: those that are, those that were, and commands to them."""

from __future__ import annotations

from typing import Any

from firmware.errors import NotFound
from firmware.records import Disposition
from webui import auth
from webui.api.route import Ask, Route, number_of, time_of
from webui.api.schema import (
    PAGE,
    SPAN,
    TEXT,
    TRUTH,
    Query,
    chosen,
    many,
    may_lack,
    obj,
    one_of,
    only,
    page_of,
    ref,
    text,
)
from webui.http import json_response, only_fields, text_field
from webui.trails import merged

RUNG_S = 35.0  # a phone that rings for so long is answered by nobody


def active(ask: Ask) -> Any:
    """Calls that go on."""
    return ask.box.live.need()["calls"]


def ended(ask: Ask) -> Any:
    """Ended calls, newest first, by pages."""
    query = ask.query()
    page = ask.box.history.calls(
        since=time_of(query, "since"),
        until=time_of(query, "until"),
        number=ask.box.sought(query.get("number")),
        queue=query.get("queue"),
        agent=query.get("agent"),
        limit=number_of(query, "limit", 50),
        cursor=query.get("cursor"),
        disposition=query.get("disposition"),
    )
    return {"items": [cdr.as_json() for cdr in page.items], "next": page.next}


def one(ask: Ask, id: str) -> Any:
    """A call with its trail and legs; `active` is its present state while it goes on."""
    now = next((call for call in ask.box.live.picture()["calls"] if call["id"] == id), None)
    try:
        cdr = ask.box.history.call(id).as_json()
    except NotFound:
        if now is None:
            raise
        cdr = {}
    trail = merged([step.as_json() for step in ask.box.history.trail_of(id)], ask.box.live.trail(id))
    legs = [leg.as_json() for leg in ask.box.history.legs_of(id)]
    return (now or {}) | cdr | {"active": now, "trail": trail, "legs": legs}


def originate(ask: Ask) -> Any:
    """Rings extension `from`; when it answers, calls `to`."""
    body = ask.json()
    only_fields(body, "from", "to")
    params = {"from": text_field(body, "from", longest=64), "to": text_field(body, "to", longest=64)}
    return json_response(ask.box.live.ask("call.originate", **params), 201)


def hang_up(ask: Ask, id: str) -> Any:
    """Ends a call."""
    only_fields(ask.json())
    return ask.box.live.ask("call.hangup", id=id, by=ask.who.agent) or {}


def transfer(ask: Ask, id: str) -> Any:
    """Takes one party of a conversation to a number."""
    body = ask.json()
    only_fields(body, "to", "keep")
    to = text_field(body, "to", longest=64)
    return ask.box.live.ask("call.transfer", id=id, to=to, keep=_kept(body)) or {}


def park(ask: Ask, id: str) -> Any:
    """Lets one party wait in a slot until somebody takes it."""
    body = ask.json()
    only_fields(body, "keep")
    return ask.box.live.ask("call.park", id=id, keep=_kept(body))


def _kept(body: dict[str, Any]) -> str:
    """Which party goes on with the call."""
    return text_field(body, "keep", longest=10) if "keep" in body else "caller"


def recording(ask: Ask, id: str) -> Any:
    """Starts, stops, pauses or silences the recording of a conversation."""
    body = ask.json()
    only_fields(body, "action")
    action = text_field(body, "action", longest=20)
    return ask.box.live.ask("call.recording", id=id, action=action, by=ask.who.name)


def supervise(ask: Ask, id: str) -> Any:
    """Rings an extension, and lets it listen, whisper or talk."""
    body = ask.json()
    only_fields(body, "extension", "mode")
    extension, mode = text_field(body, "extension", longest=64), text_field(body, "mode", longest=10)
    who = ask.who.agent
    asked = {"id": id, "extension": extension, "mode": mode, "by": who}
    return ask.box.live.ask_patiently(RUNG_S, "call.supervise", **asked) or {}


_FILTERS = (*chosen("number", "queue", "agent"), Query("disposition", one_of(*Disposition), "What it came to."))
_KEEP = may_lack(one_of("caller", "callee"))
_ACTIONS = one_of("start", "stop", "pause", "resume", "card_entry", "card_entered")
_BOTH = only({"from": text(64), "to": text(64)})
_TALK = ("no_such_call", "not_talking")

ROUTES = [
    Route("GET", "/calls", ended, query=(*SPAN, *_FILTERS, *PAGE), answer=page_of(ref("Cdr"))),
    Route(
        "POST", "/calls", originate, auth.MANAGE, body=_BOTH, answer=obj(id=TEXT), status=201,
        fails=("no_such_extension", "bad_number", "call_refused"),
    ),
    Route("GET", "/calls/active", active, answer=many(ref("ActiveCall"))),
    Route("GET", "/calls/<id>", one, answer=ref("Call"), fails=("no_such_call",)),
    Route("POST", "/calls/<id>/hangup", hang_up, auth.MANAGE, body=only(), answer=obj(), fails=("no_such_call",)),
    Route(
        "POST", "/calls/<id>/transfer", transfer, auth.SUPERVISE, body=only(to=text(64), keep=_KEEP), answer=obj(),
        fails=(*_TALK, "no_such_number"),
    ),
    Route(
        "POST", "/calls/<id>/park", park, auth.SUPERVISE, body=only(keep=_KEEP), answer=obj(slot=TEXT),
        fails=(*_TALK, "no_free_slot"),
    ),
    Route(
        "POST", "/calls/<id>/recording", recording, auth.SET_AGENT, body=only(action=_ACTIONS),
        answer=obj(recording=TRUTH, recording_silent=TEXT),
        fails=(*_TALK, "not_recorded", "recorded_by_rule", "recording_refused"),
    ),
    Route(
        "POST", "/calls/<id>/supervise", supervise, auth.SUPERVISE,
        body=only(extension=text(64), mode=one_of("listen", "whisper", "talk")), answer=obj(),
        fails=(*_TALK, "no_such_extension", "not_answered"),
    ),
]  # fmt: skip
