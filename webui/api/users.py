# SPDX-License-Identifier: GPL-2.0-or-later
"""Users, API tokens and the log of accesses, for administrators."""

from __future__ import annotations

from typing import Any

from firmware import times
from firmware.errors import Invalid
from firmware.store.access import Role, Token, User
from webui import auth
from webui.accounts import Accounts
from webui.api.route import Ask, Route, limit_of, page, place_of
from webui.api.schema import (
    COUNT,
    PAGE,
    TEXT,
    Query,
    both,
    items_of,
    many,
    may_lack,
    obj,
    one_of,
    only,
    page_of,
    ref,
    text,
)
from webui.http import only_fields, read_body, text_field


def _user(ask: Ask, user: User) -> dict[str, Any]:
    totp = ask.box.factors.has_totp(user.name)
    return {
        "name": user.name, "role": user.role, "totp": totp, "queues": list(user.queues), "extension": user.extension,
    }  # fmt: skip


def _token(token: Token) -> dict[str, Any]:
    created_at = times.iso(token.created_at)
    return {
        "id": token.id, "name": token.name, "role": token.role, "queues": list(token.queues), "created_at": created_at,
    }  # fmt: skip


def _accounts(ask: Ask) -> Accounts:
    return Accounts(ask.box, ask.who.name, str(ask.request.environ.get("REMOTE_ADDR", "")))


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Invalid(f"'{name}' is missing.", field=name)
    return value.strip()


def _queues(body: dict[str, Any]) -> list[str]:
    """Which queues are seen, none: all."""
    value = body.get("queues", [])
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise Invalid("'queues' must be a list of names of queues.", field="queues")
    return value


def users(ask: Ask) -> Any:
    """Who may log in."""
    return {"items": [_user(ask, user) for user in ask.box.access.users()]}


def add_user(ask: Ask) -> Any:
    """Another user."""
    body = ask.json()
    only_fields(body, "name", "password", "role", "queues")
    name, role = _text(body, "name"), _text(body, "role")
    return _user(ask, _accounts(ask).add_user(name, _text(body, "password"), role, _queues(body)))


def change_user(ask: Ask, name: str) -> Any:
    """Changes role, queues, password, the own phone; a new password also drops the codes of a lost phone."""
    body = ask.json()
    only_fields(body, "role", "password", "queues", "extension")
    role, password = (_text(body, key) if key in body else None for key in ("role", "password"))
    accounts = _accounts(ask)
    accounts.change(name, role, password, _queues(body) if "queues" in body else None)
    if "extension" in body:
        accounts.set_phone(name, text_field(body, "extension", required=False, longest=64))
    return _user(ask, ask.box.access.user(name))


def delete_user(ask: Ask, name: str) -> Any:
    """Removes a user with all sessions."""
    read_body(ask.request)
    _accounts(ask).delete_user(name)
    return {}


def tokens(ask: Ask) -> Any:
    """API tokens, without their secrets."""
    return {"items": [_token(token) for token in ask.box.access.tokens()]}


def add_token(ask: Ask) -> Any:
    """Another token; `token` is its secret, and never shown again."""
    body = ask.json()
    only_fields(body, "name", "role", "queues")
    name, role = _text(body, "name"), _text(body, "role")
    secret = _accounts(ask).add_token(name, role, _queues(body))
    made = ask.box.access.check_token(secret)
    assert made
    return _token(made) | {"token": secret}


def revoke_token(ask: Ask, id: str) -> Any:
    """The token is void from now on."""
    read_body(ask.request)
    _accounts(ask).revoke_token(id)
    return {}


def access_log(ask: Ask) -> Any:
    """Who came in, was kept out, and changed who may; newest first, by pages."""
    query = ask.query()
    limit, before = limit_of(query), place_of(query)
    entries = ask.box.access_log.entries(limit + 1, before)
    return page([entry.as_json() for entry in entries], limit, "id")


_NAME, _PASSWORD, _ROLE = text(64), text(1024), one_of(*Role)
_QUEUES = may_lack(many(TEXT))
_CHANGES = only(
    role=may_lack(_ROLE), password=may_lack(_PASSWORD), queues=_QUEUES, extension=may_lack({"type": "string"})
)
_MADE = both(ref("Token"), token=TEXT)

ROUTES = [
    Route("GET", "/users", users, auth.ADMIN, answer=items_of(ref("User"))),
    Route(
        "POST", "/users", add_user, auth.ADMIN, body=only(name=_NAME, password=_PASSWORD, role=_ROLE, queues=_QUEUES),
        answer=ref("User"), fails=("conflict",),
    ),
    Route(
        "PUT", "/users/<name>", change_user, auth.ADMIN, body=_CHANGES,
        answer=ref("User"), fails=("conflict",),
    ),
    Route("DELETE", "/users/<name>", delete_user, auth.ADMIN, answer=obj(), fails=("conflict",)),
    Route("GET", "/tokens", tokens, auth.ADMIN, answer=items_of(ref("Token"))),
    Route("POST", "/tokens", add_token, auth.ADMIN, body=only(name=text(), role=_ROLE, queues=_QUEUES), answer=_MADE),
    Route("DELETE", "/tokens/<id>", revoke_token, auth.ADMIN, answer=obj()),
    Route(
        "GET", "/access-log", access_log, auth.ADMIN, query=(Query("before", COUNT, "The same as `cursor`."), *PAGE),
        answer=page_of(ref("AccessEntry")),
    ),
]  # fmt: skip
