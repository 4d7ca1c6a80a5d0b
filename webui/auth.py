# SPDX-License-Identifier: GPL-2.0-or-later
"""Who asks: a bearer token or a browser's session, and what their role allows.

Forms and unsafe requests of a session carry a CSRF token. It is derived from the session's own secret
(before log-in: from a random cookie), so the server keeps nothing and a restart spoils no open form.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from bottle import BaseResponse, LocalRequest

from firmware.errors import Denied, Invalid
from firmware.store.access import Access

SESSION_COOKIE = "tipring_session"
BROWSER_COOKIE = "tipring_browser"
CSRF_HEADER = "X-CSRF-Token"
API = "api:"  # before the name of a token
SAFE = frozenset(("GET", "HEAD", "OPTIONS"))

READ = frozenset(("admin", "installer", "supervisor", "agent", "readonly"))
HEAR = READ - {"installer"}  # what people said is not for those who set the box up
SUPERVISE = frozenset(("admin", "supervisor"))
SET_AGENT = SUPERVISE | {"agent"}
CONFIGURE = frozenset(("admin", "installer"))
MANAGE = SUPERVISE | CONFIGURE
ADMIN = frozenset(("admin",))


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks. `session` is the session's secret, "" for a bearer token. `queues`: sees these only, all when empty.

    `extension` is the user's own phone, "" when there is none.
    """

    name: str
    role: str
    session: str = ""
    queues: tuple[str, ...] = ()
    extension: str = ""

    @property
    def agent(self) -> str:
        """The id of the agent who this is, if it is one: the name of the user, or of the token."""
        return self.name.removeprefix(API)

    @property
    def actor(self) -> dict[str, str]:
        """Who changes something, for trails of changes."""
        return {"by": self.agent, "via": "web" if self.session else "api"}

    def need(self, roles: frozenset[str]) -> None:
        """Denied when the role is not among `roles`."""
        if self.role not in roles:
            allowed = ", ".join(sorted(roles))
            raise Denied(f"The role {self.role} may not do this; it takes one of: {allowed}.")


def unauthorized() -> Invalid:
    """What a request without valid credentials hears."""
    return Invalid(
        "Send a valid token: Authorization: Bearer …  (tipring token create makes one).", code="unauthorized"
    )


def identify(request: LocalRequest, access: Access) -> Identity | None:
    """The bearer of the token, else the user of the session, else None. A wrong token never falls back."""
    scheme, _, token = request.get_header("Authorization", "").partition(" ")
    if scheme:
        bearer = access.check_token(token.strip()) if scheme.lower() == "bearer" else None
        return Identity(f"{API}{bearer.name or bearer.id}", bearer.role, queues=bearer.queues) if bearer else None
    secret = request.get_cookie(SESSION_COOKIE)
    user = access.session(secret) if secret else None
    return Identity(user.name, user.role, secret, user.queues, user.extension) if user else None


def csrf_token(secret: str) -> str:
    """The token that forms of this session (or browser) carry."""
    digest = hmac.new(secret.encode(), b"tipring csrf", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def check_csrf(request: LocalRequest, secret: str) -> None:
    """Denied (`csrf`) unless the request carries the token and comes from our own pages."""
    check_token(request, secret, request.get_header(CSRF_HEADER) or _form_token(request))


def check_token(request: LocalRequest, secret: str, given: str) -> None:
    """The same for a token that was read already."""
    if not secret or not hmac.compare_digest(given.encode(), csrf_token(secret).encode()):
        raise Denied("The page was open for too long or is not ours. Load it again.", code="csrf")
    check_origin(request)


def _form_token(request: LocalRequest) -> str:
    if not request.content_type.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        return ""
    token: str = request.forms.get("csrf", "")
    return token


def check_origin(request: LocalRequest) -> None:
    """Denied (`csrf`) when the browser says that another site sent this (RFC 6454, section 7)."""
    origin = request.get_header("Origin")
    if origin and origin != "null" and urlsplit(origin).netloc == request.get_header("Host"):
        return
    if origin:
        raise Denied("This request came from a page of another site.", code="csrf")


def browser_secret(request: LocalRequest) -> tuple[str, bool]:
    """The secret behind the CSRF token of a browser that is not logged in, and whether it is new (no cookie yet)."""
    secret: str = request.get_cookie(BROWSER_COOKIE, "")
    return (secret, False) if len(secret) >= 20 else (secrets.token_urlsafe(24), True)


def set_cookie(
    request: LocalRequest, response: BaseResponse, name: str, value: str, max_age_s: int | None = None
) -> None:
    """A cookie that scripts cannot read and other sites cannot send."""
    response.set_cookie(
        name,
        value,
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.urlparts.scheme == "https",
        max_age=max_age_s,
    )
