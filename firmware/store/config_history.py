# SPDX-License-Identifier: GPL-2.0-or-later
"""Who changed what of the configuration, and when."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from firmware import times
from firmware.config.changes import Change, changes
from firmware.store.config_db import ConfigDb, Revision

PAGE = 20


@dataclass(frozen=True, slots=True)
class Step:
    """A revision, and what it changed of the one before it."""

    id: int
    at: datetime
    author: str
    changes: list[Change]

    def as_json(self) -> dict[str, Any]:
        """As the API shows it."""
        told = [change.as_json() for change in self.changes]
        return {"revision": self.id, "at": times.iso(self.at), "author": self.author, "changes": told}


def steps(configs: ConfigDb, before: int | None = None, limit: int = PAGE) -> list[Step]:
    """The last ones, the newest first; `before` goes on after the last one that was shown. Unavailable."""
    found = configs.revisions(limit + 1, before)
    return [_step(revision, former) for revision, former in itertools.zip_longest(found, found[1:])][:limit]


def _step(revision: Revision, former: Revision | None) -> Step:
    found = changes(former.document if former else {}, revision.document)
    return Step(revision.id, revision.at, revision.author, found)
