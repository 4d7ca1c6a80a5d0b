# SPDX-License-Identifier: GPL-2.0-or-later
"""Forms with large files at their end, which are passed on as they come: they are kept nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from bottle import LocalRequest

from firmware.errors import Invalid
from webui import auth

MOST_BEFORE = 16 * 1024  # octets of fields before the file
PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Upload:
    """Fields of the form, and the file: `length` octets of `stream`."""

    fields: dict[str, str]
    stream: IO[bytes]
    length: int
    filename: str


def read(request: LocalRequest, file: str) -> Upload:
    """The form up to its last field `file` (RFC 7578). Invalid (`bad_request`; of that field when none was chosen)."""
    stream, boundary = _form_of(request)
    fields, seen = dict[str, str](), 0
    line = stream.readline(MOST_BEFORE)
    while line.strip() == boundary:
        seen += len(line)
        name, filename, read_ = _headers(stream)
        seen += read_
        if name == file:
            end = len(boundary) + 6  # CR LF, boundary, two dashes, CR LF
            return _chosen(Upload(fields, stream, request.content_length - seen - end, filename), file)
        text, line, read_ = _text(stream, boundary, MOST_BEFORE - seen)
        fields[name] = text
        seen += read_ - len(line)
    raise Invalid("The form could not be read.", code="bad_request")


def _form_of(request: LocalRequest) -> tuple[IO[bytes], bytes]:
    """The body, and the line between its parts."""
    kind = request.get_header("Content-Type", "")  # `request.content_type` is in small letters, boundaries are not
    found = re.fullmatch(r'multipart/form-data;.*boundary="?([^";,\s]{1,70})"?', kind, re.IGNORECASE)
    if not found or request.content_length <= 0:
        raise Invalid("The form could not be read.", code="bad_request")
    return request.environ["wsgi.input"], b"--" + found[1].encode()


def several_of_ours(request: LocalRequest, secret: str, file: str) -> Iterator[tuple[str, Part]]:
    """All files of the last field `file` of a form of ours, as they come; what is not read of one is passed over when
    the next one is asked for."""
    first = read_ours(request, secret, file)
    stream, boundary = _form_of(request)
    part = Part(stream, boundary)
    yield first.filename, part
    while part.has_next():
        _, name, _ = _headers(stream)
        part = Part(stream, boundary)
        yield name, part


class Part:
    """A file of a form, to the boundary after it."""

    def __init__(self, stream: IO[bytes], boundary: bytes) -> None:
        self._stream, self._boundary = stream, boundary
        self._held, self._last = b"", b""

    def has_next(self) -> bool:
        """Whether another one follows; the rest of this one is passed over."""
        while self.read():
            pass
        return self._last.strip() == self._boundary

    def read(self, size: int = -1, /) -> bytes:
        """Some octets, as many as come; b"" at its end. Invalid when the form breaks off."""
        while not self._last:
            line = self._stream.readline(PIECE)
            if not line:
                raise Invalid("The form could not be read.", code="bad_request")
            if line.startswith(self._boundary) and self._held.endswith(b"\r\n"):
                self._last, found = line, self._held[:-2]
            elif self._held.endswith(b"\r"):  # its line feed was cut off
                self._held, found = self._held + line, b""
            else:
                self._held, found = line, self._held
            if found:
                return found
        return b""


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


def _chosen(upload: Upload, file: str) -> Upload:
    if not upload.filename or upload.length <= 0:
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
