# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may come in: users, API tokens, and the log of accesses."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from firmware.errors import Invalid, TipringError
from firmware.store.access import Role
from webui import auth, passwords
from webui.http import read_body
from webui.pages.route import PageRoute, Visit, redirect

ENTRIES = 50


def users(visit: Visit, status: int = 200, **more: Any) -> HTTPResponse:
    """The page, with what was typed wrong or a new token."""
    access = visit.box.access
    values: dict[str, Any] = {
        "users": [(user, visit.box.factors.has_totp(user.name)) for user in access.users()],
        "tokens": access.tokens(),
        "entries": visit.box.access_log.entries(ENTRIES),
        "roles": list(Role),
        "me": visit.who.name if visit.who else "",
        "token": "",
        "typed": {"name": "", "role": Role.SUPERVISOR},
        "wrong": {},
    }
    return visit.page("users.html", status, **(values | more))


def add(visit: Visit) -> HTTPResponse:
    name, password, role = visit.form("name").strip(), visit.form("password"), visit.form("role")
    try:
        weakness = passwords.weakness(password, password, name)
        if weakness:
            raise Invalid(visit.say(weakness), field="password")
        visit.box.access.create_user(name, password, role)
    except TipringError as error:
        typed = {"name": name, "role": role}
        return users(visit, 422, typed=typed, wrong={error.field: visit.tell(error)})
    visit.note("user", f"+ {name} ({role})")
    return redirect("/users")


def set_role(visit: Visit, name: str) -> HTTPResponse:
    visit.box.access.set_role(name, visit.form("role"))
    visit.note("role", f"{name}: {visit.form('role')}")
    return redirect("/users")


def set_password(visit: Visit, name: str) -> HTTPResponse:
    """For somebody who forgot it; the code of a lost phone is not asked for any more."""
    password = visit.form("password")
    weakness = passwords.weakness(password, password, name)
    if weakness:
        return users(visit, 422, wrong={f"password-{name}": visit.say(weakness)})
    visit.box.access.set_password(name, password)
    visit.box.factors.drop_totp(name)
    visit.note("password", name)
    return redirect("/users")


def delete(visit: Visit, name: str) -> HTTPResponse:
    read_body(visit.request)
    visit.box.access.delete_user(name)
    visit.note("user", f"- {name}")
    return redirect("/users")


def add_token(visit: Visit) -> HTTPResponse:
    """Its secret is shown this once."""
    name, role = visit.form("name").strip()[:64], visit.form("role")
    token = visit.box.access.create_token(role, name)
    visit.note("token", f"+ {name} ({role})")
    return users(visit, token=token)


def revoke_token(visit: Visit, id: str) -> HTTPResponse:
    read_body(visit.request)
    visit.box.access.revoke_token(id)
    visit.note("token", f"- {id}")
    return redirect("/users")


ROUTES = [
    PageRoute("GET", "/users", users, roles=auth.ADMIN),
    PageRoute("POST", "/users", add, roles=auth.ADMIN),
    PageRoute("POST", "/users/<name>/role", set_role, roles=auth.ADMIN),
    PageRoute("POST", "/users/<name>/password", set_password, roles=auth.ADMIN),
    PageRoute("POST", "/users/<name>/delete", delete, roles=auth.ADMIN),
    PageRoute("POST", "/tokens", add_token, roles=auth.ADMIN),
    PageRoute("POST", "/tokens/<id>/revoke", revoke_token, roles=auth.ADMIN),
]
