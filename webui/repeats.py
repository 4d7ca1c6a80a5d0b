# SPDX-License-Identifier: GPL-2.0-or-later
"""`Idempotency-Key` on POST: a request that is sent again is answered again, not done again.

draft-ietf-httpapi-idempotency-key-header-07. An answer may hold a secret (a new token), and is kept encrypted with a
key that only who sends the same credentials and the same idempotency key brings along.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import re
from collections.abc import Callable

from bottle import HTTPResponse, LocalRequest

from firmware.errors import Conflict, Invalid
from firmware.store.idempotency import IdempotencyKeys, Known
from webui import auth
from webui.http import read_body

HEADER = "Idempotency-Key"
KEY = re.compile(r"[\x21-\x7e]{1,255}")
KEPT_HEADERS = ("Content-Type", "ETag", "Cache-Control", "Location")
_UNDONE = 500  # from here on, and 429, nothing may have been done


def once(keys: IdempotencyKeys, request: LocalRequest, act: Callable[[], HTTPResponse]) -> HTTPResponse:
    """What `act` answers; for a repetition, what it answered the first time.

    Invalid for a bad key, or one of another request (`idempotency_key_reused`); Conflict while the first one goes on
    (`request_in_progress`), or when nobody knows how it ended (`outcome_unknown`).
    """
    given = request.get_header(HEADER)
    if given is None or request.method != "POST":
        return act()
    if not KEY.fullmatch(given):
        raise Invalid(f"{HEADER} must be 1 to 255 printable ASCII characters without spaces.", field=HEADER)
    secret = _credentials(request)
    name = hashlib.sha256(b"\0".join((b"key", secret, given.encode()))).hexdigest()
    wanted = _fingerprint(request)
    known = keys.claim(name, wanted)
    if known:
        return _again(known, wanted, _seal(secret, given))
    return _first(keys, name, _seal(secret, given), act)


def _first(keys: IdempotencyKeys, name: str, seal: _Seal, act: Callable[[], HTTPResponse]) -> HTTPResponse:
    try:
        response = act()
    except BaseException:
        keys.release(name)
        raise
    if response.status_code >= _UNDONE or not isinstance(response.body, str):
        keys.release(name)
        return response
    headers = {key: text for key in KEPT_HEADERS if (text := response.get_header(key))}
    keys.answered(name, seal.closed(json.dumps([response.status_code, headers, response.body])))
    return response


def _again(known: Known, wanted: str, seal: _Seal) -> HTTPResponse:
    if known.request != wanted:
        message = f"This {HEADER} was used for another request. Use a new one for each thing that is to be done."
        raise Invalid(message, code="idempotency_key_reused", field=HEADER)
    if known.answer is not None:
        status, headers, body = json.loads(seal.opened(known.answer))
        return HTTPResponse(body, status=status, headers=headers | {"Idempotency-Replayed": "true"})
    if known.ours:
        raise Conflict("The same request is being done now. Ask again in a second.", code="request_in_progress")
    message = "The box stopped while it did this. Look whether it was done; if not, send it with another key."
    raise Conflict(message, code="outcome_unknown")


def _credentials(request: LocalRequest) -> bytes:
    """What only this client knows."""
    secret: str = request.get_header("Authorization") or request.get_cookie(auth.SESSION_COOKIE, "")
    return secret.encode()


def _fingerprint(request: LocalRequest) -> str:
    """Of all that the request asks for; its body can be read once more afterwards."""
    body = read_body(request)
    environ = request.environ
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
    parts = (environ["PATH_INFO"], environ.get("QUERY_STRING", ""), request.get_header("If-Match", ""))
    return hashlib.sha256("\0".join(parts).encode() + b"\0" + body).hexdigest()


class _Seal:
    def __init__(self, key: bytes) -> None:
        from cryptography.fernet import Fernet  # few send keys, and the web is to stay small

        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def closed(self, text: str) -> bytes:
        sealed: bytes = self._fernet.encrypt(text.encode())
        return sealed

    def opened(self, sealed: bytes) -> str:
        text: bytes = self._fernet.decrypt(sealed)
        return text.decode()


def _seal(secret: bytes, given: str) -> _Seal:
    return _Seal(hmac.new(secret, b"tipring idempotency " + given.encode(), hashlib.sha256).digest())
