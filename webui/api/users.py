# SPDX-License-Identifier: GPL-2.0-or-later
"""Users, API tokens and the log of accesses, for administrators."""

from __future__ import annotations

from typing import Any

from firmware import times
from firmware.errors import Invalid
from firmware.store.access import Token, User
from webui import auth
from webui.accounts import Accounts
from webui.api.route import Ask, Route, number_of
from webui.http import only_fields, read_body, text_field

PAGE = 50


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
    return {"items": [_user(ask, user) for user in ask.box.access.users()]}


def add_user(ask: Ask) -> Any:
    body = ask.json()
    only_fields(body, "name", "password", "role", "queues")
    name, role = _text(body, "name"), _text(body, "role")
    return _user(ask, _accounts(ask).add_user(name, _text(body, "password"), role, _queues(body)))


def change_user(ask: Ask, name: str) -> Any:
    """Role, queues, password, the own phone; a new password also drops the codes of a lost phone."""
    body = ask.json()
    only_fields(body, "role", "password", "queues", "extension")
    role, password = (_text(body, key) if key in body else None for key in ("role", "password"))
    accounts = _accounts(ask)
    accounts.change(name, role, password, _queues(body) if "queues" in body else None)
    if "extension" in body:
        accounts.set_phone(name, text_field(body, "extension", required=False, longest=64))
    return _user(ask, ask.box.access.user(name))


def delete_user(ask: Ask, name: str) -> Any:
    read_body(ask.request)
    _accounts(ask).delete_user(name)
    return {}


def tokens(ask: Ask) -> Any:
    return {"items": [_token(token) for token in ask.box.access.tokens()]}


def add_token(ask: Ask) -> Any:
    """`token` is the secret; it is never shown again."""
    body = ask.json()
    only_fields(body, "name", "role", "queues")
    name, role = _text(body, "name"), _text(body, "role")
    secret = _accounts(ask).add_token(name, role, _queues(body))
    made = ask.box.access.check_token(secret)
    assert made
    return _token(made) | {"token": secret}


def revoke_token(ask: Ask, id: str) -> Any:
    read_body(ask.request)
    _accounts(ask).revoke_token(id)
    return {}


def access_log(ask: Ask) -> Any:
    """Newest first."""
    query = ask.query("before")
    before = number_of(query, "before", 0) if query else None
    entries = ask.box.access_log.entries(PAGE, before)
    more = entries[-1].id if len(entries) == PAGE else None
    return {"items": [entry.as_json() for entry in entries], "next": more}


ROUTES = [
    Route("GET", "/users", users, roles=auth.ADMIN),
    Route("POST", "/users", add_user, roles=auth.ADMIN),
    Route("PUT", "/users/<name>", change_user, roles=auth.ADMIN),
    Route("DELETE", "/users/<name>", delete_user, roles=auth.ADMIN),
    Route("GET", "/tokens", tokens, roles=auth.ADMIN),
    Route("POST", "/tokens", add_token, roles=auth.ADMIN),
    Route("DELETE", "/tokens/<id>", revoke_token, roles=auth.ADMIN),
    Route("GET", "/access-log", access_log, roles=auth.ADMIN),
]
