# SPDX-License-Identifier: GPL-2.0-or-later
"""What every answer says to browsers for its safety: OWASP's Secure Headers Project, and the HTTP cheat sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
}
HSTS = ("Strict-Transport-Security", "max-age=31536000")  # RFC 6797; browsers heed it under a name, not an address
NOT_KEPT = ("Cache-Control", "no-store")
StartResponse = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


def secured(app: Wsgi) -> Wsgi:
    """The headers on every answer; no cache keeps one that does not say otherwise."""

    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            more = [*SECURITY_HEADERS.items()]
            if environ.get("wsgi.url_scheme") == "https":
                more.append(HSTS)
            if not any(name.lower() == "cache-control" for name, _ in headers):
                more.append(NOT_KEPT)
            return start_response(status, [*headers, *more], exc_info)

        return app(environ, start)

    return application
