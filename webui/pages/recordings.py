# SPDX-License-Identifier: GPL-2.0-or-later
"""Recordings: found again, heard with their outline, noted, tagged, held, deleted."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from bottle import HTTPResponse

from firmware.errors import Invalid
from webui import audio, auth, frame, library
from webui.http import json_response, read_body
from webui.pages.calls import midnight
from webui.pages.route import PageRoute, Visit, html, redirect

PAGE = 50
CHOSEN = ("number", "name", "queue", "agent", "tag", "text")
FILTERS = (*CHOSEN, "since", "until", "held")


def recordings(visit: Visit) -> HTTPResponse:
    """The list; only its rows when htmx asks for more of them."""
    query = visit.request.query.decode()
    filters = {name: query.get(name, "").strip() for name in FILTERS}
    given = {name: text for name, text in filters.items() if text}
    found = visit.box.history.recordings(
        since=midnight(visit, filters["since"]),
        until=midnight(visit, filters["until"], plus_days=1),
        limit=PAGE,
        cursor=query.get("cursor") or None,
        held=True if filters["held"] else None,
        **{name: given.get(name) for name in CHOSEN} | {"number": visit.box.sought(filters["number"])},
    )
    more = f"/recordings?{urlencode(given | {'cursor': found.next})}" if found.next else ""
    calls = visit.box.history.calls_of([item.call for item in found.items])
    values: dict[str, Any] = {"rows": [(item.as_json(), calls.get(item.call)) for item in found.items], "more": more}
    if visit.wants_part:
        return html(frame.render(visit.box, visit.language, "recordings_rows.html", **values))
    document = visit.box.document()
    return visit.page(
        "recordings.html",
        filters=filters,
        filtered=bool(given),
        disk=library.budget_of(visit.box).as_json(),
        queues=[queue["name"] for queue in document.get("queue", [])],
        agents={agent["id"]: agent.get("name") or agent["id"] for agent in document.get("agent", [])},
        tags=visit.box.notebook.all_tags(),
        **values,
    )


def recording(visit: Visit, id: str) -> HTTPResponse:
    """The player."""
    found = visit.box.history.recording(id)
    may_see = visit.may(auth.SUPERVISE)
    return visit.page(
        "recording.html",
        recording=found.as_json(),
        cdr=visit.box.history.calls_of([found.call]).get(found.call),
        audit=visit.box.notebook.audit(id) if may_see else [],
        may_note=visit.may(auth.SET_AGENT),
        may_hold=may_see,
        may_delete=visit.may(auth.ADMIN),
        **_notes(visit, id),
    )


def _notes(visit: Visit, id: str) -> dict[str, Any]:
    return {
        "id": id,
        "notes": [note.as_json() for note in visit.box.notebook.notes(id)],
        "tags": visit.box.notebook.tags(id),
        "may_delete_notes": visit.may(auth.SUPERVISE),
    }


def sound(visit: Visit, id: str) -> HTTPResponse:
    query = visit.request.query
    codec, download = query.get("format") or None, bool(query.get("download"))
    return audio.answer(visit.box, visit.box.history.recording(id), visit.known, codec, download)


def peaks(visit: Visit, id: str) -> HTTPResponse:
    return json_response(
        library.outline_of(visit.box, visit.box.history.recording(id)), Cache_Control="private, no-cache"
    )


def vcon(visit: Visit, id: str) -> HTTPResponse:
    container = library.vcon_of(visit.box, visit.box.history.recording(id), visit.known, "opus")
    named = f'attachment; filename="{id}.vcon"'
    return json_response(container, Content_Type="application/vcon+json", Content_Disposition=named)


def add_note(visit: Visit, id: str) -> HTTPResponse:
    """The notes as they are then."""
    try:
        at_s = float(visit.form("at_s") or 0)
    except ValueError:
        raise Invalid("The time of a note is a number of seconds.", field="at_s") from None
    visit.box.notebook.note(id, at_s, visit.form("text"), visit.known.name)
    return visit.part("recording_notes.html", **_notes(visit, id))


def delete_note(visit: Visit, id: str, note: str) -> HTTPResponse:
    read_body(visit.request)
    visit.box.notebook.delete_note(id, note, visit.known.name)
    return visit.part("recording_notes.html", **_notes(visit, id))


def set_tags(visit: Visit, id: str) -> HTTPResponse:
    given = [tag.strip() for tag in visit.form("tags").split(",")]
    visit.box.notebook.tag(id, [tag for tag in given if tag], visit.known.name)
    return redirect(f"/recordings/{id}")


def hold(visit: Visit, id: str) -> HTTPResponse:
    visit.box.notebook.hold(id, visit.form("reason"), visit.known.name)
    return redirect(f"/recordings/{id}")


def delete(visit: Visit, id: str) -> HTTPResponse:
    read_body(visit.request)
    visit.box.notebook.delete(id, visit.known.name, bool(visit.box.document().get("cloud")))
    return redirect("/recordings")


ROUTES = [
    PageRoute("GET", "/recordings", recordings, roles=auth.HEAR),
    PageRoute("GET", "/recordings/<id>", recording, roles=auth.HEAR),
    PageRoute("GET", "/recordings/<id>/audio", sound, roles=auth.HEAR),
    PageRoute("GET", "/recordings/<id>/peaks", peaks, roles=auth.HEAR),
    PageRoute("GET", "/recordings/<id>/vcon", vcon, roles=auth.HEAR),
    PageRoute("POST", "/recordings/<id>/notes", add_note, roles=auth.SET_AGENT),
    PageRoute("POST", "/recordings/<id>/notes/<note>/delete", delete_note, roles=auth.SUPERVISE),
    PageRoute("POST", "/recordings/<id>/tags", set_tags, roles=auth.SET_AGENT),
    PageRoute("POST", "/recordings/<id>/hold", hold, roles=auth.SUPERVISE),
    PageRoute("POST", "/recordings/<id>/delete", delete, roles=auth.ADMIN),
]
