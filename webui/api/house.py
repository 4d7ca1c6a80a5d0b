# SPDX-License-Identifier: GPL-2.0-or-later
"""Conference rooms with who is in them, and feature codes."""

from __future__ import annotations

from typing import Any

from webui.api.route import Ask, Route
from webui.api.schema import many, ref


def conferences(ask: Ask) -> Any:
    """Conference rooms, and who is in them."""
    return ask.box.live.ask("conferences")


def features(ask: Ask) -> Any:
    """Feature codes in force."""
    return ask.box.live.ask("features")


ROUTES = [
    Route("GET", "/conferences", conferences, answer=many(ref("Conference"))),
    Route("GET", "/features", features, answer=many(ref("Feature"))),
]
