# SPDX-License-Identifier: GPL-2.0-or-later
"""What requests carry and how errors leave: JSON in, one error form out."""

from __future__ import annotations

import json
import logging
from typing import Any

from bottle import HTTPResponse, LocalRequest

from firmware.errors import Conflict, Denied, Invalid, NotFound, TipringError, Unavailable

log = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024
MAX_FILES = 33 * 1024 * 1024  # a form with a file
MOST_READ_AWAY = 16 * 1024 * 1024  # of what is too large
STATUS_OF_CODE = {
    "bad_json": 400,
    "bad_request": 400,
    "unauthorized": 401,
    "csrf": 403,
    "method_not_allowed": 405,
    "body_too_large": 413,
    "unsupported_media_type": 415,
    "bad_range": 416,
    "bad_sound": 422,
    "bad_forward": 422,
    "emergency_unreachable": 422,
    "too_many_attempts": 429,
    "too_many_requests": 429,
    "internal_error": 500,
    "core_unavailable": 503,
    "edge_unavailable": 503,
    "no_board": 503,
    "too_many_streams": 503,
    "too_many_exports": 503,
}
CODE_OF_STATUS = {
    400: "bad_request",
    401: "unauthorized",
    403: "denied",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    416: "bad_range",
    500: "internal_error",
}
MESSAGE_OF_STATUS = {
    400: "The request could not be read.",
    404: "There is nothing at this address; docs/reference lists what there is.",
    405: "This address does not take that method; the Allow header lists those it takes.",
    416: "The Range lies outside the file.",
    500: "The web service made a mistake; its log has the details.",
}


def status_of(error: TipringError) -> int:
    """The HTTP status of a domain error, also of one that came from the core as a code only."""
    if error.code in STATUS_OF_CODE:
        return STATUS_OF_CODE[error.code]
    for kind, status in ((NotFound, 404), (Invalid, 422), (Denied, 403), (Unavailable, 503), (Conflict, 409)):
        if isinstance(error, kind):
            return status
    return status_of_code(error.code)


def status_of_code(code: str) -> int:
    """The same of an error of which only the code is known."""
    if code in STATUS_OF_CODE:
        return STATUS_OF_CODE[code]
    if code.startswith("no_such_") or code == "not_found":
        return 404
    return 422 if code.endswith("invalid") else 409


def as_json(value: Any) -> str:
    """The JSON text that leaves the box."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def json_response(value: Any, status: int = 200, **headers: str) -> HTTPResponse:
    """A JSON answer. Keyword `Content_Type` becomes header `Content-Type`."""
    response = HTTPResponse(as_json(value), status=status)
    response.set_header("Content-Type", "application/json; charset=utf-8")
    for name, text in headers.items():
        response.set_header(name.replace("_", "-"), text)
    return response


def error_body(code: str, message: str, field: str | None = None, **more: Any) -> dict[str, Any]:
    """The one form of every error (CONTRACT: REST API)."""
    return {"error": {"code": code, "message": message, "field": field} | more}


def error_response(error: TipringError) -> HTTPResponse:
    """A domain error as an answer."""
    more = {}
    problems = getattr(error, "errors", None)
    if problems:
        more["errors"] = [_problem(problem) for problem in problems]
    field = error.field or (more["errors"][0]["path"] if more else None)
    response = json_response(error_body(error.code, error.message, field, **more), status_of(error))
    if response.status_code == 401:
        response.set_header("WWW-Authenticate", 'Bearer realm="tipring"')
    if response.status_code in (429, 503):
        response.set_header("Retry-After", "5")
    if response.status_code == 413:
        response.set_header("Connection", "close")
    return response


def _problem(problem: Any) -> dict[str, str]:
    if isinstance(problem, dict):
        return {"path": str(problem["path"]), "message": str(problem["message"])}
    return {"path": problem.path, "message": problem.message}


def read_body(request: LocalRequest, most: int = MAX_BODY) -> bytes:
    """The whole body. Invalid (`body_too_large`) beyond `most` octets (1 MiB), however it is sent."""
    too_large = Invalid(f"The body is larger than {most >> 20} MiB.", code="body_too_large")
    if request.content_length > most:
        read_away(request)
        raise too_large
    body: bytes = request.environ["wsgi.input"].read(most + 1) if _has_body(request) else b""
    if len(body) > most:
        raise too_large
    return body


def read_away(request: LocalRequest) -> None:
    """A connection that is closed while its client sends takes the answer with it (RFC 9112, section 9.6)."""
    left = min(request.content_length, MOST_READ_AWAY)
    while left > 0 and (piece := request.environ["wsgi.input"].read(min(left, 1 << 16))):
        left -= len(piece)


def check_size(request: LocalRequest) -> None:
    """Before a form with files is taken apart: Invalid (`body_too_large`) when it is too large, or does not say."""
    if request.content_type.startswith("multipart/") and not 0 <= request.content_length <= MAX_FILES:
        raise Invalid(f"The form is larger than {MAX_FILES >> 20} MiB.", code="body_too_large")


def _has_body(request: LocalRequest) -> bool:
    return request.content_length > 0 or bool(request.environ.get("wsgi.input_terminated"))


def read_json(request: LocalRequest) -> dict[str, Any]:
    """The body as a JSON object; an empty body is an empty object.

    Invalid with `body_too_large`, `unsupported_media_type` or `bad_json`.
    """
    body = read_body(request)
    if not body.strip():
        return {}
    if request.content_type.partition(";")[0].strip().lower() != "application/json":
        raise Invalid("Send the body as Content-Type: application/json.", code="unsupported_media_type")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"The body is not JSON: {error}.", code="bad_json") from error
    if not isinstance(value, dict):
        raise Invalid("The body must be a JSON object.", code="bad_json")
    return value


def text_field(body: dict[str, Any], name: str, *, required: bool = True, longest: int = 200) -> str:
    """A string of a JSON body. Invalid names the field."""
    value = body.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value.strip()):
        raise Invalid(f"'{name}' must be a text that is not empty.", field=name)
    if len(value) > longest:
        raise Invalid(f"'{name}' must be at most {longest} characters long.", field=name)
    return value.strip()


def only_fields(body: dict[str, Any], *allowed: str) -> None:
    """Invalid for a field nobody reads: a typing mistake must not be silent."""
    unknown = sorted(set(body) - set(allowed))
    if unknown:
        raise Invalid(f"'{unknown[0]}' is unknown here; allowed: {', '.join(allowed) or 'nothing'}.", field=unknown[0])
