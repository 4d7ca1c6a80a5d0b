# SPDX-License-Identifier: GPL-2.0-or-later
"""How the sound of a port did since the core started: blocks that slipped, and the clock of its codec."""

from __future__ import annotations

from typing import Any

from firmware.errors import TipringError
from webui.pages.route import Visit


def sound_of(visit: Visit, port: str | None) -> dict[str, Any]:
    """`port_sound` for a form: what the core counts of that port; nothing while it has no answer."""
    if not port:
        return {}
    try:
        stats = visit.box.live.ask_recently("stats")
    except TipringError:
        return {}
    line = stats.get("lines", {}).get(port)
    return {"port_sound": line | {"codec": stats.get("codecs", {}).get(port)}} if line else {}
