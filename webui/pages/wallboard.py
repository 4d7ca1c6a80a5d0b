# SPDX-License-Identifier: GPL-2.0-or-later
"""The wallboard: queues in large figures, full screen; by log-in, or by a link for a screen that shows only them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from bottle import HTTPResponse

import firmware
from firmware import times
from firmware.errors import Denied, TipringError
from firmware.store.wallboards import Link
from webui import auth, board, charts, frame
from webui.box import Box
from webui.http import read_body
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit, redirect
from webui.streaming import open_stream
from webui.streams import REVOKED, TODAY, News, View
from webui.streams import frame as event
from webui.wallboards import Links

TOUCHING = frozenset(("core", "config", "queue", "agent", TODAY))
AT_ONCE = {"1": 1, "2": 2, "4": 4, "6": 6}  # queues on the screen
USUAL = 4
VOID = 403
COLOURS = {"": "(prefers-color-scheme: dark)", "dark": "all", "light": "not all"}


@dataclass(frozen=True)
class BoardView(View):
    """A wallboard's stream in one language. `queues` empty: all. `link` is the id of the one it came by."""

    language: str
    queues: tuple[str, ...]
    link: str
    box: Box = field(compare=False)

    def hello(self) -> bytes:
        return event("version", version(self.box)) + self._draw()

    def show(self, news: list[News]) -> bytes | None:
        if any(item.name == REVOKED and item.data == self.link for item in news):
            return None
        return self._draw() if any(map(_touches, news)) else b""

    def beat(self) -> bytes:
        return event("beat", self._clock())

    def _draw(self) -> bytes:
        html = frame.render(self.box, self.language, "wallboard_queues.html", **_values(self.box, self.queues))
        return event("board", html) + self.beat()

    def _clock(self) -> str:
        return f"{'up' if self.box.live.up else 'down'} {frame.formats_of(self.box, self.language).clock(times.now())}"


def _touches(item: News) -> bool:
    return item.name in TOUCHING or (item.name == "call" and item.data["state"] == "talking")


def version(box: Box) -> str:
    """Another one means that open pages are out of date."""
    return f"{firmware.__version__} {box.assets.manifest['wallboard.js']} {box.assets.manifest['wallboard.css']}"


def _values(box: Box, queues: Iterable[str]) -> dict[str, Any]:
    shown = board.board(box, queues or board.names(box))
    return {"queues": [(queue, _trend(queue["hours"])) for queue in shown], "core_up": box.live.up}


def _trend(hours: list[dict[str, int]]) -> charts.Bars:
    rows = [
        (f"{hour['hour']}:00", [("good", hour["answered"]), ("bad", hour["abandoned"]), ("other", hour["other"])])
        for hour in hours
    ]
    return charts.bars(rows)


def _screen(visit: Visit, queues: tuple[str, ...], stream: str, link: Link | None) -> HTTPResponse:
    """The page; the address says how many queues it shows at once, and in which colours."""
    query, shown = visit.request.query.decode(), _values(visit.box, queues)
    at_once = AT_ONCE.get(query.get("at_once", ""), USUAL)
    return visit.page(
        "wallboard.html",
        **shown,
        layout=min((fits for fits in AT_ONCE.values() if fits >= min(at_once, len(shown["queues"]))), default=1),
        colours=query.get("colours") if query.get("colours") in COLOURS else "",
        media=COLOURS.get(query.get("colours", ""), COLOURS[""]),
        stream=stream,
        title=link.name if link else visit.box.site().get("name", "") or "Tipring",
        link=link,
        version=version(visit.box),
        clock=frame.formats_of(visit.box, visit.language).clock(times.now()),
    )


def _chosen(visit: Visit) -> tuple[str, ...]:
    """Of the address; each once."""
    return tuple(dict.fromkeys(visit.request.query.decode().getall("queue")))


def wallboard(visit: Visit) -> HTTPResponse:
    chosen = _chosen(visit)
    return _screen(visit, chosen, f"/wallboard/stream?{urlencode([('queue', name) for name in chosen])}", None)


def stream(visit: Visit) -> Any:
    return open_stream(visit.box, visit.request, BoardView(visit.language, _chosen(visit), "", visit.box))


# ---- screens without a log-in --------------------------------------------------------------------


def _link(visit: Visit) -> Link | None:
    return visit.box.wallboards.find(visit.request.query.get("key", ""))


def tv(visit: Visit) -> HTTPResponse:
    link = _link(visit)
    if link is None:
        title, text = (
            visit.say(N_("This link is void")),
            visit.say(N_("It was revoked. Ask for a new one for this screen.")),
        )
        return visit.page("notice.html", VOID, title=title, text=text, command="", link="", link_text="")
    address = urlencode({"key": visit.request.query.get("key", "")})
    return _screen(visit, link.queues, f"/tv/stream?{address}", link)


def tv_stream(visit: Visit) -> Any:
    link = _link(visit)
    if link is None:
        raise Denied("This link was revoked.", code="link_void")
    return open_stream(visit.box, visit.request, BoardView(visit.language, link.queues, link.id, visit.box))


# ---- choosing and links --------------------------------------------------------------------------


def wallboards(visit: Visit, status: int = 200, **values: Any) -> HTTPResponse:
    """What to show, and the links there are."""
    base: dict[str, Any] = {"address": "", "made": None, "typed": "", "wrong": {}}
    may_edit = visit.may(auth.MANAGE) and visit.box.scope is None  # links are the whole box's
    return visit.page(
        "wallboards.html",
        status,
        names=board.names(visit.box),
        links=visit.box.wallboards.all() if may_edit else [],
        may_edit=may_edit,
        may_configure=visit.may(auth.CONFIGURE),
        secure=visit.request.urlparts.scheme == "https",
        **(base | values),
    )


def _links(visit: Visit) -> Links:
    return Links(visit.box, visit.author, visit.address)


def add_link(visit: Visit) -> HTTPResponse:
    """The address is shown this once."""
    wanted = visit.request.forms.decode().getall("queue")
    more = {name: visit.form(name) for name in ("at_once", "colours") if visit.form(name)}
    try:
        queues = [name for name in board.names(visit.box) if name in wanted]
        link, path = _links(visit).add(visit.form("name"), queues, **more)
    except TipringError as error:
        return wallboards(visit, 422, typed=visit.form("name"), wrong={error.field: visit.tell(error)})
    place = visit.request.urlparts
    return wallboards(visit, address=f"{place.scheme}://{place.netloc}{path}", made=link)


def revoke_link(visit: Visit, id: str) -> HTTPResponse:
    """Screens that show it go dark at once."""
    read_body(visit.request)
    _links(visit).revoke(id)
    return redirect("/wallboards")


ROUTES = [
    PageRoute("GET", "/wallboard", wallboard),
    PageRoute("GET", "/wallboard/stream", stream),
    PageRoute("GET", "/tv", tv, roles=None),
    PageRoute("GET", "/tv/stream", tv_stream, roles=None),
    PageRoute("GET", "/wallboards", wallboards),
    PageRoute("POST", "/wallboards", add_link, roles=auth.MANAGE),
    PageRoute("POST", "/wallboards/<id>/revoke", revoke_link, roles=auth.MANAGE),
]
