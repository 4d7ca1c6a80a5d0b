# SPDX-License-Identifier: GPL-2.0-or-later
"""A page that is drawn by the server, and redrawn part by part as the box changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from webui import frame
from webui.box import Box
from webui.streams import News, View
from webui.streams import frame as event


@dataclass(frozen=True)
class PartsView(View):
    """The stream of such a page in one language, with or without buttons.

    Its parts are the templates `PAGE_PART.html`; `TOUCHED` says which of them an event changes, by the event's name.
    """

    PAGE: ClassVar[str]
    PARTS: ClassVar[tuple[str, ...]]
    TOUCHED: ClassVar[Mapping[str, tuple[str, ...]]]

    language: str
    may_act: bool
    box: Box = field(compare=False)

    def values(self) -> dict[str, Any]:
        """What the parts show."""
        raise NotImplementedError

    def hello(self) -> bytes:
        return self._draw(self.PARTS)

    def show(self, news: list[News]) -> bytes:
        touched = {part for item in news for part in self.TOUCHED.get(item.name, ())}
        return self._draw(part for part in self.PARTS if part in touched)

    def _draw(self, parts: Iterable[str]) -> bytes:
        values = self.values()
        return b"".join(
            event(part, frame.render(self.box, self.language, f"{self.PAGE}_{part}.html", **values)) for part in parts
        )
