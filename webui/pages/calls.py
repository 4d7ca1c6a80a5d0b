# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of calls, one call, its recordings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from bottle import HTTPResponse

from firmware import times
from firmware.records import Cdr, Disposition
from webui import frame, i18n
from webui.pages.route import PageRoute, Visit
from webui.streaming import open_stream
from webui.streams import News, View
from webui.streams import frame as stream_frame
from webui.trails import merged

PAGE = 50
FILTERS = ("number", "queue", "agent", "disposition", "since", "until")


def _filters(visit: Visit) -> dict[str, str]:
    query = visit.request.query.decode()
    return {name: query.get(name, "").strip() for name in FILTERS}


def midnight(visit: Visit, text: str, plus_days: int = 0) -> datetime | None:
    """Midnight of a day in the site's zone; None for an empty field or nonsense."""
    try:
        day = datetime.fromisoformat(text)
    except ValueError:
        return None
    zone = i18n.zone(visit.box.site().get("timezone", "UTC"))
    return (day + timedelta(days=plus_days)).replace(tzinfo=zone)


def calls(visit: Visit) -> HTTPResponse:
    """The list; only its rows when htmx asks for more of them."""
    filters = _filters(visit)
    cursor = visit.request.query.decode().get("cursor") or None
    found = visit.box.history.calls(
        since=midnight(visit, filters["since"]),
        until=midnight(visit, filters["until"], plus_days=1),
        number=visit.box.sought(filters["number"]),
        queue=filters["queue"] or None,
        agent=filters["agent"] or None,
        limit=PAGE,
        cursor=cursor,
        disposition=filters["disposition"] or None,
    )
    more = f"/calls?{urlencode(_given(filters) | {'cursor': found.next})}" if found.next else ""
    values: dict[str, Any] = {"rows": _rows(visit, found.items, cursor), "more": more}
    if visit.request.get_header("HX-Request"):
        return visit.part("calls_rows.html", **values)
    return visit.page(
        "calls.html",
        filters=filters,
        filtered=bool(_given(filters)),
        sees_all=visit.box.scope is None,
        has_bench=visit.box.has_bench(),
        queues=_queues(visit),
        agents=_agents(visit),
        dispositions=[disposition.value for disposition in Disposition],
        **values,
    )


def _given(filters: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in filters.items() if text}


def _rows(visit: Visit, found: list[Cdr], cursor: str | None) -> list[dict[str, Any]]:
    helpers = frame.view_helpers(visit.box, visit.language)
    day_of: Callable[[Any], str] = helpers["day_of"]
    last = day_of(times.parse(cursor.partition("~")[0])) if cursor else ""
    rows = []
    for record in found:
        cdr = record.as_json()
        day = day_of(record.started_at)
        rows.append(
            {
                "cdr": cdr,
                "to": _reached(cdr, helpers["agent_name"], helpers["telephone"]),
                "dials": cdr["from_number"] if cdr["direction"] == "inbound" else cdr["to_number"],
                "day": day,
                "day_begins": day != last,
                "clock": helpers["clock_of"](record.started_at),
            }
        )
        last = day
    return rows


def _reached(cdr: dict[str, Any], agent_name: Callable[[str], str], telephone: Callable[[str], str]) -> str:
    """Where the call went, as far as it came."""
    number = telephone(cdr["to_number"]) or "–"
    if cdr["direction"] != "inbound":
        return number
    return (cdr["agent"] and agent_name(cdr["agent"])) or cdr["queue"] or number


def _queues(visit: Visit) -> list[str]:
    return [queue["name"] for queue in visit.box.document().get("queue", [])]


def _agents(visit: Visit) -> dict[str, str]:
    return {agent["id"]: agent.get("name") or agent["id"] for agent in visit.box.document().get("agent", [])}


@dataclass(frozen=True)
class CallView(View):
    """Says `changed` whenever something is told of one call."""

    id: str

    def hello(self) -> bytes:
        return stream_frame("changed", "")

    def show(self, news: list[News]) -> bytes:
        return self.hello() if any(map(self._concerns, news)) else b""

    def _concerns(self, item: News) -> bool:
        if item.name in ("call", "call_ended", "call_left"):
            return bool(item.data["id"] == self.id)
        return item.name == "core" or (item.name in ("trail", "recording", "coded") and item.data["call"] == self.id)


def call(visit: Visit, id: str) -> HTTPResponse:
    """One call, its recordings and its trail; only its parts when the open page asks for them anew."""
    history = visit.box.history
    cdr = history.call(id).as_json()
    values: dict[str, Any] = {
        "cdr": cdr,
        "recordings": [recording.as_json() for recording in history.recordings(call=id).items],
        "trail": merged([step.as_json() for step in history.trail_of(id)], visit.box.live.trail(id)),
        "codes": visit.box.labels("disposition"),
        "notes": history.notes_of(id),
        "now": next((now for now in visit.box.live.picture()["calls"] if now["id"] == id), None),
    }
    return visit.part("call_parts.html", **values) if visit.wants_part else visit.page("call.html", **values)


def stream(visit: Visit, id: str) -> Any:
    visit.box.history.call(id)  # NotFound for a call that is not seen
    return open_stream(visit.box, visit.request, CallView(id))


ROUTES = [
    PageRoute("GET", "/calls", calls),
    PageRoute("GET", "/calls/<id>", call),
    PageRoute("GET", "/calls/<id>/stream", stream),
]
