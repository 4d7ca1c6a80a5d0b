# SPDX-License-Identifier: GPL-2.0-or-later
"""A small office as the web service meets it: its configuration, its present, its past."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from firmware import times
from hil.pages.past import CONSIDERED, NOON, message_in, past_call, recording_of, wav, write

__all__ = ["CONSIDERED", "NOON", "message_in", "past_call", "recording_of", "wav", "write"]

DOCUMENT: dict[str, Any] = {
    "site": {"name": "Harbour Dental", "country": "us", "language": "en", "timezone": "Europe/Berlin"},
    "extension": [
        {"number": "201", "name": "Reception", "port": "fxs1"},
        {"number": "202", "name": "Office", "port": "fxs2", "sip": {"password": "very-secret"}},
        {"number": "203", "name": "Lab", "port": "fxs3"},
        {"number": "204", "name": "Dr. Chen", "port": "fxs4"},
    ],
    "line": [{"port": "fxo1", "name": "Main line", "number": "5550100"}, {"port": "fxo2", "name": "Second line"}],
    "agent": [
        {"id": "alice", "name": "Alice", "extension": "201", "queues": {"support": 1}},
        {"id": "bob", "name": "Bob", "extension": "202", "queues": {"support": 1}},
    ],
    "queue": [{"name": "support", "number": "600"}],
}


def ago(seconds: float) -> str:
    return times.iso(times.now() - timedelta(seconds=seconds))


def port(id: str, state: str = "idle", name: str = "") -> dict[str, Any]:
    return {"id": id, "kind": id[:3], "state": state, "name": name, "detail": ""}


def active_call(id: str, state: str = "waiting", **more: Any) -> dict[str, Any]:
    call = {
        "id": id, "direction": "inbound", "state": state, "from_number": "5551234", "from_name": "ANNA",
        "to_number": "600", "line": "fxo1", "trunk": None, "queue": "support", "agent": None, "started_at": ago(42),
        "answered_at": ago(40), "connected_at": None, "wait_s": None, "recording": False, "emergency": False,
        "on_hold": False, "legs": [{"kind": "analog", "name": "fxo1", "extension": ""}], "consultation": None,
    }  # fmt: skip
    return call | more


def agent(id: str, name: str, state: str, **more: Any) -> dict[str, Any]:
    base = {"id": id, "name": name, "extension": "201", "state": state, "reason": "", "since": ago(75), "call": None,
            "queues": ["support"], "logged_in": ["support"], "logged_out_of": [], "number": None, "wrap_up_until": None,
            "last_call": None}  # fmt: skip
    return base | more


def figures(**more: Any) -> dict[str, Any]:
    base = {"logged_in_s": 3600.0, "ready_s": 3000.0, "unavailable_s": 0.0, "paused_s": 600.0,
            "paused_by_reason": {"lunch": 600.0}, "unpaid_s": 600.0, "ring_s": 30.0, "talk_s": 900.0, "hold_s": 60.0,
            "wrap_s": 90.0, "handle_s": 1050.0, "calls": 7, "missed": 1, "average_handle_s": 150.0, "occupancy": 0.35,
            "codes": {"sale": 3}}  # fmt: skip
    return base | more


def today() -> dict[str, Any]:
    alice = figures(id="alice", name="Alice", by_queue={"support": figures()})
    bob = figures(id="bob", name="Bob", by_queue={"support": figures(calls=2)}, calls=2)
    return {"since": ago(3600), "agents": [alice, bob], "queues": [figures(name="support", calls=9)]}


def queue(**more: Any) -> dict[str, Any]:
    base = {"name": "support", "number": "600", "strategy": "longest_idle", "waiting": 0, "talking": 0,
            "longest_wait_since": None, "available": 2, "agents": ["alice", "bob"], "callers": []}  # fmt: skip
    return base | more


def status(**more: Any) -> dict[str, Any]:
    base = {
        "version": "0.1.0", "uptime_s": 12.5, "site": DOCUMENT["site"], "degraded": [],
        "ports": [port("fxo1", name="Main line"), port("fxo2", name="Second line"),
                  *(port(f"fxs{n}", name=DOCUMENT["extension"][n - 1]["name"]) for n in range(1, 5))],
        "calls": [], "queues": [queue()], "alarms": [],
        "agents": [agent("alice", "Alice", "available"), agent("bob", "Bob", "available")],
    }  # fmt: skip
    return base | more


def check(id: str, result: str = "pass", **more: Any) -> dict[str, Any]:
    """One of the acceptance, as the core tells it."""
    kind, _, subject = id.partition(":")
    base = {"id": id, "kind": kind, "subject": subject, "title": f"Telephone on {subject}", "result": result,
            "found": "It works.", "todo": "Lift it once.", "at": None, "by": "", "why": "", "data": {}}  # fmt: skip
    return base | more


def acceptance(*checks: dict[str, Any], **trials: Any) -> dict[str, Any]:
    return {"checks": list(checks), "trials": trials, "certificates": []}
