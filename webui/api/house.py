# SPDX-License-Identifier: GPL-2.0-or-later
"""Conference rooms with who is in them, and feature codes."""

from __future__ import annotations

from typing import Any

from webui.api.route import Ask, Route


def conferences(ask: Ask) -> Any:
    return ask.box.live.ask("conferences")


def features(ask: Ask) -> Any:
    return ask.box.live.ask("features")


ROUTES = [Route("GET", "/conferences", conferences), Route("GET", "/features", features)]
