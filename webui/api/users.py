# SPDX-License-Identifier: GPL-2.0-or-later
"""Users, API tokens and the log of accesses, for administrators."""

from __future__ import annotations

from typing import Any

from firmware import times
from firmware.errors import Invalid
from firmware.store.access import Token, User
from webui import auth, passwords
from webui.api.route import Ask, Route, number_of
from webui.http import only_fields, read_body

PAGE = 50


def _user(ask: Ask, user: User) -> dict[str, Any]:
    return {"name": user.name, "role": user.role, "totp": ask.box.factors.has_totp(user.name)}


def _token(token: Token) -> dict[str, Any]:
    return {"id": token.id, "name": token.name, "role": token.role, "created_at": times.iso(token.created_at)}


def _note(ask: Ask, what: str, detail: str) -> None:
    ask.box.access_log.write(ask.who.name, what, detail, str(ask.request.environ.get("REMOTE_ADDR", "")))


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Invalid(f"'{name}' is missing.", field=name)
    return value.strip()


def _password(body: dict[str, Any], name: str) -> str:
    password = _text(body, "password")
    if weakness := passwords.weakness(password, password, name):
        raise Invalid(weakness, field="password")
    return password


def users(ask: Ask) -> Any:
    return {"items": [_user(ask, user) for user in ask.box.access.users()]}


def add_user(ask: Ask) -> Any:
    body = ask.json()
    only_fields(body, "name", "password", "role")
    name, role = _text(body, "name"), _text(body, "role")
    user = ask.box.access.create_user(name, _password(body, name), role)
    _note(ask, "user", f"+ {name} ({role})")
    return _user(ask, user)


def change_user(ask: Ask, name: str) -> Any:
    """Role, password, or both; a new password also drops the codes of a lost phone."""
    body = ask.json()
    only_fields(body, "role", "password")
    ask.box.access.user(name)
    password = _password(body, name) if "password" in body else ""
    if "role" in body:
        ask.box.access.set_role(name, _text(body, "role"))
        _note(ask, "role", f"{name}: {body['role']}")
    if password:
        ask.box.access.set_password(name, password)
        ask.box.factors.drop_totp(name)
        _note(ask, "password", name)
    return _user(ask, ask.box.access.user(name))


def delete_user(ask: Ask, name: str) -> Any:
    read_body(ask.request)
    ask.box.access.delete_user(name)
    _note(ask, "user", f"- {name}")
    return {}


def tokens(ask: Ask) -> Any:
    return {"items": [_token(token) for token in ask.box.access.tokens()]}


def add_token(ask: Ask) -> Any:
    """`token` is the secret; it is never shown again."""
    body = ask.json()
    only_fields(body, "name", "role")
    name, role = _text(body, "name"), _text(body, "role")
    secret = ask.box.access.create_token(role, name[:64])
    made = ask.box.access.check_token(secret)
    assert made
    _note(ask, "token", f"+ {name} ({role})")
    return _token(made) | {"token": secret}


def revoke_token(ask: Ask, id: str) -> Any:
    read_body(ask.request)
    ask.box.access.revoke_token(id)
    _note(ask, "token", f"- {id}")
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
