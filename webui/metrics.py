# SPDX-License-Identifier: GPL-2.0-or-later
"""/metrics: the box for Prometheus (text exposition format 0.0.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import bottle
from bottle import HTTPResponse

import firmware
from firmware import times
from firmware.errors import Denied
from webui import auth
from webui.box import Box
from webui.http import error_response
from webui.limited import admit
from webui.live import Picture

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LOOPBACK = ("127.", "::1", "::ffff:127.")


@dataclass(frozen=True)
class Gauge:
    """One family: its samples are pairs of labels and value."""

    name: str
    help: str
    samples: Iterable[tuple[dict[str, str], float]]

    def lines(self) -> Iterator[str]:
        yield f"# HELP {self.name} {self.help}"
        yield f"# TYPE {self.name} gauge"
        for labels, value in self.samples:
            inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
            yield f"{self.name}{{{inside}}} {value:g}" if inside else f"{self.name} {value:g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def gauges(box: Box) -> Iterator[Gauge]:
    """Everything that is measured now. Families of the core are left out while it is away."""
    services = box.services()
    yield Gauge(
        "tipring_up",
        "1 while the service runs.",
        [({"service": name}, state == "up") for name, state in services.items()],
    )
    yield Gauge("tipring_info", "The version.", [({"version": firmware.__version__}, 1)])
    yield Gauge("tipring_event_streams", "Open server-sent event streams.", [({}, box.streams.count)])
    waiting, parked = box.history.outbox()
    yield Gauge(
        "tipring_outbox_items", "Items for the cloud.", [({"state": "waiting"}, waiting), ({"state": "parked"}, parked)]
    )
    if box.live.up:
        yield from _core_gauges(box.live.picture())


def _core_gauges(picture: Picture) -> Iterator[Gauge]:
    queues = picture["queues"]
    calls = Counter((call["direction"], call["state"]) for call in picture["calls"])
    yield Gauge("tipring_core_uptime_seconds", "Since the core started.", [({}, picture.get("uptime_s", 0))])
    yield Gauge("tipring_calls_active", "Calls that go on.", [({}, len(picture["calls"]))])
    yield Gauge(
        "tipring_calls",
        "Calls that go on, by direction and state.",
        [({"direction": way, "state": state}, count) for (way, state), count in sorted(calls.items())],
    )
    yield Gauge(
        "tipring_port_state",
        "1 for the state a port is in.",
        [({"port": port["id"], "kind": port["kind"], "state": port["state"]}, 1) for port in picture["ports"]],
    )
    yield Gauge("tipring_queue_waiting", "Callers who wait.", [({"queue": q["name"]}, q["waiting"]) for q in queues])
    yield Gauge("tipring_queue_talking", "Callers who talk.", [({"queue": q["name"]}, q["talking"]) for q in queues])
    yield Gauge(
        "tipring_queue_agents_available",
        "Agents who are free.",
        [({"queue": q["name"]}, q["available"]) for q in queues],
    )
    yield Gauge(
        "tipring_queue_longest_wait_seconds",
        "How long the first caller has waited.",
        [({"queue": q["name"]}, _age_s(q["longest_wait_since"])) for q in queues],
    )
    yield Gauge(
        "tipring_agent_state",
        "1 for the state an agent is in.",
        [({"agent": agent["id"], "state": agent["state"]}, 1) for agent in picture["agents"]],
    )
    yield Gauge("tipring_alarms", "Alarms that stand.", [({}, len(picture["alarms"]))])


def _age_s(since: str | None) -> float:
    return max(0.0, round((times.now() - times.parse(since)).total_seconds(), 3)) if since else 0.0


def metrics(box: Box) -> HTTPResponse:
    """For this machine without a token, for others with one."""
    address = bottle.request.environ.get("REMOTE_ADDR", "")
    who = auth.identify(bottle.request, box.access)
    if not address.startswith(_LOOPBACK) and who is None:
        return error_response(auth.unauthorized())
    try:
        admit(who, "GET", "/metrics")
    except Denied as denied:
        return error_response(denied)
    text = "\n".join(line for gauge in gauges(box) for line in gauge.lines()) + "\n"
    return HTTPResponse(text, headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"})
