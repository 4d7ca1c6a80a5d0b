# SPDX-License-Identifier: GPL-2.0-or-later
"""A small office as the web service meets it: its configuration, its present, its past."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from firmware import times
from firmware.ids import uuid7
from firmware.records import Cdr, Direction, Disposition, Message, MessageState, Recording, RecordingState, TrailEvent
from firmware.store import history, voicemail
from firmware.store.connect import open_for_writing, transaction

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

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


CONSIDERED = [
    {"agent": "alice", "chosen": True, "code": "longest_idle", "reason": "longest idle: idle for 240 s, tier 1"},
    {"agent": "bob", "chosen": False, "code": "wrap_up", "reason": "is in wrap-up for 12 s more"},
]


def ago(seconds: float) -> str:
    return times.iso(times.now() - timedelta(seconds=seconds))


def port(id: str, state: str = "idle", name: str = "") -> dict[str, Any]:
    return {"id": id, "kind": id[:3], "state": state, "name": name, "detail": ""}


def active_call(id: str, state: str = "waiting", **more: Any) -> dict[str, Any]:
    call = {
        "id": id, "direction": "inbound", "state": state, "from_number": "5551234", "from_name": "ANNA",
        "to_number": "600", "line": "fxo1", "trunk": None, "queue": "support", "agent": None, "started_at": ago(42),
        "answered_at": ago(40), "connected_at": None, "wait_s": None, "recording": False,
        "on_hold": False, "legs": [{"kind": "analog", "name": "fxo1"}],
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


def write(state: Path, told: Callable[..., Any], *args: Any) -> None:
    """Writes history as the core's writer thread does."""
    db = open_for_writing(state / "history.db")
    with transaction(db, state / "history.db"):
        told(db, *args)
    db.close()


def past_call(state: Path, at: datetime, **more: Any) -> Cdr:
    """A call that ended."""
    base: dict[str, Any] = {
        "id": uuid7(), "direction": Direction.INBOUND, "from_number": "5551234", "from_name": "ANNA",
        "to_number": "600", "started_at": at, "line": "fxo1", "queue": "support", "agent": "alice",
        "answered_at": at + timedelta(seconds=2),
        "ended_at": at + timedelta(seconds=95), "wait_s": 12.0, "talk_s": 81.5, "disposition": Disposition.ANSWERED,
        "hangup_cause": 16, "hangup_by": "caller",
    }  # fmt: skip
    cdr = Cdr(**(base | more))
    write(state, history.call_ended, cdr, False)
    steps = [("ring", {"line": "fxo1"}), ("caller_id", {"number": "5551234", "name": "ANNA"}), ("answered", {}),
             ("queued", {"queue": "support"}), ("offered", {"agent": "alice", "considered": CONSIDERED}),
             ("connected", {"agent": "alice"}), ("hangup", {"by": "caller", "cause": 16})]  # fmt: skip
    events = [TrailEvent(cdr.id, at + timedelta(seconds=2 * n), name, data) for n, (name, data) in enumerate(steps)]
    write(state, history.trail, events)
    return cdr


def wav(seconds: float = 1.0) -> bytes:
    """A silent stereo WAV at 8 kHz, 16 bit."""
    data = bytes(int(seconds * 8000) * 4)
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 2, 8000, 32000, 4, 16,
                       b"data", len(data))  # fmt: skip
    return head + data


def recording_of(state: Path, cdr: Cdr, content: bytes | None = None, ready: bool = True) -> Recording:
    """The recording of a call, with its file."""
    content = wav() if content is None else content
    recording = Recording(uuid7(), cdr.id, f"{cdr.id}.wav", cdr.started_at, duration_s=len(content) / 32000,
                          bytes=len(content), sha256=hashlib.sha256(content).hexdigest())  # fmt: skip
    folder = state / "recordings"
    folder.mkdir(exist_ok=True)
    (folder / recording.path).write_bytes(content)
    write(state, history.recording_began, recording)
    if ready:
        write(state, history.recording_ready, recording, False, False)
    assert recording.state is RecordingState.RECORDING
    return recording


def message_in(folder: Path, **more: Any) -> Message:
    """A message in a mailbox, with its sound."""
    sound = wav()
    known = {"from_number": "5551234", "from_name": "ANNA", "started_at": NOON, "duration_s": 61.0,
             "bytes": len(sound), "sha256": hashlib.sha256(sound).hexdigest(), "state": MessageState.NEW}  # fmt: skip
    made = Message(**{"id": uuid7(), "box": "201", "call": uuid7()} | known | more)
    path = folder / "voicemail" / made.box / f"{made.id}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sound)
    write(folder, voicemail.left, made, False, "")
    return made
