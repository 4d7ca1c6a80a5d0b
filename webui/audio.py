# SPDX-License-Identifier: GPL-2.0-or-later
"""A recording's sound, whole or in part."""

from __future__ import annotations

from pathlib import Path

import bottle
from bottle import HTTPResponse

from firmware.errors import Conflict, NotFound
from firmware.records import Recording, RecordingState
from webui.http import MESSAGE_OF_STATUS, error_body, json_response

TYPES = {".wav": "audio/wav", ".opus": "audio/ogg", ".ogg": "audio/ogg", ".flac": "audio/flac"}


def answer(state: Path, recording: Recording, download: bool) -> HTTPResponse:
    """The file, with Range, HEAD and ETag (RFC 9110, sections 8.8.3 and 14).

    Conflict (`recording_not_ready`) while it is written, NotFound (`audio_missing`) when the disk has lost it.
    """
    if recording.state is not RecordingState.READY:
        raise Conflict(
            f"Recording {recording.id} is {recording.state.value}; it has no audio to hear.", code="recording_not_ready"
        )
    folder = (state / "recordings").resolve()
    path = (folder / recording.path).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise NotFound(f"The audio of recording {recording.id} is not on the disk any more.", code="audio_missing")
    name = f"{recording.started_at:%Y%m%d-%H%M%S}-{recording.id}{path.suffix}"
    return file(path, folder, recording.sha256 or recording.id, name if download else "")


def file(path: Path, folder: Path, tag: str, download: str) -> HTTPResponse:
    """A sound file below a folder; `download`: the name it is saved under. NotFound (`audio_missing`)."""
    path = path.resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise NotFound("This sound is not on the disk any more.", code="audio_missing")
    size = path.stat().st_size
    wanted = bottle.request.get_header("Range")
    if wanted and not list(bottle.parse_range_header(wanted, size)):
        return json_response(error_body("bad_range", MESSAGE_OF_STATUS[416]), 416, Content_Range=f"bytes */{size}")
    response: HTTPResponse = bottle.static_file(
        path.name,
        root=str(path.parent),
        mimetype=TYPES.get(path.suffix, "application/octet-stream"),
        download=download or False,
        etag=f'"{tag}"',
    )
    response.set_header("Cache-Control", "private, no-cache")
    return response
