# SPDX-License-Identifier: GPL-2.0-or-later
"""Orders to callers who wait in a queue. Each answers with the place as it is then: null when nobody waits any more."""

from __future__ import annotations

from typing import Any

from firmware.errors import Invalid
from webui import auth
from webui.api.route import Ask, Route
from webui.api.schema import TEXT, TRUTH, both, may_lack, maybe, only, ref, text
from webui.http import only_fields, text_field


def _order(ask: Ask, order: str, id: str, **params: Any) -> Any:
    return ask.box.live.ask(f"waiting.{order}", id=id, by=ask.who.agent, **params)


def move(ask: Ask, id: str) -> Any:
    """Moves the caller to another queue, as if he had waited there; with `keep_wait` false at the end of its line."""
    body = ask.json()
    only_fields(body, "queue", "keep_wait")
    queue, keep_wait = text_field(body, "queue", longest=64), body.get("keep_wait", True)
    if not isinstance(keep_wait, bool):
        raise Invalid("'keep_wait' must be true or false.", field="keep_wait")
    return _order(ask, "move", id, queue=queue, keep_wait=keep_wait)


def prioritise(ask: Ask, id: str) -> Any:
    """Gives the caller so many points of priority, those of the queue included."""
    body = ask.json()
    only_fields(body, "priority")
    priority = body.get("priority")
    if not isinstance(priority, int) or isinstance(priority, bool):
        raise Invalid("'priority' must be a whole number.", field="priority")
    return _order(ask, "prioritise", id, priority=priority)


def front(ask: Ask, id: str) -> Any:
    """Puts the caller first in line."""
    only_fields(ask.json())
    return _order(ask, "front", id)


def assign(ask: Ask, id: str) -> Any:
    """Rings an agent of the queue for the caller, out of turn."""
    body = ask.json()
    only_fields(body, "agent")
    return _order(ask, "assign", id, agent=text_field(body, "agent", longest=64))


def pick(ask: Ask, id: str) -> Any:
    """Rings an extension beside the agents; whoever answers first has the caller."""
    body = ask.json()
    only_fields(body, "extension")
    return _order(ask, "pick", id, extension=text_field(body, "extension", longest=64))


_PLACE = maybe(both(ref("Caller"), queue=TEXT))
_WAITS = ("no_such_call", "not_waiting", "is_call_back")

ROUTES = [
    Route(
        "POST", "/calls/<id>/move", move, auth.SUPERVISE, body=only(queue=text(64), keep_wait=may_lack(TRUTH)),
        answer=_PLACE, fails=(*_WAITS, "no_such_queue", "in_this_queue", "queue_full", "queue_empty"),
    ),
    Route(
        "POST", "/calls/<id>/priority", prioritise, auth.SUPERVISE, body=only(priority={"type": "integer"}),
        answer=_PLACE, fails=_WAITS,
    ),
    Route("POST", "/calls/<id>/front", front, auth.SUPERVISE, body=only(), answer=_PLACE, fails=_WAITS),
    Route(
        "POST", "/calls/<id>/assign", assign, auth.SUPERVISE, body=only(agent=text(64)), answer=_PLACE,
        fails=(*_WAITS, "no_such_agent", "agent_not_free"),
    ),
    Route(
        "POST", "/calls/<id>/pick", pick, auth.SUPERVISE, body=only(extension=text(64)), answer=_PLACE,
        fails=(*_WAITS, "no_such_extension", "not_reachable", "being_picked"),
    ),
]  # fmt: skip
