# SPDX-License-Identifier: GPL-2.0-or-later
"""An office with two queues, and for each thing of the one queue the same of the other: who may see which?"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import office
from fake_core import FakeCore

from firmware import times
from firmware.archive.notebook import Notebook
from firmware.ids import uuid7
from firmware.records import AgentChange, CallBack, Change
from firmware.store import agents, call_backs
from firmware.store.config_db import ConfigDb

DOCUMENT: dict[str, Any] = {
    **copy.deepcopy(office.DOCUMENT),
    "agent": [
        {"id": "alice", "name": "Alice", "extension": "201", "queues": {"support": 1}},
        {"id": "zorro", "name": "Zorro", "extension": "202", "queues": {"sales": 1}},
    ],
    "queue": [
        {"name": "support", "number": "600", "overflow": "voicemail:201"},
        {"name": "sales", "number": "601", "overflow": "voicemail:202"},
    ],
}
DOCUMENT["extension"] = [{**one, "voicemail": True} for one in DOCUMENT["extension"]]
THEIRS = ("sales", "zorro", "Zorro", "5559999", "ZELDA")
"""What nobody of `support` reads anywhere; ids of the other queue's things come on top."""


@dataclass
class Things:
    """Of one queue, by their kind in addresses. `call` goes on, and is in the history."""

    queue: str
    agent: str
    number: str
    name: str
    box: str
    ids: dict[str, str] = field(default_factory=dict)

    def active(self) -> dict[str, Any]:
        return office.active_call(
            self.ids["call"], queue=self.queue, agent=self.agent, from_number=self.number, from_name=self.name
        )


def history(state: Path, things: Things) -> None:
    """A call with its recording, a message, a call-back, an agent's change."""
    now = times.now() - timedelta(minutes=5)
    known = {"queue": things.queue, "agent": things.agent, "from_number": things.number, "from_name": things.name}
    call = office.past_call(state, now, **known)
    recording = office.recording_of(state, call)
    note = Notebook(state).note(recording.id, 0.5, f"note of {things.queue}", "owner")
    Notebook(state).tag(recording.id, [f"tag-{things.queue}"], "owner")
    message = office.message_in(state, box=things.box, from_number=things.number, from_name=things.name)
    back = CallBack(str(uuid7()), things.queue, things.number, now, now, now, call.id, things.name)
    office.write(state, call_backs.saved, back, False)
    change = AgentChange(
        str(uuid7()), things.agent, now, Change.PAUSED, f"lunch of {things.queue}", None, None, things.agent, "web",
        "available", "", (things.queue,), 60.0,
    )  # fmt: skip
    office.write(state, agents.recorded, [change])
    things.ids |= {
        "call": call.id, "recording": recording.id, "note": note.id, "message": message.id, "call_back": back.id,
        "agent": things.agent, "queue": things.queue,
    }  # fmt: skip


def two_queues(state: Path) -> tuple[Things, Things]:
    """Those of support, and those of sales."""
    ConfigDb(state).apply(DOCUMENT, "test")
    mine = Things("support", "alice", "5551234", "ANNA", "201")
    theirs = Things("sales", "zorro", "5559999", "ZELDA", "202")
    for things in (mine, theirs):
        history(state, things)
    return mine, theirs


def agent_of(things: Things) -> dict[str, Any]:
    call, queues = things.ids["call"], [things.queue]
    last = {"call": call, "queue": things.queue, "code": None, "codes": [], "required": False}
    return office.agent(
        things.agent, things.agent.title(), "on_call", call=call, queues=queues, logged_in=queues, last_call=last
    )


def queue_of(things: Things) -> dict[str, Any]:
    caller = {
        "call": things.ids["call"], "number": things.number, "name": things.name, "since": office.ago(20),
        "priority": 0, "callback": False, "position": 1, "expected_wait_s": 30, "required": {}, "offered_to": [],
    }  # fmt: skip
    return office.queue(name=things.queue, agents=[things.agent], waiting=1, callers=[caller])


def status(*both: Things) -> dict[str, Any]:
    return office.status(
        calls=[things.active() for things in both],
        queues=[queue_of(things) for things in both],
        agents=[agent_of(things) for things in both],
    )


def answers(*both: Things) -> dict[str, Any]:
    """What the core says when it is asked."""
    agents = {things.agent: agent_of(things) for things in both}

    def figures(things: Things) -> dict[str, Any]:
        return office.figures(id=things.agent, name=things.name, by_queue={things.queue: office.figures()})

    backs = [
        {
            "id": things.ids["call_back"], "queue": things.queue, "number": things.number, "name": things.name,
            "due": True, "state": "waiting", "since": office.ago(60), "due_at": office.ago(1), "wanted_at": None,
            "tries": 0, "reason": "", "agent": None, "started_at": office.ago(60), "ended_at": None, "call": None,
            "last_call": None, "language": "", "refused": False,
        }
        for things in both
    ]  # fmt: skip
    of_agent: Callable[[dict[str, Any]], Any] = lambda params: agents[params["id"]]  # noqa: E731
    return {
        **{key: {} for key in ("call.hangup", "call.transfer", "call.supervise", "voicemail.delete")},
        **dict.fromkeys((f"waiting.{order}" for order in ("move", "prioritise", "front", "assign", "pick")), None),
        **dict.fromkeys(("agent.set_state", "agent.wrap_up", "agent.disposition"), of_agent),
        "call.park": {"slot": "71"},
        "call.recording": {"recording": True, "recording_silent": ""},
        "agents.today": {
            "since": office.ago(3600), "agents": [figures(things) for things in both],
            "queues": [office.figures(name=things.queue) for things in both],
        },
        "call_backs": backs,
        "call_back.add": backs[0],
        "call_back.cancel": backs[0],
        "voicemail": [{"box": things.box, "name": things.name, "new": 1, "saved": 0} for things in both],
        "voicemail.mark": {
            "id": both[0].ids["message"], "box": both[0].box, "call": "c", "from_number": "", "from_name": "",
            "started_at": office.ago(60), "duration_s": 1.0, "bytes": 1, "sha256": "", "state": "saved",
        },
        "countries": [],
    }  # fmt: skip


def tell_core(core: FakeCore, *both: Things) -> None:
    """The core is in this office."""
    core.status, core.answers = status(*both), answers(*both)
