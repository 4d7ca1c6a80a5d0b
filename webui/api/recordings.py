# SPDX-License-Identifier: GPL-2.0-or-later
"""Recordings and their sound."""

from __future__ import annotations

from typing import Any

from webui import audio
from webui.api.route import Ask, Route, number_of, time_of

CHOICES = ("since", "until", "call", "number", "queue", "agent", "limit", "cursor")


def recordings(ask: Ask) -> Any:
    """Recordings, newest first, by pages; chosen by what their calls were."""
    query = ask.query(*CHOICES)
    page = ask.box.history.recordings(
        since=time_of(query, "since"),
        until=time_of(query, "until"),
        call=query.get("call"),
        number=query.get("number"),
        queue=query.get("queue"),
        agent=query.get("agent"),
        limit=number_of(query, "limit", 50),
        cursor=query.get("cursor"),
    )
    return {"items": [_outside(item.as_json()) for item in page.items], "next": page.next}


def one(ask: Ask, id: str) -> Any:
    return _outside(ask.box.history.recording(id).as_json())


def sound(ask: Ask, id: str) -> Any:
    return audio.answer(ask.box.state, ask.box.history.recording(id), bool(ask.query("download").get("download")))


def _outside(recording: dict[str, Any]) -> dict[str, Any]:
    """Where the file lies is the box's own business."""
    return {key: value for key, value in recording.items() if key != "path"}


ROUTES = [
    Route("GET", "/recordings", recordings),
    Route("GET", "/recordings/<id>", one),
    Route("GET", "/recordings/<id>/audio", sound),
]
