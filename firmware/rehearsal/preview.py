# SPDX-License-Identifier: GPL-2.0-or-later
"""What putting a configuration in force would do: every setting, the calls of the last 30 days, calls for help."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from firmware import times
from firmware.config import Config, ConfigInvalid, changes, check, notices
from firmware.config.chosen import Chosen, with_chosen
from firmware.errors import Unavailable
from firmware.rehearsal.emergency import newly_lost, told
from firmware.rehearsal.rehearse import rehearse
from firmware.store.connect import open_for_reading, unavailable

log = logging.getLogger(__name__)

Document = dict[str, Any]


def preview(
    before: Document, after: Document, ports: Collection[str] | None, history: Path, chosen: Mapping[str, Chosen]
) -> dict[str, Any]:
    """For the control socket and the shell; `chosen` are settings that people have of their own, by extension.

    ConfigInvalid when `after` cannot be used. Reads the disk.
    """
    new, old = check(after, ports), known(before, ports)
    lost = newly_lost(old, new, ports or (), times.now()) if old else []
    return {
        "changes": [change.as_json() for change in changes(before, after)],
        "notices": [{"path": notice.path, "message": notice.message} for notice in notices(new)],
        "emergency": told(lost) if lost else "",
        "rehearsal": _rehearsed(with_chosen(old, chosen), with_chosen(new, chosen), history) if old else None,
    }


def known(document: Document, ports: Collection[str] | None) -> Config | None:
    """The configuration of a document that was in force; None when this box cannot use it (any more)."""
    try:
        return check(document, ports)
    except ConfigInvalid:
        return None


def _rehearsed(old: Config, new: Config, history: Path) -> dict[str, Any] | None:
    """None when the history cannot be read: a change is not held up by that."""
    if not history.exists():
        return None
    try:
        with unavailable(history), contextlib.closing(open_for_reading(history)) as db:
            return rehearse(db, old, new, times.now()).as_json()
    except Unavailable as error:
        log.warning("nothing was rehearsed: %s", error)
        return None
