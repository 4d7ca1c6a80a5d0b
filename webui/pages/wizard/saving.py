# SPDX-License-Identifier: GPL-2.0-or-later
"""How a step of the wizard changes the configuration: from the revision that it was made from, all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bottle import HTTPResponse

from firmware.errors import TipringError
from webui.pages.route import Visit
from webui.pages.settings.ahead import SEEN, Ahead, ahead, wants_no_help
from webui.pages.settings.said import Said, problems_of
from webui.pages.settings.sheet import entered, revision_of
from webui.pages.settings.submit import on_trial
from webui.settings.blank import blank
from webui.settings.fields import Entered
from webui.settings.save import save
from webui.settings.tables import Document, index_of

HOME = "/wizard"
OURS = ("csrf", "by", SEEN)  # of the form, not typed


def applied(visit: Visit, change: Callable[[Document], Document], table: str, id: str) -> Said | None:
    """Saves; None when it worked, else what is wrong: at keys of this item, which it makes or changes."""
    return saved(visit, change, lambda changed: f"{table}[{index_of(changed, table, id)}]")


def saved(
    visit: Visit, change: Callable[[Document], Document], prefix: Callable[[Document], str] = lambda changed: ""
) -> Said | None:
    """The same, of keys below `prefix`. Raises the page that says which calls would go elsewhere, before it saves."""
    form, now = entered(visit), visit.box.configs.current()
    changed = change(now.document)
    try:
        told = ahead(visit, form, now.document, changed) if revision_of(form) == now.id else None
        if told:
            raise _look_first(visit, form, told)
        save(visit.box, visit.author, lambda _: changed, revision_of(form), **wants_no_help(form), **on_trial(form))
    except TipringError as error:
        return problems_of(visit, error, changed, prefix(changed))
    return None


def _look_first(visit: Visit, form: Entered, told: Ahead) -> HTTPResponse:
    fields = [(name, text) for name, texts in form.values.items() if name not in OURS for text in texts]
    return visit.page("settings_confirm.html", ahead=told, home=HOME, fields=fields)


def refused(revision: int, said: Said) -> dict[str, Any]:
    """What the templates of forms show of it."""
    return {"revision": revision, "problems": blank(said.problems), "others": said.others, "lost": []}
