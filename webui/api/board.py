# SPDX-License-Identifier: GPL-2.0-or-later
"""The board: how it is, the drill of the lifeline, its LEDs."""

from __future__ import annotations

from typing import Any

from webui import auth
from webui.api.route import Ask, Route
from webui.api.schema import SECONDS, may_lack, obj, only, ref
from webui.http import json_response, only_fields


def board(ask: Ask) -> Any:
    """How the board is, its last drills, moves of the lifeline, and resets by the button."""
    return ask.box.live.ask("board")


def drill(ask: Ask) -> Any:
    """Drills the lifeline: begins within a second; the result is among the drills."""
    only_fields(ask.json())
    return json_response(ask.box.live.ask("board.drill"), 202)


def identify(ask: Ask) -> Any:
    """Every LED flashes for half a minute."""
    only_fields(ask.json())
    return json_response(ask.box.live.ask("board.identify"), 202)


_BEGUN = obj(seconds=may_lack(SECONDS))

ROUTES = [
    Route("GET", "/board", board, answer=ref("Board")),
    Route(
        "POST", "/board/drill", drill, auth.MANAGE, body=only(), answer=_BEGUN, status=202,
        fails=("in_use", "no_lifeline", "no_board"),
    ),
    Route(
        "POST", "/board/identify", identify, auth.MANAGE, body=only(), answer=_BEGUN, status=202, fails=("no_board",)
    ),
]  # fmt: skip
