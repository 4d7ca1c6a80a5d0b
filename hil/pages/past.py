# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls, recordings and messages of the past, one at a time, written as the core's writer thread does."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from firmware.ids import uuid7
from firmware.records import Cdr, Direction, Disposition, Message, MessageState, Recording, RecordingState, TrailEvent
from firmware.store import history, voicemail
from firmware.store.connect import open_for_writing, transaction

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

CONSIDERED = [
    {"agent": "alice", "chosen": True, "code": "longest_idle", "reason": "longest idle: idle for 240 s, tier 1"},
    {"agent": "bob", "chosen": False, "code": "wrap_up", "reason": "is in wrap-up for 12 s more"},
]


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
    steps: list[tuple[str, dict[str, Any]]] = [
        ("ringing", {"line": "fxo1"}), ("caller_id", {"number": "5551234", "name": "ANNA"}), ("greeting", {}),
        ("queued", {"queue": "support"}), ("offered", {"agent": "alice", "considered": CONSIDERED}),
        ("answered", {"agent": "alice"}),
        ("ended", {"disposition": "answered", "by": "caller", "cause": 16}),
    ]  # fmt: skip
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
    known: dict[str, Any] = {"from_number": "5551234", "from_name": "ANNA", "started_at": NOON, "duration_s": 61.0,
             "bytes": len(sound), "sha256": hashlib.sha256(sound).hexdigest(), "state": MessageState.NEW}  # fmt: skip
    made = Message(**{"id": uuid7(), "box": "201", "call": uuid7()} | known | more)
    path = folder / "voicemail" / made.box / f"{made.id}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sound)
    write(folder, voicemail.left, made, False, "")
    return made
