# SPDX-License-Identifier: GPL-2.0-or-later
"""A browser without a network: the whole web application but its sockets."""

from __future__ import annotations

import json
import sys
from io import BytesIO
from typing import Any

from webui import auth
from webui.security import Wsgi


class Visitor:
    """Somebody who is logged in: `session` is the secret of theirs."""

    def __init__(self, app: Wsgi, session: str) -> None:
        self._app, self._cookie = app, f"{auth.SESSION_COOKIE}={session}"

    def ask(self, address: str) -> tuple[int, bytes]:
        """Status and body of a GET."""
        path, _, query = address.partition("?")
        said: list[str] = []
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "bench",
            "SERVER_PORT": "80", "wsgi.input": BytesIO(), "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http",
            "REMOTE_ADDR": "127.0.0.1", "HTTP_COOKIE": self._cookie, "HTTP_ACCEPT_ENCODING": "gzip",
        }  # fmt: skip
        body = b"".join(self._app(environ, lambda status, headers, exc_info=None: said.append(status)))
        return int(said[0][:3]), body

    def json(self, address: str) -> Any:
        """The body of an answer of the API."""
        return json.loads(self.ask(address)[1])
