# SPDX-License-Identifier: GPL-2.0-or-later
"""Voicemail boxes, their messages and the sound of these. Supervisors hear all messages, agents the own ones."""

from __future__ import annotations

from typing import Any

from webui import audio, mailbox
from webui.api.route import Ask, Route, number_of, time_of
from webui.api.schema import DOWNLOAD, PAGE, SPAN, TEXT, Media, Query, many, obj, one_of, only, page_of, ref
from webui.http import only_fields, text_field

_UNKNOWN = ("no_such_message",)


def boxes(ask: Ask) -> Any:
    """Every box with how many messages it has."""
    own = mailbox.own_box(ask.box, ask.who)
    return [box for box in ask.box.live.ask("voicemail") if own in (None, box["box"])]


def messages(ask: Ask) -> Any:
    """Messages, newest first, by pages."""
    query = ask.query()
    page = ask.box.history.messages(
        box=mailbox.chosen(ask.box, ask.who, query.get("box")),
        state=query.get("state"),
        since=time_of(query, "since"),
        until=time_of(query, "until"),
        limit=number_of(query, "limit", 50),
        cursor=query.get("cursor"),
    )
    return {"items": [item.as_json() for item in page.items], "next": page.next}


def one(ask: Ask, id: str) -> Any:
    """One message."""
    return mailbox.message(ask.box, ask.who, id).as_json()


def sound(ask: Ask, id: str) -> Any:
    """Its sound."""
    message = mailbox.message(ask.box, ask.who, id)
    path = ask.box.state / "voicemail" / message.box / f"{message.id}.wav"
    name = f"{message.started_at:%Y%m%d-%H%M%S}-{message.id}.wav"
    return audio.file(path, ask.box.state / "voicemail", message.sha256, name if ask.query() else "")


def mark(ask: Ask, id: str) -> Any:
    """It is new, or saved."""
    body = ask.json()
    only_fields(body, "state")
    mailbox.may_change(ask.box, ask.who, id)
    return ask.box.live.ask("voicemail.mark", id=id, state=text_field(body, "state", longest=10))


def delete(ask: Ask, id: str) -> Any:
    """Deletes a message with its sound."""
    mailbox.may_change(ask.box, ask.who, id)
    return ask.box.live.ask("voicemail.delete", id=id) or {}


_MESSAGE = ref("Message")
_STATE = one_of("new", "saved")

ROUTES = [
    Route("GET", "/voicemail", boxes, mailbox.READERS, answer=many(ref("Mailbox"))),
    Route(
        "GET", "/voicemail/messages", messages, mailbox.READERS,
        query=(Query("box", TEXT), Query("state", _STATE), *SPAN, *PAGE), answer=page_of(_MESSAGE),
    ),
    Route("GET", "/voicemail/messages/<id>", one, mailbox.READERS, answer=_MESSAGE, fails=_UNKNOWN),
    Route(
        "GET", "/voicemail/messages/<id>/audio", sound, mailbox.READERS, query=(DOWNLOAD,),
        answer=Media(("audio/wav",)), fails=(*_UNKNOWN, "audio_missing"), ranged=True,
    ),
    Route(
        "POST", "/voicemail/messages/<id>/mark", mark, mailbox.READERS, body=only(state=_STATE), answer=_MESSAGE,
        fails=_UNKNOWN,
    ),
    Route("DELETE", "/voicemail/messages/<id>", delete, mailbox.READERS, answer=obj(), fails=_UNKNOWN),
]  # fmt: skip
