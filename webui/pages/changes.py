# SPDX-License-Identifier: GPL-2.0-or-later
"""Tells an open page that something changed; it then asks for its part again, with what its reader may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from webui.pages.route import Visit
from webui.streaming import open_stream
from webui.streams import News, View, frame

ALWAYS = frozenset(("core", "config"))


@dataclass(frozen=True)
class Changes(View):
    """A stream of the one event `changed`: at its beginning, and at each event among `names`."""

    names: frozenset[str]

    def hello(self) -> bytes:
        return frame("changed", "")

    def show(self, news: list[News]) -> bytes:
        return self.hello() if any(item.name in self.names for item in news) else b""


def stream_of(*names: str) -> Callable[[Visit], Any]:
    """The handler of a page's stream; `names` are events of docs/reference/control.md."""
    view = Changes(ALWAYS | set(names) | ({"call_left"} if "call" in names else set()))
    return lambda visit: open_stream(visit.box, visit.request, view)
