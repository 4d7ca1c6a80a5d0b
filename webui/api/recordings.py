# SPDX-License-Identifier: GPL-2.0-or-later
"""Recordings: found, heard, exported, noted, held, deleted; how long the disk lasts; numbers that are erased."""

from __future__ import annotations

from typing import Any

from firmware.errors import Invalid
from firmware.records import Direction, Disposition, RecordingState
from webui import audio, auth, library
from webui.api.route import Ask, Route, limit_of, not_a_cursor, number_of, page, time_of
from webui.api.schema import (
    DOWNLOAD,
    LINE,
    OBJECT,
    PAGE,
    SPAN,
    TEXT,
    Media,
    Query,
    chosen,
    many,
    may_lack,
    maybe,
    obj,
    one_of,
    only,
    page_of,
    ref,
    text,
)
from webui.http import json_response, only_fields, text_field

CHOICES = (
    "call", "number", "name", "queue", "agent", "line", "trunk", "direction", "disposition", "rule", "state", "tag",
    "text",
)  # fmt: skip


def recordings(ask: Ask) -> Any:
    """Recordings, newest first, by pages; chosen by what their calls were and what was written of them."""
    query = ask.query()
    chosen: dict[str, Any] = {name: query[name] for name in CHOICES if name in query}
    if "number" in query:
        chosen["number"] = ask.box.sought(query["number"])
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
    """One recording."""
    return _outside(ask.box.history.recording(id).as_json())


def sound(ask: Ask, id: str) -> Any:
    """Its sound, as it is kept or as `format`; who listens is noted."""
    query = ask.query()
    recording = ask.box.history.recording(id)
    return audio.answer(ask.box, recording, ask.who, query.get("format"), bool(query.get("download")))


def peaks(ask: Ask, id: str) -> Any:
    """The outline of both channels, in audiowaveform's JSON form."""
    return library.outline_of(ask.box, ask.box.history.recording(id))


def vcon(ask: Ask, id: str) -> Any:
    """The call as a vCon, with its sound."""
    query = ask.query()
    container = library.vcon_of(ask.box, ask.box.history.recording(id), ask.who, query.get("format", "opus"))
    return json_response(
        container, Content_Type="application/vcon+json", Content_Disposition=f'attachment; filename="{id}.vcon"'
    )


def disk(ask: Ask) -> Any:
    """How much the disk holds, and for how many days it lasts."""
    return library.budget_of(ask.box).as_json()


def notes(ask: Ask, id: str) -> Any:
    """What people wrote of it, in the order of the recording, by pages."""
    query = ask.query()
    limit, recording = limit_of(query), ask.box.history.recording(id)
    found = ask.box.notebook.notes(recording.id, limit + 1, _after(query.get("cursor")))
    return page([note.as_json() for note in found], limit, "at_s", "id")


def _after(cursor: str | None) -> tuple[float, str] | None:
    at_s, _, id = (cursor or "").partition("~")
    if cursor is None:
        return None
    try:
        return float(at_s), id
    except ValueError:
        raise not_a_cursor() from None


def add_note(ask: Ask, id: str) -> Any:
    """A note at a second of it."""
    body = ask.json()
    only_fields(body, "at_s", "text")
    at_s = body.get("at_s", 0)
    if isinstance(at_s, bool) or not isinstance(at_s, (int, float)):
        raise Invalid("'at_s' must be seconds from the begin of the recording.", field="at_s")
    note = ask.box.notebook.note(id, float(at_s), text_field(body, "text", longest=2000), ask.who.name)
    return json_response(note.as_json(), 201)


def delete_note(ask: Ask, id: str, note: str) -> Any:
    """Takes a note away."""
    ask.box.notebook.delete_note(id, note, ask.who.name)
    return {}


def tags(ask: Ask, id: str) -> Any:
    """Its tags."""
    return {"tags": ask.box.notebook.tags(ask.box.history.recording(id).id)}


def set_tags(ask: Ask, id: str) -> Any:
    """These are its tags from now on."""
    body = ask.json()
    only_fields(body, "tags")
    given = body.get("tags")
    if not isinstance(given, list) or not all(isinstance(tag, str) for tag in given):
        raise Invalid("'tags' must be a list of texts.", field="tags")
    return {"tags": ask.box.notebook.tag(id, given, ask.who.name)}


def hold(ask: Ask, id: str) -> Any:
    """Legal hold: it is kept until the reason is empty again."""
    body = ask.json()
    only_fields(body, "reason")
    ask.box.notebook.hold(id, text_field(body, "reason", required=False), ask.who.name)
    return one(ask, id)


def audit(ask: Ask, id: str) -> Any:
    """Who listened, exported, changed; newest first, by pages."""
    query = ask.query()
    limit, recording = limit_of(query), ask.box.history.recording(id)
    return page(ask.box.notebook.audit(recording.id, limit + 1, query.get("cursor")), limit, "id")


