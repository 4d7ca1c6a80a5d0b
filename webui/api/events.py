# SPDX-License-Identifier: GPL-2.0-or-later
"""The stream of events as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from webui.api.route import Ask, Route
from webui.api.schema import Media
from webui.http import as_json
from webui.live import Live
from webui.streaming import open_stream
from webui.streams import OWN, News, View, frame


@dataclass(frozen=True)
class JsonView(View):
    """`status` with the whole picture at the beginning and whenever the core is back; then each event."""

    live: Live = field(compare=False)

    def hello(self) -> bytes:
        if not self.live.up:
            return frame("core", as_json({"state": "down"}), self.live.number)
        return frame("status", as_json(self.live.picture()), self.live.number)

    def show(self, news: list[News]) -> bytes:
        return b"".join(self._one(item) for item in news if item.name not in OWN)

    def _one(self, news: News) -> bytes:
        if news.name == "core" and news.data["state"] == "up":
            return frame("status", as_json(self.live.picture()), news.number)
        return frame(news.name, as_json(news.data), news.number)


def events(ask: Ask) -> Any:
    """The box live, as server-sent events: `status` with the whole picture, then each event."""
    return open_stream(ask.box, ask.request, JsonView(ask.box.live))


ROUTES = [Route("GET", "/events", events, answer=Media(("text/event-stream",)), fails=("too_many_streams",))]
