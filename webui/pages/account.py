# SPDX-License-Identifier: GPL-2.0-or-later
"""Set-up, log-in by password (and code) or passkey, log-out, language."""

from __future__ import annotations

from bottle import HTTPResponse

from firmware.errors import Denied, Invalid, TipringError
from firmware.store.access import User
from webui import auth, passkeys, passwords, uploads
from webui.frame import LANGUAGE_COOKIE
from webui.i18n import N_, NAMES
from webui.pages.route import PageRoute, Visit, json_text, local_path, redirect
from webui.pages.settings.backup import begun_anew
from webui.passkeys import Site

YEAR_S = 365 * 24 * 3600
FIRST_NAME = "owner"
BAD_NAME = N_("A name has letters, digits and - _ . @ only, at most 64.")
WRONG = N_("Name or password is wrong.")
WRONG_CODE = N_("The code is wrong or was used already. Wait for the next one.")


def _log_in(visit: Visit, user: User, target: str) -> HTTPResponse:
    visit.note("login", who=user.name)
    response = redirect(target)
    secret = visit.box.access.open_session(user, visit.address, visit.request.get_header("User-Agent", ""))
    auth.set_cookie(visit.request, response, auth.SESSION_COOKIE, secret)
    return response


def _wrong(visit: Visit, name: str) -> None:
    locked = visit.box.throttle.failed(visit.address)
    visit.note("refused", who=name)
    if locked:
        visit.note("locked", who=name)


def login_form(visit: Visit) -> HTTPResponse:
    if visit.box.is_new():
        return _not_set_up(visit)
    target = local_path(visit.request.query.decode().get("next", "/"))
    if visit.who:
        return redirect(target)
    return visit.page("login.html", name="", next=target, message="")


def login(visit: Visit) -> HTTPResponse:
    visit.box.throttle.check(visit.address)
    name, target = visit.form("name").strip(), local_path(visit.form("next"))
    user = visit.box.access.verify(name, visit.form("password")[:256])
    if user is None:
        _wrong(visit, name)
        return visit.page("login.html", 401, name=name, next=target, message=visit.say(WRONG))
    if visit.box.factors.has_totp(user.name):
        visit.box.half_in.put(visit.secret, user.name)
        return visit.page("login_code.html", next=target, message="")
    return _log_in(visit, user, target)


def login_code(visit: Visit) -> HTTPResponse:
    """The second step: a code of the app, or one of the recovery codes."""
    visit.box.throttle.check(visit.address)
    name, target = visit.box.half_in.take(visit.secret), local_path(visit.form("next"))
    if not visit.box.factors.check(name, visit.form("code")[:64]):
        _wrong(visit, name)
        visit.box.half_in.put(visit.secret, name)
        return visit.page("login_code.html", 401, next=target, message=visit.say(WRONG_CODE))
    return _log_in(visit, visit.box.access.user(name), target)


def ask_passkey(visit: Visit) -> HTTPResponse:
    visit.box.throttle.check(visit.address)
    challenge = visit.box.challenges.put(visit.secret, passkeys.new_challenge())
    return json_text(passkeys.ask_for_known(Site.of(visit.request), challenge))


def login_passkey(visit: Visit) -> HTTPResponse:
    """Nobody types a name or a password: the passkey says who it is."""
    visit.box.throttle.check(visit.address)
    try:
        challenge = visit.box.challenges.take(visit.secret)
        name = passkeys.user_of(visit.box.factors, Site.of(visit.request), visit.form("answer"), challenge)
    except Invalid as error:
        _wrong(visit, "")
        return visit.page("login.html", 401, name="", next=local_path(visit.form("next")), message=visit.tell(error))
    return _log_in(visit, visit.box.access.user(name), local_path(visit.form("next")))


def logout(visit: Visit) -> HTTPResponse:
    if visit.who:
        visit.note("logout")
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


def _setup_page(visit: Visit, code: str, name: str, message: str = "", wrong: str = "") -> HTTPResponse:
    """`message` is about the password, `wrong` about the backup."""
    status = 422 if message or wrong else 200
    values = {"code": code, "name": name, "message": message, "wrong": wrong, "min_length": passwords.MIN_LENGTH}
    return visit.page("setup.html", status, **values)


def setup_restore(visit: Visit) -> HTTPResponse:
    """A new box becomes what another one was: its owner comes with the backup."""
    code = ""
    try:
        upload = uploads.read_ours(visit.request, visit.secret, "file")
        code = upload.fields.get("code", "")
        if not visit.box.is_new() or not visit.box.access.setup_link_works(code):
            return _not_set_up(visit) if visit.box.is_new() else redirect("/login")
        given = visit.box.backups.restore(upload.fields.get("passphrase", ""), upload.stream, upload.length)
    except Denied:
        raise
    except TipringError as error:
        return _setup_page(visit, code, FIRST_NAME, wrong=visit.tell(error))
    return begun_anew(visit, given)


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
    return _log_in(visit, user, "/wizard")


def language(visit: Visit) -> HTTPResponse:
    """The switch; it outlives the session."""
    response = redirect(local_path(visit.form("next")))
    if visit.form("language") in NAMES:
        auth.set_cookie(visit.request, response, LANGUAGE_COOKIE, visit.form("language"), max_age_s=YEAR_S)
    return response


ROUTES = [
    PageRoute("GET", "/login", login_form, roles=None),
    PageRoute("POST", "/login", login, roles=None),
    PageRoute("POST", "/login/code", login_code, roles=None),
    PageRoute("GET", "/login/passkey", ask_passkey, roles=None),
    PageRoute("POST", "/login/passkey", login_passkey, roles=None),
    PageRoute("POST", "/logout", logout, roles=None),
    PageRoute("GET", "/setup", setup_form, roles=None, local=True),
    PageRoute("POST", "/setup", setup, roles=None, local=True),
    PageRoute("POST", "/setup/restore", setup_restore, roles=None, local=True, csrf=False),
    PageRoute("POST", "/language", language, roles=None),
]
