# SPDX-License-Identifier: GPL-2.0-or-later
"""Every route of the product: nothing is changed without a token of our own page, nobody is let in by accident."""

from __future__ import annotations

import re
import sys
from io import BytesIO
from typing import Any

from web_client import Browser

from webui import api, auth, pages
from webui.app import make_app
from webui.box import Box

UNSAFE_PAGES = [(route.method, route.path) for route in pages.ROUTES if route.method not in auth.SAFE]
UNSAFE_API = [(route.method, f"{api.PREFIX}{route.path}") for route in api.ROUTES if route.method not in auth.SAFE]
OPEN_PAGES = {
    "/static/<name>", "/favicon.ico", "/login", "/login/code", "/login/passkey", "/logout", "/setup", "/language",
    "/setup/restore", "/tv", "/tv/stream", "/.well-known/acme-challenge/<token>",
}  # fmt: skip
OPEN_API = {"/health", "/health/live", "/health/ready", "/openapi.json"}


def example(path: str) -> str:
    """An address of the route; what it is about need not exist."""
    path = re.sub(r"<\w+:re:([\w-]+)[^>]*>", r"\1", path)
    return re.sub(r"<\w+(:int)?>", lambda found: "1" if found[1] else "x", path)


def test_nothing_is_changed_without_a_token_or_from_another_site(owner: Browser) -> None:
    token = auth.csrf_token(owner.cookies[auth.SESSION_COOKIE])
    for method, path in (*UNSAFE_PAGES, *UNSAFE_API):
        without = owner.ask(method, example(path))
        theirs = owner.ask(method, example(path), Origin="https://evil.example", X_CSRF_Token=token)
        assert (without.status, theirs.status) == (403, 403), (method, path)


def test_only_these_are_open_to_everybody() -> None:
    assert {route.path for route in pages.ROUTES if route.roles is None} == OPEN_PAGES
    assert {route.path for route in api.ROUTES if route.roles is None} == OPEN_API


def test_a_stranger_is_led_to_the_log_in_from_every_page(visitor: Browser) -> None:
    for route in pages.ROUTES:
        if route.roles is not None:
            answer = visitor.ask(route.method, example(route.path))
            assert (answer.status, answer.headers["location"].partition("?")[0]) == (303, "/login"), route.path


def test_no_cache_keeps_what_is_private(owner: Browser) -> None:
    for path in ("/", "/calls", "/login", "/me", "/users", "/nothing", "/api/v1/calls", "/api/v1/config", "/metrics"):
        assert owner.get(path).headers["cache-control"] == "no-store", path


def test_cookies_stay_with_us(owner: Browser) -> None:
    assert owner.set_cookies
    for cookie in owner.set_cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "Path=/" in cookie


def test_by_https_browsers_are_told_to_stay_there_and_cookies_too(box: Box) -> None:
    told: list[tuple[str, str]] = []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/login", "SERVER_NAME": "box", "SERVER_PORT": "443",
        "wsgi.input": BytesIO(), "wsgi.errors": sys.stderr, "wsgi.url_scheme": "https", "REMOTE_ADDR": "192.168.1.20",
    }  # fmt: skip
    b"".join(make_app(box)(environ, lambda status, headers, exc_info=None: told.extend(headers)))
    assert ("Strict-Transport-Security", "max-age=31536000") in told
    assert all("Secure" in text for name, text in told if name == "Set-Cookie")
