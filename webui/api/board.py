# SPDX-License-Identifier: GPL-2.0-or-later
"""The board: how it is, the drill of the lifeline, its LEDs; alarms that are known."""

from __future__ import annotations

from typing import Any

from webui import auth
from webui.api.route import Ask, Route
from webui.http import json_response, only_fields


def board(ask: Ask) -> Any:
    return ask.box.live.ask("board")


def drill(ask: Ask) -> Any:
    """Begins within a second; its result is among the drills."""
    only_fields(ask.json())
    return json_response(ask.box.live.ask("board.drill"), status=202)


def identify(ask: Ask) -> Any:
    """Every LED flashes for half a minute."""
    only_fields(ask.json())
    return json_response(ask.box.live.ask("board.identify"), status=202)


def acknowledge(ask: Ask) -> Any:
    """All that stand, or those with these ids."""
    body = ask.json()
    only_fields(body, "ids")
    return ask.box.live.ask("alarms.acknowledge", **body)


ROUTES = [
    Route("GET", "/board", board),
    Route("POST", "/board/drill", drill, roles=auth.MANAGE),
    Route("POST", "/board/identify", identify, roles=auth.MANAGE),
    Route("POST", "/alarms/acknowledge", acknowledge, roles=auth.MANAGE),
]
