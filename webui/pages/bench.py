# SPDX-License-Identifier: GPL-2.0-or-later
"""The bench: phones and exchange of a simulated box, in the browser."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from firmware.errors import Denied, Invalid, NotFound
from webui import auth, words
from webui.pages.route import PageRoute, Visit

KEYS = (
    ("1", ""),
    ("2", "ABC"),
    ("3", "DEF"),
    ("4", "GHI"),
    ("5", "JKL"),
    ("6", "MNO"),
    ("7", "PQRS"),
    ("8", "TUV"),
    ("9", "WXYZ"),
    ("*", ""),
    ("0", "+"),
    ("#", ""),
)
CALLERS = (("5551234", "ANNA"), ("5559876", "BEN"))


def _document(visit: Visit) -> dict[str, Any]:
    try:
        return visit.box.configs.current().document
    except NotFound:
        return {}


def _phones(visit: Visit) -> list[dict[str, str]]:
    extensions = {item.get("port"): item for item in _document(visit).get("extension", [])}
    phones = []
    for port in _ports(visit, "fxs"):
        extension = extensions.get(port, {})
        phones.append({"port": port, "number": extension.get("number", ""), "name": extension.get("name", "")})
    return phones


def _lines(visit: Visit) -> list[dict[str, str]]:
    lines = {item.get("port"): item for item in _document(visit).get("line", [])}
    found = []
    for index, port in enumerate(_ports(visit, "fxo")):
        line, (number, name) = lines.get(port, {}), CALLERS[index % len(CALLERS)]
        found.append(
            {
                "port": port,
                "name": line.get("name", ""),
                "number": line.get("number", ""),
                "caller_number": number,
                "caller_name": name,
            }
        )
    return found


def _ports(visit: Visit, kind: str) -> list[str]:
    """The card's ports: from the core, or while it is away from what it had."""
    ids = [port["id"] for port in visit.box.live.picture()["ports"]] or visit.box.configs.ports() or []
    return [id for id in ids if id.startswith(kind)]


def bench(visit: Visit) -> HTTPResponse:
    if not visit.box.has_bench():
        return visit.page("bench_off.html", 404)
    hearing = {code: visit.say(words.english("hearing", code)) for code in words.WORDS["hearing"]}
    queues = _document(visit).get("queue", [])
    return visit.page(
        "bench.html",
        phones=_phones(visit),
        lines=_lines(visit),
        keys=KEYS,
        hearing=hearing,
        queue_number=queues[0].get("number", "") if queues else "",
    )


def socket(visit: Visit, port: str) -> Any:
    """The WebSocket of one far end. Only from our own page, only with a session."""
    request = visit.request
    if visit.who is None or not visit.who.session or not request.get_header("Origin"):
        raise Denied("The bench is opened from its page only.")
    auth.check_origin(request)
    if request.get_header("Upgrade", "").lower() != "websocket":
        raise Invalid("This address speaks WebSocket only.", code="bad_request")
    if port not in _ports(visit, "fx"):
        raise NotFound(f"There is no port {port}.")
    from webui import relay  # with asyncio in tow, which no real box needs

    relay.start(request.environ, relay.connect(visit.box.bench_socket, port), port)
    return HTTPResponse(status=200)


ROUTES = [
    PageRoute("GET", "/bench", bench, roles=auth.MANAGE),
    PageRoute("GET", "/bench/ws/<port>", socket, roles=auth.MANAGE),
]
