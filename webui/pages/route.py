# SPDX-License-Identifier: GPL-2.0-or-later
"""How a page is reached: logged in, allowed, with a CSRF token on whatever changes something."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import bottle
from bottle import Bottle, HTTPResponse, LocalRequest

from firmware.errors import Denied, TipringError
from webui import auth, frame, i18n, kept, locality, words
from webui.auth import Identity
from webui.box import Box
from webui.http import check_size, status_of
from webui.i18n import N_
from webui.limited import admit, limited

log = logging.getLogger(__name__)

AWAY = 503  # RFC 9110, section 15.6.4


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page. `who` is None only on pages open to everybody; `secret` is behind the CSRF token."""

    box: Box
    request: LocalRequest
    who: Identity | None
    secret: str

    @property
    def language(self) -> str:
        return frame.language_of(self.request, self.box)

    @property
    def known(self) -> Identity:
        """Who visits a page that takes a log-in."""
        assert self.who
        return self.who

    def may(self, roles: frozenset[str]) -> bool:
        """Whether the visitor's role is among `roles`."""
        return self.who is not None and self.who.role in roles

    def say(self, message: str, **values: Any) -> str:
        """A message in the visitor's language."""
        text = i18n.catalog(self.language).gettext(message)
        return text % values if values else text

    def sentence(self, text: str) -> str:
        """A sentence of the core in the visitor's language."""
        return i18n.sentence(text, self.language)

    @property
    def author(self) -> str:
        """Under whose name a change is kept."""
        return self.who.name if self.who else ""

    @property
    def wants_part(self) -> bool:
        """True when a page that is open asks for a part of itself."""
        return bool(self.request.get_header("HX-Request"))

    def part(self, template: str, **values: Any) -> HTTPResponse:
        """A part of a page, for htmx."""
        name = self.who.name if self.who else ""
        own = {
            "csrf": auth.csrf_token(self.secret), "user_name": name, "may_dial": frame.may_dial(self.box, self.who)
        }  # fmt: skip
        return html(frame.render(self.box, self.language, template, **(own | values)))

    def ask_or(self, instead: Any, method: str, **params: Any) -> Any:
        """What the core answers; `instead` while it (or the SIP edge behind it) is away."""
        return _or(instead, lambda: self.box.live.ask(method, **params))

    def ask_recently_or(self, instead: Any, method: str) -> Any:
        """The same, for what many ask: the answer may be a second old."""
        return _or(instead, lambda: self.box.live.ask_recently(method))

    def tell(self, error: TipringError) -> str:
        """What went wrong, in the visitor's language where it is known."""
        return self.sentence(error.message)

    @property
    def address(self) -> str:
        """Where the request comes from."""
        return str(self.request.environ.get("REMOTE_ADDR", ""))

    def note(self, what: str, detail: str = "", who: str | None = None) -> None:
        """Keeps in the log of accesses what the visitor (or `who` says to be one) did."""
        name = who if who is not None else self.who.name if self.who else ""
        self.box.access_log.write(name, what, detail, self.address)

    def page(self, template: str, status: int = 200, **values: Any) -> HTTPResponse:
        """A page in the frame."""
        return html(frame.page(self.box, self.request, self.who, self.secret, template, **values), status)

    def form(self, name: str) -> str:
        """A field of the form, "" when it is missing."""
        value: str = self.request.forms.decode().get(name, "")
        return value


