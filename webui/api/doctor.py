# SPDX-License-Identifier: GPL-2.0-or-later
"""The Line Doctor: examinations of a line, their sound, what calls have taught, and what is proposed."""

from __future__ import annotations

import re
from typing import Any

import bottle

from firmware.errors import Invalid, NotFound
from webui import auth
from webui.api.route import Ask, Route
from webui.http import json_response, only_fields

CLIP = re.compile(r"[a-z_]{1,20}")


def show(ask: Ask, line: str) -> Any:
    """The last examination, or the one under way; what calls have taught, and what they propose."""
    return ask.box.live.ask("doctor.show", line=line)


def start(ask: Ask, line: str) -> Any:
    """Begins an examination; its steps come as events `doctor`. 409 when the line is in use."""
    body = ask.json()
    only_fields(body, "call_s", "hang_up_s")
    return json_response(ask.box.live.ask("doctor.start", line=line, **body), 201)


def cancel(ask: Ask, line: str) -> Any:
    only_fields(ask.json())
    return ask.box.live.ask("doctor.cancel", line=line)


def apply(ask: Ask, line: str) -> Any:
    """Settings into the configuration: those of the last examination, or with `learnt` those that calls taught."""
    body = ask.json()
    only_fields(body, "keys", "learnt")
    if not isinstance(body.get("learnt", False), bool):
        raise Invalid("'learnt' must be true or false.", field="learnt")
    return ask.box.live.ask("doctor.apply", line=line, author=ask.who.name, **body)


def accept(ask: Ask, line: str) -> Any:
    """What changed on the line is known: its alarms are cleared."""
    only_fields(ask.json())
    return ask.box.live.ask("doctor.accept", line=line)


def clip(ask: Ask, line: str, name: str) -> Any:
    """A sound of the last examination, as WAV."""
    report = ask.box.live.ask("doctor.show", line=line)["report"]
    if not report or not CLIP.fullmatch(name) or name not in report["clips"]:
        raise NotFound(f"The last examination of {line} has no sound {name}.", code="no_such_clip")
    folder = ask.box.state / "doctor" / report["id"]
    if not (folder / f"{name}.wav").is_file():
        raise NotFound(f"The sound {name} is not on the disk any more.", code="audio_missing")
    response = bottle.static_file(f"{name}.wav", root=str(folder), mimetype="audio/wav")
    response.set_header("Cache-Control", "private, no-cache")
    return response


ROUTES = [
    Route("GET", "/lines/<line>/doctor", show),
    Route("POST", "/lines/<line>/doctor", start, roles=auth.CONFIGURE),
    Route("POST", "/lines/<line>/doctor/cancel", cancel, roles=auth.CONFIGURE),
    Route("POST", "/lines/<line>/doctor/apply", apply, roles=auth.CONFIGURE),
    Route("POST", "/lines/<line>/doctor/accept", accept, roles=auth.CONFIGURE),
    Route("GET", "/lines/<line>/doctor/clips/<name>", clip),
]
