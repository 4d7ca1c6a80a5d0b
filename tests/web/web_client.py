# SPDX-License-Identifier: GPL-2.0-or-later
"""A small HTTP client that keeps cookies and fills forms in, and a reader of event streams."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        assert self.headers["content-type"].startswith("application/json"), self.text
        return json.loads(self.body)


@dataclass
class Browser:
    """Talks to one server. `token` is sent as bearer, cookies are kept as the server sets them."""

    url: str
    token: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    set_cookies: list[str] = field(default_factory=list)
    timeout_s: float = 10.0

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request. Keyword `If_Match` becomes header `If-Match`."""
        place = urlsplit(self.url)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=self.timeout_s)
        try:
            with contextlib.suppress(BrokenPipeError):  # refused before all of it was sent; the answer is there
                connection.request(method, path, body, self._headers(headers))
            response = connection.getresponse()
            answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
            self._keep(response.headers.get_all("Set-Cookie") or [])
        finally:
            connection.close()
        return answer

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        headers = {name.replace("_", "-"): text for name, text in more.items()}
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return headers

    def _keep(self, cookies: list[str]) -> None:
        self.set_cookies += cookies
        for cookie in cookies:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value.strip('"')

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def send(self, method: str, path: str, value: Any, **headers: str) -> Answer:
        """A JSON body."""
        return self.ask(method, path, json.dumps(value).encode(), Content_Type="application/json", **headers)

    def csrf(self, page: str) -> str:
        """The token in the forms of a page."""
        found = CSRF.search(self.get(page).text)
        assert found, f"no form on {page}"
        return found[1]

    def submit(self, path: str, page: str | None = None, **fields: str | list[str]) -> Answer:
        """Sends a form of `page` (the path itself if None) with its CSRF token."""
        return self.post_form(path, csrf=self.csrf(page or path), **fields)

    def upload(self, path: str, page: str, content: bytes, *, filename: str = "x.wav", **fields: str) -> Answer:
        """Sends a form of `page` with the field `file`, as multipart/form-data (RFC 7578)."""
        mark = b"----WebKitFormBoundaryThatIsInNoPart"  # with capitals, as browsers have them
        fields |= {"csrf": self.csrf(page)}
        parts = [f'form-data; name="{key}"\r\n\r\n{text}'.encode() for key, text in fields.items()]
        head = f'form-data; name="file"; filename="{filename}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        parts.append(head.encode() + content)
        body = b"".join(b"--%s\r\nContent-Disposition: %s\r\n" % (mark, part) for part in parts)
        kind = f"multipart/form-data; boundary={mark.decode()}"
        return self.ask("POST", path, body + b"--%s--\r\n" % mark, Content_Type=kind)

    def post_form(self, path: str, **fields: str | list[str]) -> Answer:
        body = urlencode(fields, doseq=True).encode()
        return self.ask("POST", path, body, Content_Type="application/x-www-form-urlencoded")


class EventStream:
    """Server-sent events as they come; every read has a bound."""

    def __init__(self, browser: Browser, path: str) -> None:
        place = urlsplit(browser.url)
        self._socket = socket.create_connection((place.hostname, place.port or 80), timeout=10)
        head = "".join(f"{name}: {text}\r\n" for name, text in browser._headers({}).items())
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\n{head}\r\n".encode())
        self._lines = self._socket.makefile("rb")
        self.status = int(self._lines.readline().split()[1])
        self.headers = dict(self._read_headers())

    def _read_headers(self) -> Iterator[tuple[str, str]]:
        while line := self._lines.readline().strip():
            name, _, text = line.decode().partition(": ")
            yield name.lower(), text

    def next_block(self) -> dict[str, str]:
        """The next block; a comment has the key ""."""
        block: dict[str, str] = {}
        while True:
            line = self._lines.readline()
            assert line, "the stream ended"
            line = line.rstrip(b"\n")
            if not line:
                return block
            name, _, text = line.decode().partition(":")
            block[name] = f"{block[name]}\n{text.strip()}" if name in block else text.strip()

    def next(self, *names: str) -> tuple[str, Any]:
        """The next event, or the next with one of these names: its name and its data."""
        while True:
            block = self.next_block()
            if "event" in block and (not names or block["event"] in names):
                return block["event"], _read(block["data"])

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


def _read(data: str) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data
