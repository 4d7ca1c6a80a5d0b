# SPDX-License-Identifier: GPL-2.0-or-later
"""The Line Doctor: examinations of a line, their sound, what calls have taught, and what is proposed."""

from __future__ import annotations

import re
from typing import Any

import bottle

from firmware.errors import Invalid, NotFound
from webui import auth
from webui.api.route import Ask, Route
from webui.api.schema import ANY, COUNT, OBJECT, TEXT, TRUTH, Media, many, may_lack, maybe, obj, only, ref
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
    """Ends an examination."""
    only_fields(ask.json())
    return ask.box.live.ask("doctor.cancel", line=line)


def apply(ask: Ask, line: str) -> Any:
    """Puts settings into the configuration: those of the last examination, or with `learnt` those that calls taught.

    For `trial_s` they are on trial.
    """
    body = ask.json()
    only_fields(body, "keys", "learnt", "trial_s")
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


_EXAMINED = obj(line=TEXT, report=maybe(ref("Examination")), baseline=ANY, learnt=many(ref("Proposed")), lessons=ANY)
_FOR = may_lack({"type": "number", "exclusiveMinimum": 0})
_APPLIED = only(keys=may_lack(many(TEXT)), learnt=may_lack(TRUTH), trial_s=may_lack({"type": "number"}))

ROUTES = [
    Route("GET", "/lines/<line>/doctor", show, answer=_EXAMINED, fails=("no_such_line",)),
    Route(
        "POST", "/lines/<line>/doctor", start, auth.CONFIGURE, body=only(call_s=_FOR, hang_up_s=_FOR),
        answer=ref("Examination"), status=201, fails=("no_such_line", "line_not_idle", "already_examined"),
    ),
    Route(
        "POST", "/lines/<line>/doctor/cancel", cancel, auth.CONFIGURE, body=only(), answer=ref("Examination"),
        fails=("no_such_line", "not_examined"),
    ),
    Route(
        "POST", "/lines/<line>/doctor/apply", apply, auth.CONFIGURE, body=_APPLIED,
        answer=obj(revision=COUNT, settings=OBJECT),
        fails=("no_such_line", "nothing_proposed", "config_invalid", "trial_stands", "on_trial"),
    ),
    Route(
        "POST", "/lines/<line>/doctor/accept", accept, auth.CONFIGURE, body=only(), answer=obj(accepted=many(TEXT)),
        fails=("no_such_line",),
    ),
    Route(
        "GET", "/lines/<line>/doctor/clips/<name>", clip, answer=Media(("audio/wav",)),
        fails=("no_such_line", "no_such_clip", "audio_missing"), ranged=True,
    ),
]  # fmt: skip
