# SPDX-License-Identifier: GPL-2.0-or-later
"""Sound for a browser or a script: whole or in part."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import bottle
from bottle import HTTPResponse

from firmware.archive.library import SUFFIX, TYPES, Sound, pieces
from firmware.errors import Invalid, NotFound
from firmware.records import Recording
from webui.auth import Identity
from webui.box import Box
from webui.http import MESSAGE_OF_STATUS, error_body, json_response

NOT_KEPT = "private, no-cache"


def answer(box: Box, recording: Recording, who: Identity, codec: str | None, download: bool) -> HTTPResponse:
    """A recording, noted with who hears it; `codec` None is as it is kept.

    Conflict (`recording_not_ready`, `audio_damaged`), NotFound (`audio_missing`, `audio_removed`), Unavailable.
    """
    if codec is not None and codec not in TYPES:
        raise Invalid(f'"{codec}" is no format; use one of {", ".join(TYPES)}.', field="format")
    sound = box.library().sound(recording, codec)
    if bottle.request.method == "GET":
        box.notebook.heard(recording.id, who.name, "downloaded" if download else "heard", codec or "")
    name = f"{recording.started_at:%Y%m%d-%H%M%S}-{recording.id}{SUFFIX[sound.codec]}"
    return ranged(sound, name if download else "")


def ranged(sound: Sound, download: str) -> HTTPResponse:
    """With Range, HEAD and ETag (RFC 9110, sections 8.8.3, 13 and 14); `download`: the name it is saved under."""
    request, tag = bottle.request, f'"{sound.tag}"'
    headers = {"ETag": tag, "Accept-Ranges": "bytes", "Cache-Control": NOT_KEPT, "Content-Type": TYPES[sound.codec]}
    if download:
        headers["Content-Disposition"] = f'attachment; filename="{download}"'
    if tag in [known.strip() for known in request.get_header("If-None-Match", "").split(",")]:
        return HTTPResponse(status=304, headers=headers)
    wanted = request.get_header("Range") if request.get_header("If-Range", tag) == tag else None
    start, end, status = 0, sound.size, 200
    if wanted:
        ranges = list(bottle.parse_range_header(wanted, sound.size))
        if not ranges:
            body = error_body("bad_range", MESSAGE_OF_STATUS[416])
            return json_response(body, 416, Content_Range=f"bytes */{sound.size}")
        (start, end), status = ranges[0], 206
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{sound.size}"
    headers["Content-Length"] = str(end - start)
    body_: Iterable[bytes] = () if request.method == "HEAD" else sound.read(start, end - start)
    return HTTPResponse(body_, status=status, headers=headers)


def file(path: Path, folder: Path, tag: str, download: str) -> HTTPResponse:
    """A sound file below a folder; `download`: the name it is saved under. NotFound (`audio_missing`)."""
    path = path.resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise NotFound("This sound is not on the disk any more.", code="audio_missing")
    return ranged(Sound("wav", path.stat().st_size, tag, lambda start, length: pieces(path, start, length)), download)
