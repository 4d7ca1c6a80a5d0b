# SPDX-License-Identifier: GPL-2.0-or-later
"""Forms with one large file at their end, which is passed on as it comes: it is kept nowhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import IO

from bottle import LocalRequest

from firmware.errors import Invalid
from webui import auth

MOST_BEFORE = 16 * 1024  # octets of fields before the file


@dataclass(frozen=True, slots=True)
class Upload:
    """Fields of the form, and the file: `length` octets of `stream`."""

    fields: dict[str, str]
    stream: IO[bytes]
    length: int


def read(request: LocalRequest, file: str) -> Upload:
    """The form up to its last field `file` (RFC 7578). Invalid (`bad_request`; of that field when none was chosen)."""
    found = re.fullmatch(r'multipart/form-data;.*boundary="?([^";,\s]{1,70})"?', request.content_type, re.IGNORECASE)
    if not found or request.content_length <= 0:
        raise Invalid("The form could not be read.", code="bad_request")
    stream: IO[bytes] = request.environ["wsgi.input"]
    boundary, fields, seen = b"--" + found[1].encode(), dict[str, str](), 0
    line = stream.readline(MOST_BEFORE)
    while line.strip() == boundary:
        seen += len(line)
        name, filename, read_ = _headers(stream)
        seen += read_
        if name == file:
            end = len(boundary) + 6  # CR LF, boundary, two dashes, CR LF
            return _chosen(Upload(fields, stream, request.content_length - seen - end), file, filename)
        text, line, read_ = _text(stream, boundary, MOST_BEFORE - seen)
        fields[name] = text
        seen += read_ - len(line)
    raise Invalid("The form could not be read.", code="bad_request")


def read_ours(request: LocalRequest, secret: str, file: str) -> Upload:
    """The same of a form of ours, whose field `csrf` comes before the file. Denied (`csrf`) when it is none."""
    try:
        upload = read(request, file)
    except Invalid as error:
        if error.field is None:
            auth.check_token(request, secret, "")
        raise
    auth.check_token(request, secret, upload.fields.get("csrf", ""))
    return upload


def _chosen(upload: Upload, file: str, filename: str) -> Upload:
    if not filename or upload.length <= 0:
        raise Invalid("Choose a file.", field=file)
    return upload


def _headers(stream: IO[bytes]) -> tuple[str, str, int]:
    """Name of the field, of the file, and how many octets were read."""
    octets = b""
    while (line := stream.readline(MOST_BEFORE)) not in (b"\r\n", b"\n", b""):
        octets += line
        if len(octets) > MOST_BEFORE:
            raise Invalid("The form could not be read.", code="bad_request")
    import email.parser  # not kept in the memory of a box to which nothing is uploaded
    import email.policy

    headers = email.parser.BytesHeaderParser(policy=email.policy.HTTP).parsebytes(octets)
    disposition = headers["Content-Disposition"]
    values = disposition.params if disposition is not None else {}
    return str(values.get("name", "")), str(values.get("filename", "")), len(octets) + len(line)


def _text(stream: IO[bytes], boundary: bytes, most: int) -> tuple[str, bytes, int]:
    """What is in a field, the line of the boundary after it, and how many octets both were."""
    octets, read_ = b"", 0
    while True:
        line = stream.readline(MOST_BEFORE)
        read_ += len(line)
        if not line or read_ > most:
            raise Invalid("The form could not be read.", code="bad_request")
        if line.startswith(boundary):
            return octets.removesuffix(b"\r\n").decode(errors="replace"), line, read_
        octets += line
