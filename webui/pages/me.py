# SPDX-License-Identifier: GPL-2.0-or-later
"""One's own account: password, second factors, and where one is logged in."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from firmware.errors import Denied, Invalid
from firmware.store.access import User, session_id
from webui import passkeys, passwords
from webui.http import read_body
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit, json_text, redirect
from webui.pages.softphone import qr_code
from webui.passkeys import Site

ISSUER = "Tipring"
WRONG_PASSWORD = N_("The present password is wrong.")


def me(visit: Visit, status: int = 200, **more: Any) -> HTTPResponse:
    """The page. Tokens have no account."""
    user = _user(visit)
    factors, secret = visit.box.factors, visit.who.session if visit.who else ""
    values: dict[str, Any] = {
        "user": user,
        "sessions": visit.box.access.sessions(user.name),
        "this_session": session_id(secret),
        "has_totp": factors.has_totp(user.name),
        "passkeys": factors.passkeys(user.name),
        "min_length": passwords.MIN_LENGTH,
        "totp": None,
        "codes": [],
        "wrong": {},
    }
    return visit.page("me.html", status, **(values | more))


def _user(visit: Visit) -> User:
    if visit.who is None or not visit.who.session:
        raise Denied("Only somebody who is logged in has an account.")
    return User(visit.who.name, visit.who.role)  # type: ignore[arg-type]


def _must_know(visit: Visit, user: User) -> None:
    """The present password, again: whoever finds an open browser must not take the account. Invalid."""
    visit.box.throttle.check(visit.address)
    if visit.box.access.verify(user.name, visit.form("present")[:256]) is None:
        visit.box.throttle.failed(visit.address)
        raise Invalid(WRONG_PASSWORD, field="present")


def password(visit: Visit) -> HTTPResponse:
    """Other browsers are logged out; this one goes on."""
    user, new = _user(visit), visit.form("password")
    try:
        _must_know(visit, user)
        weakness = passwords.weakness(new, visit.form("again"), user.name)
        if weakness:
            raise Invalid(weakness, field="password")
    except Invalid as error:
        return me(visit, 422, wrong={error.field: visit.say(error.message)})
    visit.box.access.set_password(user.name, new, keep=visit.secret)
    visit.note("password")
    return redirect("/me")


def new_totp(visit: Visit) -> HTTPResponse:
    """A secret to scan; it counts when its first code was typed."""
    import pyotp

    user = _user(visit)
    secret = visit.box.new_totp.put(visit.secret, pyotp.random_base32())
    return _show_totp(visit, user, secret)


def _show_totp(visit: Visit, user: User, secret: str, status: int = 200, wrong: str = "") -> HTTPResponse:
    import pyotp

    address = pyotp.TOTP(secret).provisioning_uri(name=user.name, issuer_name=ISSUER)
    shown = {"secret": secret, "code": qr_code(address), "wrong": wrong}
    return me(visit, status, totp=shown)


def keep_totp(visit: Visit) -> HTTPResponse:
    user, secret = _user(visit), visit.box.new_totp.take(visit.secret)
    try:
        codes = visit.box.factors.set_totp(user.name, secret, visit.form("code"))
    except Invalid as error:
        visit.box.new_totp.put(visit.secret, secret)
        return _show_totp(visit, user, secret, 422, visit.tell(error))
    visit.box.access.end_sessions(user.name, but=visit.secret)
    visit.note("totp", "on")
    return me(visit, codes=codes)


def drop_totp(visit: Visit) -> HTTPResponse:
    user = _user(visit)
    try:
        _must_know(visit, user)
    except Invalid as error:
        return me(visit, 422, wrong={"totp": visit.say(error.message)})
    visit.box.factors.drop_totp(user.name)
    visit.note("totp", "off")
    return redirect("/me")


def ask_passkey(visit: Visit) -> HTTPResponse:
    user = _user(visit)
    challenge = visit.box.challenges.put(visit.secret, passkeys.new_challenge())
    known = visit.box.factors.passkeys(user.name)
    return json_text(passkeys.ask_for_new(Site.of(visit.request), user, known, challenge))


def keep_passkey(visit: Visit) -> HTTPResponse:
    user, challenge = _user(visit), visit.box.challenges.take(visit.secret)
    name = visit.form("name").strip()[:64] or visit.say(N_("Passkey"))
    passkeys.keep_new(visit.box.factors, Site.of(visit.request), user, name, visit.form("answer"), challenge)
    visit.note("passkey", f"+ {name}")
    return redirect("/me")


def drop_passkey(visit: Visit) -> HTTPResponse:
    visit.box.factors.drop_passkey(_user(visit).name, visit.form("id"))
    visit.note("passkey", "-")
    return redirect("/me")


def end_session(visit: Visit, id: str) -> HTTPResponse:
    read_body(visit.request)
    visit.box.access.end_session(_user(visit).name, id)
    visit.note("session", "ended")
    return redirect("/me")


ROUTES = [
    PageRoute("GET", "/me", me),
    PageRoute("POST", "/me/password", password),
    PageRoute("POST", "/me/totp/new", new_totp),
    PageRoute("POST", "/me/totp", keep_totp),
    PageRoute("POST", "/me/totp/off", drop_totp),
    PageRoute("GET", "/me/passkeys/new", ask_passkey),
    PageRoute("POST", "/me/passkeys", keep_passkey),
    PageRoute("POST", "/me/passkeys/delete", drop_passkey),
    PageRoute("POST", "/me/sessions/<id>/end", end_session),
]