def _or(instead: Any, ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except TipringError as error:
        if status_of(error) != AWAY:
            raise
        return instead


@dataclass(frozen=True, slots=True)
class PageRoute:
    """`handler(visit, **path parameters)` returns a response. `roles` None: open to everybody."""

    method: str
    path: str
    handler: Callable[..., HTTPResponse]
    roles: frozenset[str] | None = auth.READ
    csrf: bool = True  # of unsafe methods
    local: bool = False  # for the local network only, whoever asks
    keeps: bool = (
        False  # when the session has ended, a GET of the same address shows what was typed (else `kept.ASIDE`)
    )


def html(text: str, status: int = 200) -> HTTPResponse:
    """HTML that no cache keeps."""
    return HTTPResponse(
        text, status=status, headers={"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
    )


def json_text(text: str) -> HTTPResponse:
    """JSON for a script of ours."""
    return HTTPResponse(text, headers={"Content-Type": "application/json", "Cache-Control": "no-store"})


def redirect(path: str) -> HTTPResponse:
    """To another page of ours, by GET."""
    return HTTPResponse(status=303, headers={"Location": path, "Cache-Control": "no-store"})


def local_path(path: str) -> str:
    """A path of this site; "/" for anything that leads elsewhere."""
    parts = urlsplit(path)
    ok = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.netloc and path.isprintable()
    return quote(path, safe="/?&=%-._~:@!$'()*+,;") if ok else "/"


def mount(app: Bottle, box: Box, routes: Iterable[PageRoute]) -> None:
    """Adds the routes to the application."""
    for route in routes:
        app.route(route.path, route.method, _guarded(box, route))


def _guarded(box: Box, route: PageRoute) -> Callable[..., HTTPResponse]:
    def handle(**parameters: str) -> HTTPResponse:
        visit, is_new = visit_of(box, bottle.request)
        try:
            if not _may_enter(visit, route):
                return far_away(visit)
            if route.roles is not None and visit.who is None:
                response = _to_login(visit, route)
            else:
                _check(visit, route)
                response = route.handler(visit, **parameters)
        except TipringError as error:
            response = failed(visit, error)
        if is_new:
            auth.set_cookie(visit.request, response, auth.BROWSER_COOKIE, visit.secret)
        return response

    return handle


def _may_enter(visit: Visit, route: PageRoute) -> bool:
    """False for an owner or installer from outside the local network; whoever it is may log out."""
    try:
        if route.path != "/logout":
            locality.check(visit.box, visit.request, visit.who)
    except Denied:
        return False
    return not route.local or locality.may_come(visit.request, locality.allowed_networks(visit.box))


def far_away(visit: Visit) -> HTTPResponse:
    """What an owner or installer reads who is not in the local network: at the door, without a session's frame."""
    if visit.wants_part:
        text = visit.say(locality.SENTENCE)
        return HTTPResponse(text, status=403, headers={"Content-Type": "text/plain; charset=utf-8"})
    visit.note("far_away")
    outside = Visit(visit.box, visit.request, None, visit.secret)
    return outside.page(
        "notice.html", 403, title=visit.say(locality.TITLE), text=visit.say(locality.SENTENCE), command="", link="",
        link_text="",
    )  # fmt: skip


def visit_of(box: Box, request: LocalRequest) -> tuple[Visit, bool]:
    """Who visits; True when the browser was never seen before and gets its cookie now."""
    who = auth.identify(request, box.access)
    if who is not None and who.session:
        return Visit(limited(box, who), request, who, who.session), False
    secret, is_new = auth.browser_secret(request)
    return Visit(limited(box, who), request, who, secret), is_new


def _check(visit: Visit, route: PageRoute) -> None:
    if route.roles is not None and visit.who is not None:
        visit.who.need(route.roles)
        admit(visit.who, route.method, route.path)
    if visit.request.method not in auth.SAFE and route.csrf:
        check_size(visit.request)
        auth.check_csrf(visit.request, visit.secret)


def _to_login(visit: Visit, route: PageRoute) -> HTTPResponse:
    """What was typed waits there. A page that only wants to show news stays, and says so: somebody may be typing."""
    request = visit.request
    within = kept.page_around(request)
    here = within or request.path + (f"?{request.query_string}" if request.query_string else "")
    if request.method != "GET":
        shown_at = request.path if route.keeps and not within else kept.ASIDE
        here = kept.keep(visit.box, request, visit.secret, shown_at) or within
    target = f"/login?next={quote(local_path(here))}" if here not in ("", "/") else "/login"
    if not visit.wants_part:
        return redirect(target)
    if request.method != "GET":
        return HTTPResponse(status=401, headers={"HX-Redirect": target})
    said = visit.say(N_("You have been logged out. What you typed is still here: send it, and log in."))
    return HTTPResponse(said, status=401, headers={"Content-Type": "text/plain; charset=utf-8", "X-Log-In": target})


def failed(visit: Visit, error: TipringError) -> HTTPResponse:
    """A domain error as a page, or as a line of text for a request from within a page."""
    request, status = visit.request, status_of(error)
    log.info("%s %s: %s (%s)", request.method, request.path, error, error.code)
    if request.get_header("HX-Request"):
        return HTTPResponse(visit.tell(error), status=status, headers={"Content-Type": "text/plain; charset=utf-8"})
    return error_page(visit, status, error.message)


def error_page(visit: Visit, status: int, detail: str = "") -> HTTPResponse:
    """An error in the frame, or at the door for someone who is not logged in."""
    title, text = words.TITLES.get(status, words.TITLES[500 if status >= 500 else 400])
    text = detail if detail and visit.language == "en" else visit.say(text)
    link = {"command": "", "link": "/", "link_text": visit.say(N_("Go to the live page"))}
    template = "error.html" if visit.who else "notice.html"
    return visit.page(template, status, title=visit.say(title), text=text, **link)
