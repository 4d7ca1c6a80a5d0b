# SPDX-License-Identifier: GPL-2.0-or-later
"""What somebody typed into a form whose session had ended: kept in memory until they are logged in again.

For the same user in the same browser, for an hour, without passwords and PINs, and not when it is large.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bottle import LocalRequest

from firmware.errors import Denied, Invalid
from firmware.secrecy import SECRET_KEYS
from webui import auth

if TYPE_CHECKING:
    from webui.box import Box

LIFE_S = 3600.0
AT_ONCE = 64
MOST_CHARACTERS = 32 * 1024
BY_HEADER = "X-By"  # the same of what is sent from within a page
BY = "by"  # the field with the name of who is logged in: a session that has ended says it no more
REVISION = "revision"  # of the configuration that a form shows
AGAIN = "kept"
"""In the query of the form's address: shown with what was typed."""
ASIDE = "/typed"
"""Where what was typed into a form that cannot show it again is offered to be sent once more."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The fields of the form at `path`. `user` is who was logged in when the form was shown.

    `within`: the address of the page that the form is a part of, when it sends without leaving it (htmx).
    """

    path: str
    user: str
    fields: Mapping[str, list[str]]
    within: str = ""


def keep(box: Box, request: LocalRequest, browser: str, shown_at: str) -> str:
    """Where to go after the log-in: to `shown_at`. "" when nothing was kept: a file, or a button without fields."""
    if request.content_type.startswith("multipart/"):
        return ""
    session = request.get_cookie(auth.SESSION_COOKIE, "")
    try:
        auth.check_csrf(request, session)
    except Denied:
        return ""
    forms = request.forms.decode()
    fields = {name: forms.getall(name) for name in forms if name != "csrf" and not is_secret(name)}
    if (
        not fields.keys() - {BY, REVISION}
        or sum(len(name) + len(text) for name, texts in fields.items() for text in texts) > MOST_CHARACTERS
    ):
        return ""
    user = forms.get(BY) or request.get_header(BY_HEADER, "")
    box.kept.put(browser, Kept(request.path, user, fields, page_around(request)))
    return f"{shown_at}?{AGAIN}=1"


def page_around(request: LocalRequest) -> str:
    """The address of the page that sent a request from within itself, without its site; "" for any other request."""
    if not request.get_header("HX-Request"):
        return ""
    parts = urlsplit(str(request.get_header("HX-Current-URL", "")))
    return parts.path + (f"?{parts.query}" if parts.query else "")


def again(box: Box, request: LocalRequest, user: str) -> Mapping[str, list[str]] | None:
    """What was typed into the form that is asked for; None when nothing is kept for this user."""
    found = aside(box, request, user)
    return found.fields if found and found.path == request.path else None


def aside(box: Box, request: LocalRequest, user: str) -> Kept | None:
    """What was typed, whatever the form; None when nothing is kept for this user."""
    if not request.query.get(AGAIN):
        return None
    try:
        found = box.kept.take(request.get_cookie(auth.BROWSER_COOKIE, ""))
    except Invalid:
        return None
    return found if found.user == user else None


def is_secret(name: str) -> bool:
    """Whether a field holds what is not kept."""
    words = name.lower().replace("_", ".").split(".")
    return bool(SECRET_KEYS.intersection(words)) or "present" in words or "again" in words