def delete(ask: Ask, id: str) -> Any:
    """Deletes its sound, notes and tags for good."""
    only_fields(ask.json())
    ask.box.notebook.delete(id, ask.who.name, bool(ask.box.document().get("cloud")))
    return {}


def erase(ask: Ask) -> Any:
    """Erases one number everywhere."""
    body = ask.json()
    only_fields(body, "number", "reason")
    number, reason = text_field(body, "number", longest=64), text_field(body, "reason")
    return json_response(ask.box.live.ask("erase", number=number, reason=reason, author=ask.who.name), 201)


def erased(ask: Ask) -> Any:
    """What was erased, without saying whom; newest first, by pages."""
    query = ask.query()
    limit = limit_of(query)
    return page(ask.box.notebook.erasures(limit + 1, query.get("cursor")), limit, "id")


def _outside(recording: dict[str, Any]) -> dict[str, Any]:
    """Where the file lies is the box's own business."""
    return {key: value for key, value in recording.items() if key != "path"}


_FILTERS = (
    *chosen("call", "number", "queue", "agent", "line", "trunk"),
    Query("name", TEXT, "Part of the caller's name."),
    Query("direction", one_of(*Direction)),
    Query("disposition", one_of(*Disposition), "What the call came to."),
    Query("rule", TEXT, "Why it was made."),
    Query("state", one_of(*RecordingState)),
    Query("tag", TEXT, "A tag that it has."),
    Query("text", TEXT, "Words that its notes have."),
    Query("held", one_of("true", "false"), "Whether it is under legal hold."),
    Query("long_s", {"type": "integer", "minimum": 0, "maximum": 999999999}, "As long as this, or longer."),
)
_ANY_CODEC = Query("format", one_of("wav", "opus"))
_GONE = ("no_such_recording", "audio_missing", "audio_removed", "audio_damaged", "recording_not_ready", "no_key")
_KNOWN = ("no_such_recording",)
_SOUND = Media(("audio/wav", "audio/ogg"))
_NOTE = only(at_s=may_lack({"type": "number", "minimum": 0}), text=text(2000))
_TAGS = obj(tags=many(TEXT))

ROUTES = [
    Route("GET", "/recordings", recordings, query=(*SPAN, *_FILTERS, *PAGE), answer=page_of(ref("Recording"))),
    Route("GET", "/recordings/disk", disk, answer=ref("Disk")),
    Route("GET", "/recordings/<id>", one, answer=ref("Recording"), fails=_KNOWN),
    Route(
        "DELETE", "/recordings/<id>", delete, auth.ADMIN, answer=obj(),
        fails=(*_KNOWN, "recording_held", "recording_not_ready"),
    ),
    Route(
        "GET", "/recordings/<id>/audio", sound, auth.HEAR, query=(_ANY_CODEC, DOWNLOAD), answer=_SOUND, fails=_GONE,
        ranged=True,
    ),
    Route("GET", "/recordings/<id>/peaks", peaks, auth.HEAR, answer=OBJECT, fails=_GONE),
    Route(
        "GET", "/recordings/<id>/vcon", vcon, auth.HEAR, query=(_ANY_CODEC,), fails=_GONE,
        answer=Media(("application/vcon+json",)),
    ),
    Route("GET", "/recordings/<id>/notes", notes, auth.HEAR, query=PAGE, answer=page_of(ref("Note")), fails=_KNOWN),
    Route(
        "POST", "/recordings/<id>/notes", add_note, auth.SET_AGENT, body=_NOTE, answer=ref("Note"), status=201,
        fails=_KNOWN,
    ),
    Route(
        "DELETE", "/recordings/<id>/notes/<note>", delete_note, auth.SUPERVISE, answer=obj(),
        fails=(*_KNOWN, "no_such_note"),
    ),
    Route("GET", "/recordings/<id>/tags", tags, auth.HEAR, answer=_TAGS, fails=_KNOWN),
    Route(
        "PUT", "/recordings/<id>/tags", set_tags, auth.SET_AGENT, body=only(tags=many(TEXT)), answer=_TAGS,
        fails=_KNOWN,
    ),
    Route(
        "PUT", "/recordings/<id>/hold", hold, auth.SUPERVISE, body=only(reason=may_lack(maybe(LINE))),
        answer=ref("Recording"), fails=_KNOWN,
    ),
    Route(
        "GET", "/recordings/<id>/audit", audit, auth.SUPERVISE, query=PAGE, answer=page_of(ref("Audit")), fails=_KNOWN
    ),
    Route(
        "POST", "/erasures", erase, auth.ADMIN, body=only(number=text(64), reason=text()), answer=OBJECT, status=201,
        fails=("call_goes_on", "sms_under_way"),
    ),
    Route("GET", "/erasures", erased, auth.ADMIN, query=PAGE, answer=page_of(ref("Erasure"))),
]  # fmt: skip
