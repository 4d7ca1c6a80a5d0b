# SPDX-License-Identifier: GPL-2.0-or-later
"""Voicemail: what was left in which mailbox; heard, marked and deleted."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from bottle import HTTPResponse

from firmware.records import Message
from webui import audio, auth, mailbox
from webui.http import read_body
from webui.pages.changes import stream_of
from webui.pages.route import PageRoute, Visit, html

PAGE = 50


def messages(visit: Visit) -> HTTPResponse:
    """The list of one box or of all; only its items when the open page asks for them."""
    query = visit.request.query.decode()
    box, cursor = mailbox.chosen(visit.box, visit.known, query.get("box")) or "", query.get("cursor")
    own = mailbox.own_box(visit.box, visit.known)
    found = visit.box.history.messages(box=box or None, limit=PAGE, cursor=cursor or None)
    values: dict[str, Any] = {
        "messages": [message.as_json() for message in found.items],
        "more": f"/messages?{urlencode({'box': box, 'cursor': found.next})}" if found.next else "",
        "boxes": [known for known in visit.ask_or([], "voicemail") if own in (None, known["box"])],
        "chosen": box,
        "core_up": visit.box.live.up,
    }
    if visit.wants_part:
        return visit.part("messages_items.html" if cursor else "messages_list.html", **values)
    may_text = visit.may(auth.SUPERVISE) and visit.box.scope is None
    here = f"/messages?{urlencode({'box': box})}"
    return visit.page("messages.html", here_part=here, may_text=may_text, **values)


def sound(visit: Visit, id: str) -> HTTPResponse:
    message: Message = mailbox.message(visit.box, visit.known, id)
    folder = visit.box.state / "voicemail"
    name = f"{message.started_at:%Y%m%d-%H%M%S}-{message.id}.wav"
    wanted = name if visit.request.query.get("download") else ""
    return audio.file(folder / message.box / f"{message.id}.wav", folder, message.sha256, wanted)


def mark(visit: Visit, id: str) -> HTTPResponse:
    """New or saved; answers the message as it is then."""
    mailbox.may_change(visit.box, visit.known, id)
    found = visit.box.live.ask("voicemail.mark", id=id, state=visit.form("state"))
    return visit.part("messages_items.html", messages=[found], more="", boxes=visit.ask_or([], "voicemail"))


def delete(visit: Visit, id: str) -> HTTPResponse:
    """Nothing stands in its place."""
    read_body(visit.request)
    mailbox.may_change(visit.box, visit.known, id)
    visit.box.live.ask("voicemail.delete", id=id)
    return html("")


ROUTES = [
    PageRoute("GET", "/messages", messages, roles=mailbox.READERS),
    PageRoute("GET", "/messages/stream", stream_of("voicemail"), roles=mailbox.READERS),
    PageRoute("GET", "/messages/<id>/audio", sound, roles=mailbox.READERS),
    PageRoute("POST", "/messages/<id>/mark", mark, roles=mailbox.READERS),
    PageRoute("POST", "/messages/<id>/delete", delete, roles=mailbox.READERS),
]
