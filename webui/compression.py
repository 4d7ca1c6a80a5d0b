# SPDX-License-Identifier: GPL-2.0-or-later
"""Pages compressed on the way out: a phone on a poor wireless network gets a third of the bytes.

What BREACH needs, a page that another site can have fetched with the visitor's session, there is not: the cookies are
SameSite=Strict.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from typing import Any

from webui.security import StartResponse, Wsgi

LEAST = 1024  # octets; what is shorter does not become much shorter
LEVEL = 4


def compressed(app: Wsgi) -> Wsgi:
    """HTML as gzip (RFC 1952) to who accepts it."""

    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        told: list[tuple[Any, ...]] = []
        body = app(environ, lambda *arguments: told.append(arguments))
        status, headers, *more = told[-1]
        if isinstance(body, list) and _is_page(headers) and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            whole = b"".join(body)
            if len(whole) >= LEAST:
                body = [gzip.compress(whole, LEVEL, mtime=0)]
                headers = [*_without_length(headers), ("Content-Length", str(len(body[0]))),
                           ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]  # fmt: skip
        start_response(status, headers, *more)
        return body

    return application


def _is_page(headers: list[tuple[str, str]]) -> bool:
    return any(name == "Content-Type" and text.startswith("text/html") for name, text in headers)


def _without_length(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [header for header in headers if header[0] != "Content-Length"]
