# SPDX-License-Identifier: GPL-2.0-or-later
"""A picture of the card as it looks from behind, with what each socket is and does now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bottle import HTTPResponse

from webui.pages.route import Visit
from webui.pages.wizard.checks import acceptance, of_kinds

A_ROW = 6  # sockets: on a phone of 360 px each is as wide as a finger
WIDTH, HEIGHT = 64, 92  # of one, in units of the picture


@dataclass(frozen=True, slots=True)
class Socket:
    """Where it is drawn (its upper left corner), and the port behind it."""

    x: int
    y: int
    port: dict[str, Any]


def picture(ports: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The sockets in their order, in rows, and the size of it all."""
    columns = max(1, min(len(ports), A_ROW))
    sockets = [Socket(n % A_ROW * WIDTH, n // A_ROW * HEIGHT, port) for n, port in enumerate(ports)]
    rows = (len(ports) + A_ROW - 1) // A_ROW
    return {"sockets": sockets, "width": columns * WIDTH, "height": max(1, rows) * HEIGHT}


def show(visit: Visit) -> HTTPResponse:
    """Only the picture and the list when the open page asks for them anew."""
    now = visit.box.live.picture()["ports"]
    values: dict[str, Any] = {
        "card": picture(now),
        "checks": of_kinds(acceptance(visit)["checks"], "port"),
        "at": "/wizard/ports",
        "away": not visit.box.live.up,
    }
    if visit.wants_part:
        return visit.part("wizard_ports_live.html", **values)
    return visit.page("wizard_ports.html", **values)
