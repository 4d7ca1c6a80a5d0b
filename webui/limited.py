# SPDX-License-Identifier: GPL-2.0-or-later
"""The box as somebody has it who is limited to some queues: handlers work with it as with the whole one.

What is seen is decided by `firmware.store.scope`. Requests that such a person may make at all are listed in `MAY`,
and those that go on to the core in `_Core`: whatever is new, and in neither, is refused.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from firmware.archive.notebook import Note, Notebook
from firmware.errors import Denied, NotFound
from firmware.store.config_db import ConfigDb, Revision
from firmware.store.scope import Scope
from webui.auth import Identity
from webui.box import Box
from webui.live import Live, Picture
from webui.streams import TODAY, News, View

if TYPE_CHECKING:
    import sqlite3

    from firmware.records import Recording
    from firmware.store.history import History

Json = dict[str, Any]
API = "/api/v1"

MAY = frozenset(
    (
        # the present
        "GET /", "GET /live/stream", "GET /queues", "GET /queues/stream", "GET /queues/callers/<id>",
        "POST /queues/callers/<id>/<order>", "POST /queues/calls/<id>/supervise", "POST /queues/phone",
        f"GET {API}/events", f"GET {API}/openapi.json", f"GET {API}/alarms", f"GET {API}/countries",
        f"GET {API}/queues", f"GET {API}/queues/<name>",
        f"POST {API}/calls/<id>/move", f"POST {API}/calls/<id>/priority", f"POST {API}/calls/<id>/front",
        f"POST {API}/calls/<id>/assign", f"POST {API}/calls/<id>/pick",
        "GET /wallboard", "GET /wallboard/stream", "GET /wallboards", f"GET {API}/wallboard",
        # calls
        "GET /calls", "GET /calls/<id>", "GET /calls/<id>/stream", "POST /calls/<id>/hangup",
        f"GET {API}/calls", f"GET {API}/calls/active", f"GET {API}/calls/<id>", f"GET {API}/calls/<id>/survey",
        f"POST {API}/calls/<id>/hangup", f"POST {API}/calls/<id>/transfer", f"POST {API}/calls/<id>/park",
        f"POST {API}/calls/<id>/recording", f"POST {API}/calls/<id>/supervise",
        # agents
        "GET /agents", "GET /agents/stream", "GET /agents/<id>", "POST /agents/<id>/state",
        "POST /agents/<id>/disposition", "POST /agents/<id>/wrap-up",
        f"GET {API}/agents", f"GET {API}/agents/<id>", f"GET {API}/agents/<id>/changes",
        f"POST {API}/agents/<id>/state", f"POST {API}/agents/<id>/wrap-up", f"POST {API}/agents/<id>/disposition",
        f"GET {API}/agent-changes", f"GET {API}/statistics/today",
        # recordings
        "GET /recordings", "GET /recordings/<id>", "GET /recordings/<id>/audio", "GET /recordings/<id>/peaks",
        "GET /recordings/<id>/vcon", "POST /recordings/<id>/notes", "POST /recordings/<id>/notes/<note>/delete",
        "POST /recordings/<id>/tags", "POST /recordings/<id>/hold",
        f"GET {API}/recordings", f"GET {API}/recordings/<id>", f"GET {API}/recordings/<id>/audio",
        f"GET {API}/recordings/<id>/peaks", f"GET {API}/recordings/<id>/vcon", f"GET {API}/recordings/<id>/notes",
        f"POST {API}/recordings/<id>/notes", f"DELETE {API}/recordings/<id>/notes/<note>",
        f"GET {API}/recordings/<id>/tags", f"PUT {API}/recordings/<id>/tags", f"PUT {API}/recordings/<id>/hold",
        f"GET {API}/recordings/<id>/audit",
        # call-backs, surveys, voicemail
        "GET /call-backs", "GET /call-backs/stream", "POST /call-backs/<id>/cancel",
        f"GET {API}/call-backs", f"GET {API}/call-backs/waiting", f"POST {API}/call-backs",
        f"DELETE {API}/call-backs/<id>", f"GET {API}/surveys",
        "GET /messages", "GET /messages/stream", "GET /messages/<id>/audio", "POST /messages/<id>/mark",
        "POST /messages/<id>/delete",
        f"GET {API}/voicemail", f"GET {API}/voicemail/messages", f"GET {API}/voicemail/messages/<id>",
        f"GET {API}/voicemail/messages/<id>/audio", f"POST {API}/voicemail/messages/<id>/mark",
        f"DELETE {API}/voicemail/messages/<id>",
        # reports
        "GET /reports", f"GET {API}/reports", f"GET {API}/reports/heat", f"GET {API}/reports/staffing",
        f"GET {API}/exports/calls", f"GET {API}/exports/trail", f"GET {API}/exports/queue_log",
        # the own account
        "GET /me", "GET /typed", "POST /me/password", "POST /me/totp/new", "POST /me/totp", "POST /me/totp/off",
        "GET /me/passkeys/new", "POST /me/passkeys", "POST /me/passkeys/delete", "POST /me/sessions/<id>/end",
    )
)  # fmt: skip


def admit(who: Identity | None, method: str, path: str) -> None:
    """Before anything else of a route. Denied to somebody limited, unless the route keeps to their queues."""
    if who and who.queues and f"{method} {path}" not in MAY:
        raise Denied("This shows or changes the whole box, and you see some of its queues.")


def limited(box: Box, who: Identity | None) -> Box:
    """The box for this reader."""
    if who is None or not who.queues:
        return box
    scope = Scope.of(who.queues, box.document())
    history = box.history.limited(scope)
    parts = {item.name: getattr(box, item.name) for item in dataclasses.fields(box)}
    configs = cast(ConfigDb, _Configs(box.configs, scope))
    return _LimitedBox(
        **parts | {
            "history": history, "live": LimitedLive(box.live, scope, history), "scope": scope, "configs": configs,
            "notebook": _Notebook(box, history),
        },
        whole=box,
    )  # fmt: skip


@dataclass
class _LimitedBox(Box):
    whole: Box = field(kw_only=True)

    def document(self) -> Json:
        """The part that concerns these queues."""
        assert self.scope
        return self.scope.document(self.whole.document())


class _Configs:
    """What is read of the configuration while somebody looks at it."""

    def __init__(self, configs: ConfigDb, scope: Scope) -> None:
        self._configs, self._scope = configs, scope

    def current(self) -> Revision:
        """The part that concerns these queues. NotFound."""
        found = self._configs.current()
        return dataclasses.replace(found, document=self._scope.document(found.document))


class _Notebook(Notebook):
    """Of recordings that are seen."""

    def __init__(self, box: Box, history: History) -> None:
        super().__init__(box.state)
        self._history = history

    def notes(self, recording: str, limit: int = -1, after: tuple[float, str] | None = None) -> list[Note]:
        return super().notes(self._history.recording(recording).id, limit, after)

    def tags(self, recording: str) -> list[str]:
        return super().tags(self._history.recording(recording).id)

    def all_tags(self) -> list[str]:
        """None: they are the whole box's words."""
        return []

    def audit(self, recording: str, limit: int = 100, before: str | None = None) -> list[Json]:
        return super().audit(self._history.recording(recording).id, limit, before)

    def erasures(self, limit: int = 100, before: str | None = None) -> list[Json]:
        """None: they are of the whole box."""
        return []

    def heard(self, recording: str, who: str, what: str, detail: str = "") -> None:
        super().heard(self._history.recording(recording).id, who, what, detail)

    @contextmanager
    def _changing(self, recording: str) -> Iterator[tuple[sqlite3.Connection, Recording]]:
        with super()._changing(self._history.recording(recording).id) as changing:
            yield changing


