# SPDX-License-Identifier: GPL-2.0-or-later
"""What comes from another telephone system: an upload, what would be made of it, and the decision."""

from __future__ import annotations

from typing import Any

from firmware.errors import Conflict, Invalid
from webui import auth, imports
from webui.api.route import Ask, Route
from webui.api.schema import (
    COUNT,
    LINE,
    OBJECT,
    TEXT,
    TIME,
    TRUTH,
    Media,
    Query,
    many,
    may_lack,
    maybe,
    obj,
    one_of,
    only,
)
from webui.http import json_response, only_fields

NAME = "upload"


def show(ask: Ask) -> Any:
    """How far an import is, and what it would do now, of `parts` (with commas between them; all of them without it)."""
    query = ask.query()
    progress = ask.box.imports.progress()
    chosen = {"existing": query.get("existing"), "parts": query["parts"].split(",") if "parts" in query else None}
    return progress | {"preview": ask.box.imports.look(chosen) if progress["step"] == "waiting" else None}


def take(ask: Ask) -> Any:
    """The body is one file: a backup of FreePBX, a .conf or CSV file, or a tar or zip archive of several. Nothing is
    changed yet: what was read waits, in place of what did before, and the answer is what an import would do."""
    imports.check_size(ask.request)
    ask.box.imports.take(imports.one(ask.request, ask.query().get("name", NAME)))
    ask.box.access_log.write(ask.who.name, "import", "read", str(ask.request.environ.get("REMOTE_ADDR", "")))
    return ask.box.imports.progress() | {"preview": ask.box.imports.look({})}


def apply(ask: Ask) -> Any:
    """One revision of the configuration, all or nothing; calls are added to the history from then on."""
    body = ask.json()
    only_fields(body, "parts", "existing", "revision", "without_emergency")
    parts = body.get("parts")
    if parts is not None and not (isinstance(parts, list) and all(isinstance(part, str) for part in parts)):
        raise Invalid("'parts' must be a list of names.", field="parts")
    if not isinstance(body.get("without_emergency", False), bool):
        raise Invalid("'without_emergency' must be true or false.", field="without_emergency")
    revision = body.get("revision")
    if revision is not None and (not isinstance(revision, int) or isinstance(revision, bool)):
        raise Invalid("'revision' must be the number that the preview gave.", field="revision")
    return json_response(ask.box.imports.apply(body | {"author": ask.who.name}), 202)


def go_on(ask: Ask) -> Any:
    """Calls whose sending was cut short, by a restart for example, are sent on."""
    only_fields(ask.json())
    now = ask.box.imports.progress()
    if now["step"] != "sending" or now["under_way"]:
        raise Conflict("No calls wait to be sent.", code="no_import")
    ask.box.imports.send()
    return json_response({}, 202)


def forget(ask: Ask) -> Any:
    """What was read is thrown away."""
    ask.box.imports.forget()
    return {}


_NOTE = obj(where=TEXT, message=TEXT, about=TEXT)
_MADE = obj(table=TEXT, count=COUNT, names=many(TEXT))
_PREVIEW = obj(
    revision=COUNT, made=many(_MADE), found=OBJECT, call_count=COUNT, new_passwords=many(TEXT), without_pin=many(TEXT),
    collisions=many(_NOTE), not_understood=many(_NOTE), changed=TRUTH,
)  # fmt: skip
_PROGRESS = obj(
    step=one_of("none", "waiting", "sending", "done"), at=maybe(TIME), files=many(TEXT), revision=maybe(COUNT),
    sent=COUNT, of=COUNT, new=COUNT, error=TEXT, under_way=TRUTH, preview=maybe(_PREVIEW),
)  # fmt: skip
_EXISTING = one_of("keep", "replace")
_CHECKED = ("config_conflict", "config_invalid", "emergency_unreachable", "on_trial", "trial_stands")
_BUSY = ("import_in_progress",)

ROUTES = [
    Route(
        "GET", "/import", show, auth.CONFIGURE, answer=_PROGRESS, fails=("no_import", "no_such_part", "no_config"),
        query=(
            Query("existing", _EXISTING, "What is there already stays (`keep`), or takes over what is new."),
            Query("parts", LINE, "Such as `extensions,queues`."),
        ),
    ),
    Route(
        "POST", "/import", take, auth.CONFIGURE, body=Media(("application/octet-stream",)), answer=_PROGRESS,
        fails=("not_an_import", "no_import", "no_config", *_BUSY),
        query=(Query("name", LINE, "What the file is called: its ending says what it is."),),
    ),
    Route(
        "POST", "/import/apply", apply, auth.CONFIGURE, status=202, answer=obj(revision=maybe(COUNT), calls=COUNT),
        body=only(parts=may_lack(maybe(many(TEXT))), existing=may_lack(_EXISTING), revision=may_lack(maybe(COUNT)),
                  without_emergency=may_lack(TRUTH)),
        fails=("no_import", "no_such_part", "no_config", *_CHECKED, *_BUSY),
    ),
    Route(
        "POST", "/import/calls", go_on, auth.CONFIGURE, status=202, body=only(), answer=obj(), fails=("no_import",),
    ),
    Route("DELETE", "/import", forget, auth.CONFIGURE, answer=obj(), fails=_BUSY),
]  # fmt: skip
