# SPDX-License-Identifier: GPL-2.0-or-later
"""A recorded call as a vCon: the conversation container of draft-ietf-vcon-vcon-core-04 (which follows
draft-ietf-vcon-vcon-container), unsigned, with the sound inside."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from firmware import __version__
from firmware.archive.library import SUFFIX, TYPES
from firmware.archive.notebook import Note
from firmware.records import Cdr, LegRecord, Recording
from firmware.times import iso

VERSION = "0.4.0"
PRODUCT = {"vendor": "Tipring", "product": f"Tipring {__version__}"}
CALLER, CALLED = 0, 1  # places in `parties`: the left and the right channel

Json = dict[str, Any]


def vcon(
    cdr: Cdr, recording: Recording, legs: Sequence[LegRecord], notes: Sequence[Note], tags: Sequence[str],
    codec: str, sound: bytes, agent_name: str, now: datetime,
) -> Json:  # fmt: skip
    """The container of one recording."""
    return {
        "vcon": VERSION,
        "uuid": _uuid(recording.id),
        "created_at": iso(now),
        "subject": f"{cdr.direction.value} call {cdr.id}",
        "parties": _parties(cdr, agent_name),
        "dialog": [_dialog(recording, legs, codec, sound)],
        "analysis": _analysis(cdr, recording, notes, tags),
    }


def _uuid(recording: str) -> str:
    """Version 8, as the draft wishes; the same each time the recording is exported."""
    known = uuid.UUID(recording).int
    return str(uuid.UUID(int=known & ~(0xF << 76) | 0x8 << 76))


def _parties(cdr: Cdr, agent_name: str) -> list[Json]:
    caller = {"tel": _tel(cdr.from_number), "name": cdr.from_name, "validation": cdr.verstat or ""}
    called = {"tel": _tel(cdr.to_number), "name": agent_name or cdr.agent or "", "dept": cdr.queue or ""}
    return [{key: text for key, text in party.items() if text} for party in (caller, called)]


def _tel(number: str) -> str:
    """RFC 3966: a number as it is dialled here has no country in front, so it is written as it is."""
    return f"tel:{number}" if number else ""


def _dialog(recording: Recording, legs: Sequence[LegRecord], codec: str, sound: bytes) -> Json:
    digest = base64.urlsafe_b64encode(hashlib.sha512(sound).digest()).decode().rstrip("=")
    return {
        "type": "recording",
        "start": iso(recording.started_at),
        "duration": recording.duration_s,
        "parties": [CALLER, CALLED],
        "originator": CALLER,
        "mediatype": TYPES[codec],
        "filename": recording.id + SUFFIX[codec],
        "encoding": "base64url",
        "body": base64.urlsafe_b64encode(sound).decode().rstrip("="),
        "content_hash": f"sha512-{digest}",
        "party_history": _history(recording, legs),
        "application": "telephone",
    }


def _history(recording: Recording, legs: Sequence[LegRecord]) -> list[Json]:
    """When the caller and the first one called came and went, as far as it was recorded."""
    events = []
    for place, leg in enumerate(legs[:2]):
        events.append({"party": place, "time": iso(max(leg.started_at, recording.started_at)), "event": "join"})
        if leg.ended_at:
            events.append({"party": place, "time": iso(leg.ended_at), "event": "drop"})
    return sorted(events, key=lambda event: str(event["time"]))


def _analysis(cdr: Cdr, recording: Recording, notes: Sequence[Note], tags: Sequence[str]) -> list[Json]:
    numbers = ("from_number", "from_name", "to_number")  # they are in the parties
    known = {key: value for key, value in cdr.as_json().items() if value not in (None, "") and key not in numbers}
    masked = [dict(zip(("from_s", "to_s", "why"), span, strict=True)) for span in recording.masked]
    report = known | {"rule": recording.rule, "tags": list(tags), "silenced": masked}
    found: list[tuple[str, str, Any]] = [("report", "tipring-call", report)]
    if notes:
        found.append(("notes", "tipring-notes", [note.as_json() for note in notes]))
    return [
        {"type": type, "dialog": 0, **PRODUCT, "schema": schema, "encoding": "json", "body": body}
        for type, schema, body in found
    ]