class LimitedLive(Live):
    """The present, and orders to the core, of some queues."""

    def __init__(self, live: Live, scope: Scope, history: History) -> None:
        self._live, self._scope = live, scope
        self._core = _Core(live, scope, history)

    @property
    def up(self) -> bool:
        return self._live.up

    @property
    def number(self) -> int:
        return self._live.number

    def picture(self) -> Picture:
        return self._scope.picture(self._live.picture())

    def agent_name(self, id: str) -> str:
        """The id of an agent who is not seen."""
        return next((agent["name"] or id for agent in self.picture()["agents"] if agent["id"] == id), id)

    def trail(self, call: str) -> list[Json]:
        return [step for step in self._live.trail(call) if self._scope.sees_queue(step["queue"])]

    def need(self) -> Picture:
        return self._scope.picture(self._live.need())

    def ask_patiently(self, patience_s: float, method: str, **params: Any) -> Any:
        """Denied for what is not of these queues; NotFound for a call, an agent … that is not seen."""
        self._core.check(method, params)
        return self._core.kept(method, self._live.ask_patiently(patience_s, method, **params))

    def ask_recently(self, method: str) -> Any:
        self._core.check(method, {})
        return self._core.kept(method, self._live.ask_recently(method))


class _Core:
    """Requests of control.md that somebody limited may make, what they must be about, and what is left of answers."""

    def __init__(self, live: Live, scope: Scope, history: History) -> None:
        self._live, self._scope, self._history = live, scope, history
        call, agent, message = self._call, self._agent, lambda params: history.message(params["id"])
        self._checks: dict[str, Callable[[Json], object]] = {
            **dict.fromkeys(("call.hangup", "call.transfer", "call.park", "call.recording", "call.supervise"), call),
            **dict.fromkeys(("waiting.prioritise", "waiting.front", "waiting.pick"), call),
            "waiting.move": self._move,
            "waiting.assign": self._assign,
            "agent.set_state": self._state,
            **dict.fromkeys(("agent.wrap_up", "agent.disposition"), agent),
            "call_back.add": self._queue,
            "call_back.cancel": self._call_back,
            **dict.fromkeys(("voicemail.mark", "voicemail.delete"), message),
            **dict.fromkeys(("agents.today", "call_backs", "voicemail", "countries"), lambda params: None),
        }
        self._kept: dict[str, Callable[[Any], Any]] = {
            "agents.today": scope.today,
            "call_backs": lambda items: [item for item in items if scope.sees_queue(item["queue"])],
            "voicemail": lambda boxes: [box for box in boxes if box["box"] in scope.boxes],
            **dict.fromkeys(
                ("agent.set_state", "agent.wrap_up", "agent.disposition"), lambda one: scope.agent(one, self._calls())
            ),
        }

    def check(self, method: str, params: Json) -> None:
        """Denied, NotFound."""
        check = self._checks.get(method)
        if check is None:
            raise Denied("This is for the whole box, and you see some of its queues.")
        check(params)

    def kept(self, method: str, answer: Any) -> Any:
        """What of an answer is seen."""
        keep = self._kept.get(method)
        return keep(answer) if keep else answer

    def _calls(self) -> set[str]:
        return {call["id"] for call in self._scope.picture(self._live.picture())["calls"]}

    def _call(self, params: Json) -> None:
        if params["id"] not in self._calls():
            raise NotFound(f"There is no call {params['id']} now.", code="no_such_call", field="id")

    def _queue(self, params: Json) -> None:
        if not self._scope.sees_queue(params["queue"]):
            raise NotFound(f"There is no queue {params['queue']}.", code="no_such_queue", field="queue")

    def _agent(self, params: Json) -> None:
        if not any(
            agent["id"] == params["id"] and self._scope.sees_agent(agent) for agent in self._live.need()["agents"]
        ):
            raise NotFound(f"There is no agent {params['id']}.", code="no_such_agent", field="id")

    def _move(self, params: Json) -> None:
        self._call(params)
        self._queue(params)

    def _assign(self, params: Json) -> None:
        self._call(params)
        self._agent({"id": params["agent"]})

    def _state(self, params: Json) -> None:
        self._agent(params)
        if params.get("queue"):
            self._queue(params)

    def _call_back(self, params: Json) -> None:
        due = self.kept("call_backs", self._live.ask("call_backs"))
        if not any(item["id"] == params["id"] for item in due):
            raise NotFound(f"There is no call-back {params['id']} to be kept.", code="no_such_call_back", field="id")


@dataclass(frozen=True)
class LimitedView(View):
    """A stream of events that hears only what its reader sees."""

    scope: Scope
    view: View
    live: Live = field(compare=False)  # limited as well

    def hello(self) -> bytes:
        return self.view.hello()

    def beat(self) -> bytes:
        return self.view.beat()

    def show(self, news: list[News]) -> bytes | None:
        calls = {call["id"] for call in self.live.picture()["calls"]}
        heard = [told for item in news if (told := self._told(item, calls))]
        return self.view.show(heard) if heard else b""

    def _told(self, item: News, calls: set[str]) -> News | None:
        """A call that went on to somebody else's queue is gone for this reader."""
        if item.name == TODAY:
            return item
        data = self.scope.heard(item.name, item.data, calls)
        if data is not None:
            return dataclasses.replace(item, data=data)
        if item.name == "call" and item.before and self.scope.sees_queue(item.before["queue"]):
            return News(item.number, "call_left", {"id": item.data["id"]})
        return None
