# SPDX-License-Identifier: GPL-2.0-or-later
"""Set-up, log-in, log-out, language."""

from __future__ import annotations

from bottle import HTTPResponse

from firmware.errors import Denied, TipringError
from firmware.store.access import User
from webui import auth, passwords
from webui.frame import LANGUAGE_COOKIE
from webui.i18n import N_, NAMES
from webui.pages.route import PageRoute, Visit, local_path, redirect

YEAR_S = 365 * 24 * 3600
FIRST_NAME = "owner"
BAD_NAME = N_("A name has letters, digits and - _ . @ only, at most 64.")
WRONG = N_("Name or password is wrong.")


def _log_in(visit: Visit, user: User, target: str) -> HTTPResponse:
    response = redirect(target)
    auth.set_cookie(visit.request, response, auth.SESSION_COOKIE, visit.box.access.open_session(user))
    return response


def login_form(visit: Visit) -> HTTPResponse:
    if visit.box.is_new():
        return _not_set_up(visit)
    target = local_path(visit.request.query.decode().get("next", "/"))
    if visit.who:
        return redirect(target)
    return visit.page("login.html", name="", next=target, message="")


def login(visit: Visit) -> HTTPResponse:
    address = visit.request.environ.get("REMOTE_ADDR", "")
    visit.box.throttle.check(address)
    name, target = visit.form("name").strip(), local_path(visit.form("next"))
    user = visit.box.access.verify(name, visit.form("password")[:256])
    if user is None:
        visit.box.throttle.failed(address)
        return visit.page("login.html", 401, name=name, next=target, message=visit.say(WRONG))
    return _log_in(visit, user, target)


def logout(visit: Visit) -> HTTPResponse:
    if visit.who:
        visit.box.access.close_session(visit.who.session)
    response = redirect("/login")
    response.delete_cookie(auth.SESSION_COOKIE, path="/")
    return response


def _not_set_up(visit: Visit) -> HTTPResponse:
    return visit.page(
        "notice.html",
        title=visit.say(N_("This box is new")),
        text=visit.say(
            N_(
                "Open the set-up link that the box printed when it started. It works once, for a day; "
                "start the web service again for a fresh one."
            )
        ),
        command="",
        link="",
        link_text="",
    )


def setup_form(visit: Visit) -> HTTPResponse:
    if not visit.box.is_new():
        return redirect("/login")
    code = visit.request.query.decode().get("code", "")
    if not visit.box.access.setup_link_works(code):
        return _not_set_up(visit)
    return _setup_page(visit, code, FIRST_NAME)


def _setup_page(visit: Visit, code: str, name: str, message: str = "") -> HTTPResponse:
    return visit.page(
        "setup.html", 422 if message else 200, code=code, name=name, message=message, min_length=passwords.MIN_LENGTH
    )


def setup(visit: Visit) -> HTTPResponse:
    code, name, password = visit.form("code"), visit.form("name").strip(), visit.form("password")
    weakness = passwords.weakness(password, visit.form("again"), name)
    if weakness:
        return _setup_page(visit, code, name, visit.say(weakness))
    try:
        user = visit.box.access.set_up(code, name, password)
    except Denied:
        return _not_set_up(visit) if visit.box.is_new() else redirect("/login")
    except TipringError as error:
        if error.field is None:
            raise
        return _setup_page(visit, code, name, visit.say(BAD_NAME) if error.field == "name" else error.message)
    return _log_in(visit, user, "/")


def language(visit: Visit) -> HTTPResponse:
    """The switch; it outlives the session."""
    response = redirect(local_path(visit.form("next")))
    if visit.form("language") in NAMES:
        auth.set_cookie(visit.request, response, LANGUAGE_COOKIE, visit.form("language"), max_age_s=YEAR_S)
    return response


ROUTES = [
    PageRoute("GET", "/login", login_form, roles=None),
    PageRoute("POST", "/login", login, roles=None),
    PageRoute("POST", "/logout", logout, roles=None),
    PageRoute("GET", "/setup", setup_form, roles=None),
    PageRoute("POST", "/setup", setup, roles=None),
    PageRoute("POST", "/language", language, roles=None),
]
