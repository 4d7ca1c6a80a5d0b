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
from webui.api.schema import COUNT, PAGE, TEXT, Query, both, items_of, may_lack, obj, one_of, only, page_of, ref, text
from webui.http import only_fields, read_body


def _user(ask: Ask, user: User) -> dict[str, Any]:
    return {"name": user.name, "role": user.role, "totp": ask.box.factors.has_totp(user.name)}


def _token(token: Token) -> dict[str, Any]:
    return {"id": token.id, "name": token.name, "role": token.role, "created_at": times.iso(token.created_at)}


def _accounts(ask: Ask) -> Accounts:
    return Accounts(ask.box, ask.who.name, str(ask.request.environ.get("REMOTE_ADDR", "")))


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Invalid(f"'{name}' is missing.", field=name)
    return value.strip()


def users(ask: Ask) -> Any:
    """Who may log in."""
    return {"items": [_user(ask, user) for user in ask.box.access.users()]}


def add_user(ask: Ask) -> Any:
    """Another user."""
    body = ask.json()
    only_fields(body, "name", "password", "role")
    name, role = _text(body, "name"), _text(body, "role")
    return _user(ask, _accounts(ask).add_user(name, _text(body, "password"), role))


def change_user(ask: Ask, name: str) -> Any:
    """Changes role, password, or both; a new password also drops the codes of a lost phone."""
    body = ask.json()
    only_fields(body, "role", "password")
    role, password = (_text(body, key) if key in body else None for key in ("role", "password"))
    _accounts(ask).change(name, role, password)
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
    only_fields(body, "name", "role")
    name, role = _text(body, "name"), _text(body, "role")
    secret = _accounts(ask).add_token(name, role)
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
_MADE = both(ref("Token"), token=TEXT)

ROUTES = [
    Route("GET", "/users", users, auth.ADMIN, answer=items_of(ref("User"))),
    Route(
        "POST", "/users", add_user, auth.ADMIN, body=only(name=_NAME, password=_PASSWORD, role=_ROLE),
        answer=ref("User"), fails=("conflict",),
    ),
    Route(
        "PUT", "/users/<name>", change_user, auth.ADMIN, body=only(role=may_lack(_ROLE), password=may_lack(_PASSWORD)),
        answer=ref("User"), fails=("conflict",),
    ),
    Route("DELETE", "/users/<name>", delete_user, auth.ADMIN, answer=obj(), fails=("conflict",)),
    Route("GET", "/tokens", tokens, auth.ADMIN, answer=items_of(ref("Token"))),
    Route("POST", "/tokens", add_token, auth.ADMIN, body=only(name=text(), role=_ROLE), answer=_MADE),
    Route("DELETE", "/tokens/<id>", revoke_token, auth.ADMIN, answer=obj()),
    Route(
        "GET", "/access-log", access_log, auth.ADMIN, query=(Query("before", COUNT, "The same as `cursor`."), *PAGE),
        answer=page_of(ref("AccessEntry")),
    ),
]  # fmt: skip
