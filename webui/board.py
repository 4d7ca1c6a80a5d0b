# SPDX-License-Identifier: GPL-2.0-or-later
"""What a wallboard shows of each queue: how it is now by the core's picture, how the day was, and which figures are
amber or red. docs/wallboard.md defines every figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from firmware import times
from firmware.reports import figures
from firmware.reports.choice import SERVICE_LEVEL_S, Office
from firmware.reports.tally import Tally, sum_of
from firmware.reports.thresholds import Thresholds
from webui.box import Box

Json = dict[str, Any]

STATES = {
    "available": "ready",
    "offered": "talking",
    "on_call": "talking",
    "wrap_up": "wrap_up",
    "paused": "paused",
    "unavailable": "paused",
}
"""An agent's state, and where the wallboard counts it; one who is logged out is not there."""
OFFICE_HOURS = (8, 18)  # that the trend has always


def names(box: Box) -> list[str]:
    """The queues of the configuration, in its order."""
    return [queue["name"] for queue in box.document().get("queue", [])]


def board(box: Box, wanted: Iterable[str]) -> list[Json]:
    """The wanted queues, as far as they exist. Figures of now are None while the core is away."""
    document, picture, up = box.document(), box.live.picture(), box.live.up
    office = Office.of(document)
    settings = {queue["name"]: queue for queue in document.get("queue", [])}
    live = {queue["name"]: queue for queue in picture["queues"]} if up else {}
    return [
        _queue(settings[name], live.get(name), picture["agents"], box.today.hours(name, office), office)
        for name in wanted
        if name in settings
    ]


def _queue(settings: Json, live: Json | None, agents: list[Json], hours: Mapping[int, Tally], office: Office) -> Json:
    name, rules = settings["name"], Thresholds.of(settings)
    day = figures.of_queues(sum_of(hours.values()))
    now = _now(live, agents, name) if live else dict.fromkeys(("waiting", "longest_wait_since", "call_backs", "agents"))
    return {
        "name": name,
        "number": settings.get("number"),
        **now,
        **{key: day[key] for key in ("offered", "answered", "abandoned", "service_level")},
        "average_wait_s": day["speed_of_answer_s"],
        "service_level_goal": rules.service_level_goal,
        "service_level_s": office.service_level_s.get(name, SERVICE_LEVEL_S),
        "tones": _tones(rules, now, day),
        "wait_warn_s": rules.wait_warn_s,
        "wait_alarm_s": rules.wait_alarm_s,
        "sound": rules.sound,
        "hours": [{"hour": hour, **_outcomes(hours.get(hour, Tally()))} for hour in _shown(hours, office)],
    }


def _now(live: Json, agents: list[Json], name: str) -> Json:
    """People on the line count as waiting; call-backs that are in line do not."""
    since = [caller["since"] for caller in live["callers"] if not caller.get("callback")]
    counts = dict.fromkeys(STATES.values(), 0)
    for agent in agents:
        if name in agent["logged_in"] and agent["state"] in STATES:
            counts[STATES[agent["state"]]] += 1
    return {
        "waiting": len(since),
        "longest_wait_since": min(since, default=None),
        "call_backs": len(live["callers"]) - len(since),
        "agents": counts,
    }


def _tones(rules: Thresholds, now: Json, day: Json) -> Json:
    since = now["longest_wait_since"]
    waited_s = max(0.0, (times.now() - times.parse(since)).total_seconds()) if since else 0.0
    return {
        "waiting": rules.waiting(now["waiting"] or 0),
        "longest_wait": rules.wait(waited_s) if since else "",
        "service_level": rules.service_level(day["service_level"], day["answered"]),
        "abandoned": rules.abandoned(day["abandoned"], day["offered"]),
    }


def _outcomes(tally: Tally) -> dict[str, int]:
    answered, abandoned = (tally.outcomes.get(name, 0) for name in ("answered", "abandoned"))
    return {"answered": answered, "abandoned": abandoned, "other": tally.count - answered - abandoned}


def _shown(hours: Mapping[int, Tally], office: Office) -> range:
    """With the present hour, so that a call late in the evening does not make the others narrower."""
    shown = (*OFFICE_HOURS, times.now().astimezone(office.clock.zone).hour, *hours)
    return range(min(shown), max(shown) + 1)
