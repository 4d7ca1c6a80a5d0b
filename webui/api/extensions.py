# SPDX-License-Identifier: GPL-2.0-or-later
"""Extensions: what their lamps show, and what people chose for them: forwards, do not disturb, call waiting."""

from __future__ import annotations

from typing import Any

from webui import auth
from webui.api.route import Ask, Route


def extensions(ask: Ask) -> Any:
    return ask.box.live.ask("extensions")


def settings(ask: Ask, number: str) -> Any:
    return ask.box.live.ask("extension.settings", extension=number)


def choose(ask: Ask, number: str) -> Any:
    """Those that are named; null is what the configuration says."""
    return ask.box.live.ask("extension.set", extension=number, settings=ask.json())


ROUTES = [
    Route("GET", "/extensions", extensions),
    Route("GET", "/extensions/<number>/settings", settings),
    Route("PUT", "/extensions/<number>/settings", choose, roles=auth.MANAGE),
]
