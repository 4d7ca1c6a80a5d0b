# SPDX-License-Identifier: GPL-2.0-or-later
"""The one way by which forms and the API change the configuration: from a revision, checked whole, applied live."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from firmware.errors import Conflict
from firmware.store.config_db import Revision
from webui.box import Box
from webui.settings.tables import Document


def save(
    box: Box, author: str, change: Callable[[Document], Document], revision: int | None = None, **word: Any
) -> int:
    """Applies what `change` makes of the document in force; the new revision.

    `revision` is the one that was looked at, None for whichever is in force. Conflict (`config_conflict`) when it is
    not that any more, ConfigInvalid, NotFound, Unavailable; `emergency_unreachable` without the `word` for it. With
    `trial_s` it is on trial.
    """
    now = box.configs.current()
    if revision not in (None, now.id):
        raise stale(now)
    made = {"document": change(now.document), "author": author, "revision": now.id} | word
    return int(box.live.ask("config.apply", **made)["revision"])


def stale(now: Revision) -> Conflict:
    """What a second editor is told."""
    return Conflict(
        f"The configuration was changed meanwhile by {now.author}. Load it again and repeat your change.",
        code="config_conflict",
    )
