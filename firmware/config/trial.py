# SPDX-License-Identifier: GPL-2.0-or-later
"""The way back from a change on trial: what was before, with what others changed meanwhile."""

from __future__ import annotations

from collections.abc import Collection

from firmware.config.changes import Document
from firmware.config.check import check
from firmware.config.merging import merged
from firmware.config.problems import ConfigInvalid
from firmware.errors import Conflict
from firmware.store.config_db import ConfigDb, Revision
from firmware.store.config_trial import Trial

RETURNED = "nobody confirmed"
"""The author of the revision that a trial leaves behind when its time is over."""


def guard(configs: ConfigDb, document: Document, ports: Collection[str] | None) -> None:
    """Conflict (`on_trial`) when a change of `document` would block the way back of the trial that stands."""
    if (trial := configs.trial()) is None:
        return
    back, clashes = _way_back(configs, trial, document)
    if clashes:
        raise Conflict(
            f"A change by {trial.author} is on trial, of {clashes[0]} too. Keep it or go back first.",
            code="on_trial", field=clashes[0],
        )  # fmt: skip
    try:
        check(back, ports)
    except ConfigInvalid as invalid:
        raise Conflict(
            f"A change by {trial.author} is on trial, and yours needs it ({invalid.errors[0]}). "
            "Keep it or go back first.",
            code="on_trial", field=invalid.errors[0].path,
        ) from None  # fmt: skip


def go_back(configs: ConfigDb, trial: Trial, author: str, ports: Collection[str] | None) -> Revision:
    """What was before the trial is in force again, with what was changed beside it. ConfigInvalid, Unavailable."""
    now = configs.current()
    back, _ = _way_back(configs, trial, now.document)
    try:
        check(back, ports)
    except ConfigInvalid:  # a port or a file is gone since: better as it was than on trial for ever
        back = configs.revision(trial.former).document
        check(back, ports)
    return configs.apply(back, author, now.id, ends_trial=True)


def _way_back(configs: ConfigDb, trial: Trial, document: Document) -> tuple[Document, list[str]]:
    tried, former = (configs.revision(id).document for id in (trial.revision, trial.former))
    return merged(tried, former, document)
