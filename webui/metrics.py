# SPDX-License-Identifier: GPL-2.0-or-later
"""/metrics: the box for Prometheus (text exposition format 0.0.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import bottle
from bottle import HTTPResponse

import firmware
from firmware import times
from firmware.errors import Denied, TipringError
from firmware.machine import disk_of, memory_of
from firmware.records import Severity
from webui import auth
from webui.channels import Channels
from webui.families import Gauge
from webui.http import error_response
from webui.limited import admit
from webui.live import Picture

if TYPE_CHECKING:
    from webui.box import Box

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
RTP = {
    "packets": "RTP packets that came.",
    "sent": "RTP packets that were sent.",
    "send_errors": "RTP packets that could not be sent.",
}
LINES = {
    "underruns": "Blocks of 20 ms that came too late to be heard.",
    "overruns": "Blocks of 20 ms that were thrown away since they came too fast.",
    "clipped": "Blocks of 20 ms that came with samples at the end of the scale.",
}
CODECS = (
    ("drift_ppm", "tipring_port_codec_drift_ppm", "gauge", "By how much a codec's clock is faster than the bridge's."),
    ("slips", "tipring_port_codec_slips_total", "counter", "Blocks of 20 ms that a codec lost or missed."),
    ("restarts", "tipring_port_codec_restarts_total", "counter", "Times that a codec was not served in time."),
)
_LOOPBACK = ("127.", "::1", "::ffff:127.")


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
    yield from _box_gauges(box)
    yield from box.counted.families()
    if box.live.up:
        yield from _core_gauges(box.live.picture())
        yield from _sound_gauges(box)


def _box_gauges(box: Box) -> Iterator[Gauge]:
    free, size = disk_of(box.state)
    available, memory = memory_of()
    yield Gauge("tipring_disk_free_bytes", "Of the file system that the box remembers on.", [({}, free)])
    yield Gauge("tipring_disk_size_bytes", "Of the file system that the box remembers on.", [({}, size)])
    yield Gauge("tipring_memory_available_bytes", "Of the machine.", [({}, available)])
    yield Gauge("tipring_memory_size_bytes", "Of the machine.", [({}, memory)])
    standing = Counter(alarm.severity.value for alarm in box.history.alarms(limit=1000))
    yield Gauge(
        "tipring_alarms_standing",
        "Alarms that stand, by how grave they are; it works while call control is away.",
        [({"severity": severity.value}, standing[severity.value]) for severity in Severity],
    )
    yield Gauge(
        "tipring_alarm_notices_waiting",
        "Alarms that a channel is still to be told of.",
        [({"channel": channel["name"]}, channel["waiting"]) for channel in Channels(box).every()],
    )


def _sound_gauges(box: Box) -> Iterator[Gauge]:
    """What the threads of sound count; nothing while the core has no answer."""
    try:
        stats = box.live.ask_recently("stats")
    except TipringError:
        return
    rtp, lines = stats.get("rtp", {}), stats.get("lines", {})
    for name, about in RTP.items():
        if name in rtp:
            yield Gauge(f"tipring_rtp_{name}_total", about, [({}, rtp[name])], "counter")
    for name, about in LINES.items():
        yield Gauge(
            f"tipring_port_{name}_blocks_total",
            about,
            [({"port": id}, of[name]) for id, of in lines.items()],
            "counter",
        )
    codecs = stats.get("codecs", {})
    for name, family, kind, about in CODECS:
        if codecs:
            yield Gauge(family, about, [({"port": id}, of[name]) for id, of in codecs.items()], kind)
    yield Gauge("tipring_sip_calls", "Calls that the SIP stack has open.", [({}, stats.get("sip_calls", 0))])


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
    yield Gauge(
        "tipring_trunk_up",
        "1 while the trunk can carry calls.",
        [({"trunk": trunk["name"]}, trunk["state"] == "up") for trunk in picture["trunks"]],
    )
    yield Gauge(
        "tipring_trunk_latency_seconds",
        "How long the provider took to answer the last time it was asked.",
        [({"trunk": t["name"]}, t["latency_ms"] / 1000) for t in picture["trunks"] if t.get("latency_ms") is not None],
    )


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
