# SPDX-License-Identifier: GPL-2.0-or-later
"""What somebody sees who is limited to some queues: these queues, their calls and callers, the agents who serve them,
the mailboxes to which they lead. This is the one place that decides; `History` follows it in its SQL, the web in its
picture of the present (`webui.limited`). Whatever is not named here, such a person does not see.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
LEADS_TO_BOX = re.compile(r"voicemail:(.+)")
HEARD_BY_ALL = frozenset(("core", "config", "alarm", "night", "emergency", "today"))
"""Events of the whole box (and of its web service) that name no caller of a queue. Whoever calls for help is
everybody's concern."""
OF_A_QUEUE = frozenset(("call", "call_ended", "trail", "call_back"))
EMPTY_LISTS = ("ports", "trunks", "phones", "tolls")
SHOWN = ("version", "uptime_s", "site", "degraded", "alarms", "night")


@dataclass(frozen=True, slots=True)
class Scope:
    """`agents` and `boxes` follow from the queues and the configuration."""

    queues: frozenset[str]
    agents: frozenset[str] = frozenset()
    boxes: frozenset[str] = frozenset()

    @classmethod
    def of(cls, queues: Iterable[str], document: Mapping[str, Any]) -> Scope:
        """By a document of the configuration that was checked."""
        mine = frozenset(queues)
        agents = {agent["id"] for agent in document.get("agent", []) if mine & set(agent.get("queues", ()))}
        leads = (text for queue in document.get("queue", []) if queue["name"] in mine for text in _texts(queue))
        boxes = {found[1] for text in leads if (found := LEADS_TO_BOX.fullmatch(text))}
        return cls(mine, frozenset(agents), frozenset(boxes))

    # ---- questions -----------------------------------------------------------------------------

    def sees_queue(self, queue: str | None) -> bool:
        """Also whether a call is seen that is, or was last, in this queue."""
        return queue in self.queues

    def sees_agent(self, agent: Mapping[str, Any]) -> bool:
        """An Agent of the control socket."""
        return bool(self.queues & set(agent["queues"]))

    # ---- what is left of the box's objects -------------------------------------------------------

    def agent(self, agent: Json, calls: Collection[str]) -> Json:
        """Of an agent who is seen, what belongs to these queues. `calls`: ids of calls that are seen."""
        last = agent.get("last_call")
        lists = {name: [q for q in agent[name] if q in self.queues] for name in _QUEUES_OF_AGENT if name in agent}
        call = agent["call"] if agent["call"] in calls else None
        return {**agent, **lists, "call": call, "last_call": last if last and self.sees_queue(last["queue"]) else None}

    def picture(self, picture: Mapping[str, Any]) -> Json:
        """The `status` of the control socket."""
        calls = [call for call in picture["calls"] if self.sees_queue(call["queue"])]
        ids = {call["id"] for call in calls}
        return {
            **{name: picture[name] for name in SHOWN if name in picture},
            **{name: [] for name in EMPTY_LISTS},
            "calls": calls,
            "queues": [queue for queue in picture["queues"] if self.sees_queue(queue["name"])],
            "agents": [self.agent(agent, ids) for agent in picture["agents"] if self.sees_agent(agent)],
        }

    def heard(self, event: str, data: Json, calls: Collection[str]) -> Json | None:
        """An event of the control socket as it is told, None when it is not."""
        if event in HEARD_BY_ALL:
            return data
        if event == "agent":
            return self.agent(data, calls) if self.sees_agent(data) else None
        sees = (
            (event in OF_A_QUEUE and self.sees_queue(data["queue"]))
            or (event == "queue" and self.sees_queue(data["name"]))
            or (event == "voicemail" and data["box"] in self.boxes)
            or (event == "coded" and data["agent"] in self.agents)
        )
        return data if sees else None

    def today(self, figures: Json) -> Json:
        """The figures of `agents.today`."""
        agents = [
            {**one, "by_queue": {name: part for name, part in one.get("by_queue", {}).items() if name in self.queues}}
            for one in figures["agents"]
            if one["id"] in self.agents
        ]
        return {**figures, "agents": agents, "queues": [q for q in figures["queues"] if q["name"] in self.queues]}

    def document(self, document: Mapping[str, Any]) -> Json:
        """Of the configuration: names for filters, labels, the site and its clock; and all extensions' names: each may
        choose the own phone."""
        kept = {name: document[name] for name in ("site", "pause_reason", "disposition") if name in document}
        lines = {"line": [{"port": line["port"]} for line in document.get("line", [])]}
        agents = [agent for agent in document.get("agent", []) if agent["id"] in self.agents]
        return {
            **kept,
            **lines,
            "extension": [{"number": e["number"], "name": e.get("name", "")} for e in document.get("extension", [])],
            "queue": [queue for queue in document.get("queue", []) if queue["name"] in self.queues],
            "agent": [{**a, "queues": {q: p for q, p in a["queues"].items() if q in self.queues}} for a in agents],
        }


_QUEUES_OF_AGENT = ("queues", "logged_in", "logged_out_of")


def _texts(value: Any) -> Iterator[str]:
    """Every text within a value of the document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
