# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may come in: users, API tokens, and the log of accesses."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from firmware.errors import Invalid, TipringError
from firmware.store.access import LIMITED, Role
from webui import auth
from webui.accounts import Accounts
from webui.http import read_body
from webui.i18n import N_
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
        "queues": [queue["name"] for queue in visit.box.document().get("queue", [])],
        "me": visit.who.name if visit.who else "",
        "token": "",
        "typed": {"name": "", "role": Role.SUPERVISOR, "queues": ()},
        "wrong": {},
    }
    return visit.page("users.html", status, **(values | more))


def _accounts(visit: Visit) -> Accounts:
    return Accounts(visit.box, visit.who.name if visit.who else "", visit.address)


def _queues(visit: Visit, role: str) -> list[str]:
    """Those that are ticked; none when all are seen. Invalid: nobody is to see everything by having ticked nothing."""
    if visit.form("see") != "some" or role not in LIMITED:
        return []
    chosen: list[str] = visit.request.forms.decode().getall("queue")
    if not chosen:
        raise Invalid(N_("Tick at least one queue."), field="queues")
    return chosen


def add(visit: Visit) -> HTTPResponse:
    name, role = visit.form("name").strip(), visit.form("role")
    typed = {"name": name, "role": role, "queues": visit.request.forms.decode().getall("queue")}
    try:
        _accounts(visit).add_user(name, visit.form("password"), role, _queues(visit, role))
    except TipringError as error:
        return users(visit, 422, typed=typed, wrong={error.field: visit.tell(error)})
    return redirect("/users")


def set_role(visit: Visit, name: str) -> HTTPResponse:
    role = visit.form("role")
    try:
        _accounts(visit).set_role(name, role, _queues(visit, role))
    except Invalid as error:
        return users(visit, 422, wrong={f"queues-{name}": visit.tell(error)})
    return redirect("/users")


def set_password(visit: Visit, name: str) -> HTTPResponse:
    try:
        _accounts(visit).set_password(name, visit.form("password"))
    except Invalid as error:
        return users(visit, 422, wrong={f"password-{name}": visit.tell(error)})
    return redirect("/users")


def delete(visit: Visit, name: str) -> HTTPResponse:
    read_body(visit.request)
    _accounts(visit).delete_user(name)
    return redirect("/users")


def add_token(visit: Visit) -> HTTPResponse:
    role = visit.form("role")
    try:
        secret = _accounts(visit).add_token(visit.form("name").strip(), role, _queues(visit, role))
    except Invalid as error:
        return users(visit, 422, wrong={"queues-token": visit.tell(error)})
    return users(visit, token=secret)


def revoke_token(visit: Visit, id: str) -> HTTPResponse:
    read_body(visit.request)
    _accounts(visit).revoke_token(id)
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
