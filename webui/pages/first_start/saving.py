# SPDX-License-Identifier: GPL-2.0-or-later
"""How a step of the wizard changes the configuration: from the revision that it was made from, all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from firmware.errors import TipringError
from webui.pages.route import Visit
from webui.pages.settings.said import Said, problems_of
from webui.pages.settings.sheet import entered, revision_of
from webui.settings.blank import blank
from webui.settings.save import save
from webui.settings.tables import Document, index_of


def applied(visit: Visit, change: Callable[[Document], Document], table: str, id: str) -> Said | None:
    """Saves; None when it worked, else what is wrong: at keys of this item, which it makes or changes."""
    return saved(visit, change, lambda changed: f"{table}[{index_of(changed, table, id)}]")


def saved(
    visit: Visit, change: Callable[[Document], Document], prefix: Callable[[Document], str] = lambda changed: ""
) -> Said | None:
    """The same, of keys below `prefix`."""
    changed = change(visit.box.configs.current().document)
    try:
        save(visit.box, visit.author, lambda _: changed, revision_of(entered(visit)))
    except TipringError as error:
        return problems_of(visit, error, changed, prefix(changed))
    return None


def refused(revision: int, said: Said) -> dict[str, Any]:
    """What the templates of forms show of it."""
    return {"revision": revision, "problems": blank(said.problems), "others": said.others, "lost": []}
