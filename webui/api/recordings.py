# SPDX-License-Identifier: GPL-2.0-or-later
"""Recordings: found, heard, exported, noted, held, deleted; how long the disk lasts; numbers that are erased."""

from __future__ import annotations

from typing import Any

from firmware.errors import Invalid
from webui import audio, auth, library
from webui.api.route import Ask, Route, number_of, time_of
from webui.http import json_response, only_fields, text_field

CHOICES = (
    "call", "number", "name", "queue", "agent", "line", "trunk", "direction", "disposition", "rule", "state", "tag",
    "text",
)  # fmt: skip
MORE = ("since", "until", "held", "long_s", "limit", "cursor")


def recordings(ask: Ask) -> Any:
    """Recordings, newest first, by pages; chosen by what their calls were and what was written of them."""
    query = ask.query(*CHOICES, *MORE)
    chosen: dict[str, Any] = {name: query[name] for name in CHOICES if name in query}
    if "held" in query:
        chosen["held"] = _truth(query["held"], "held")
    if "long_s" in query:
        chosen["long_s"] = float(number_of(query, "long_s", 0))
    page = ask.box.history.recordings(
        since=time_of(query, "since"),
        until=time_of(query, "until"),
        limit=number_of(query, "limit", 50),
        cursor=query.get("cursor"),
        **chosen,
    )
    return {"items": [_outside(item.as_json()) for item in page.items], "next": page.next}


def _truth(text: str, field: str) -> bool:
    if text not in ("true", "false"):
        raise Invalid(f'"{text}" is neither true nor false.', field=field)
    return text == "true"


def one(ask: Ask, id: str) -> Any:
    return _outside(ask.box.history.recording(id).as_json())


def sound(ask: Ask, id: str) -> Any:
    query = ask.query("download", "format")
    recording = ask.box.history.recording(id)
    return audio.answer(ask.box, recording, ask.who, query.get("format"), bool(query.get("download")))


def peaks(ask: Ask, id: str) -> Any:
    """The outline of both channels, in audiowaveform's JSON form."""
    return library.outline_of(ask.box, ask.box.history.recording(id))


def vcon(ask: Ask, id: str) -> Any:
    """The call as a vCon, with its sound."""
    query = ask.query("format")
    container = library.vcon_of(ask.box, ask.box.history.recording(id), ask.who, query.get("format", "opus"))
    return json_response(
        container, Content_Type="application/vcon+json", Content_Disposition=f'attachment; filename="{id}.vcon"'
    )


def disk(ask: Ask) -> Any:
    """How much there is, and for how many days it lasts."""
    return library.budget_of(ask.box).as_json()


def notes(ask: Ask, id: str) -> Any:
    return {"items": [note.as_json() for note in ask.box.notebook.notes(ask.box.history.recording(id).id)]}


def add_note(ask: Ask, id: str) -> Any:
    body = ask.json()
    only_fields(body, "at_s", "text")
    at_s = body.get("at_s", 0)
    if isinstance(at_s, bool) or not isinstance(at_s, (int, float)):
        raise Invalid("'at_s' must be seconds from the begin of the recording.", field="at_s")
    note = ask.box.notebook.note(id, float(at_s), text_field(body, "text", longest=2000), ask.who.name)
    return json_response(note.as_json(), 201)


def delete_note(ask: Ask, id: str, note: str) -> Any:
    ask.box.notebook.delete_note(id, note, ask.who.name)
    return {}


def tags(ask: Ask, id: str) -> Any:
    return {"tags": ask.box.notebook.tags(ask.box.history.recording(id).id)}


def set_tags(ask: Ask, id: str) -> Any:
    body = ask.json()
    only_fields(body, "tags")
    given = body.get("tags")
    if not isinstance(given, list) or not all(isinstance(tag, str) for tag in given):
        raise Invalid("'tags' must be a list of texts.", field="tags")
    return {"tags": ask.box.notebook.tag(id, given, ask.who.name)}


def hold(ask: Ask, id: str) -> Any:
    """It is kept until the reason is empty again."""
    body = ask.json()
    only_fields(body, "reason")
    ask.box.notebook.hold(id, text_field(body, "reason", required=False), ask.who.name)
    return one(ask, id)


def audit(ask: Ask, id: str) -> Any:
    return {"items": ask.box.notebook.audit(ask.box.history.recording(id).id)}


def delete(ask: Ask, id: str) -> Any:
    only_fields(ask.json())
    ask.box.notebook.delete(id, ask.who.name, bool(ask.box.document().get("cloud")))
    return {}


def erase(ask: Ask) -> Any:
    """One number, everywhere."""
    body = ask.json()
    only_fields(body, "number", "reason")
    number, reason = text_field(body, "number", longest=64), text_field(body, "reason")
    return json_response(ask.box.live.ask("erase", number=number, reason=reason, author=ask.who.name), 201)


def erased(ask: Ask) -> Any:
    """What was erased, without saying whom."""
    return {"items": ask.box.notebook.erasures()}


def _outside(recording: dict[str, Any]) -> dict[str, Any]:
    """Where the file lies is the box's own business."""
    return {key: value for key, value in recording.items() if key != "path"}


ROUTES = [
    Route("GET", "/recordings", recordings),
    Route("GET", "/recordings/disk", disk),
    Route("GET", "/recordings/<id>", one),
    Route("DELETE", "/recordings/<id>", delete, roles=auth.ADMIN),
    Route("GET", "/recordings/<id>/audio", sound, roles=auth.HEAR),
    Route("GET", "/recordings/<id>/peaks", peaks, roles=auth.HEAR),
    Route("GET", "/recordings/<id>/vcon", vcon, roles=auth.HEAR),
    Route("GET", "/recordings/<id>/notes", notes, roles=auth.HEAR),
    Route("POST", "/recordings/<id>/notes", add_note, roles=auth.SET_AGENT),
    Route("DELETE", "/recordings/<id>/notes/<note>", delete_note, roles=auth.SUPERVISE),
    Route("GET", "/recordings/<id>/tags", tags, roles=auth.HEAR),
    Route("PUT", "/recordings/<id>/tags", set_tags, roles=auth.SET_AGENT),
    Route("PUT", "/recordings/<id>/hold", hold, roles=auth.SUPERVISE),
    Route("GET", "/recordings/<id>/audit", audit, roles=auth.SUPERVISE),
    Route("POST", "/erasures", erase, roles=auth.ADMIN),
    Route("GET", "/erasures", erased, roles=auth.ADMIN),
]
