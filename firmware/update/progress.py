# SPDX-License-Identifier: GPL-2.0-or-later
"""How far an update is, in STATE/update: the updater writes it, also for itself after a restart; everybody reads it."""

from __future__ import annotations

import dataclasses
import enum
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firmware import modes, times
from firmware.files import sync_folder, write_whole

log = logging.getLogger(__name__)


class Phase(enum.StrEnum):
    """What is being done, or how it ended."""

    NONE = "none"
    DOWNLOADING = "downloading"
    CHECKING = "checking"
    WAITING = "waiting"  # for the last call
    INSTALLING = "installing"
    RESTARTING = "restarting"
    TRIAL = "trial"  # the new version runs and is looked at
    DONE = "done"
    FAILED = "failed"  # nothing has changed
    ROLLED_BACK = "rolled_back"  # the version before runs again


ENDS = frozenset((Phase.NONE, Phase.DONE, Phase.FAILED, Phase.ROLLED_BACK))


@dataclass(frozen=True, slots=True)
class Progress:
    """`version` is the new one, `former` the one before it; `slot` the bootname of the slot that was left; `percent` of
    this phase; `text` says what went wrong."""

    phase: Phase = Phase.NONE
    version: str = ""
    former: str = ""
    slot: str = ""
    percent: int = 0
    text: str = ""
    by: str = ""
    at: str = ""

    @property
    def under_way(self) -> bool:
        return self.phase not in ENDS

    def as_json(self) -> dict[str, Any]:
        """As the API shows it."""
        return dataclasses.asdict(self)


SCHEDULE = "schedule"
"""Who ordered an update that nobody ordered by hand."""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants: `source` is an address (http, https) or a file; "" for the package way."""

    source: str = ""
    downgrade: bool = False
    now: bool = False  # calls are not waited for
    by: str = ""


class UpdateFiles:
    """Everything under STATE/update. OSError from whatever writes."""

    def __init__(self, state: Path) -> None:
        self.folder = state / "update"
        self._progress, self._order = self.folder / "progress.json", self.folder / "order.json"
        self.bundle = self.folder / "bundle.raucb"
        self.etag = self.folder / "etag"  # of the bundle that was last looked at by schedule

    def make(self) -> None:
        """The folder."""
        self.folder.mkdir(mode=modes.folder(), exist_ok=True)

    def progress(self) -> Progress:
        """How far the last one is; what cannot be read counts as none."""
        try:
            told = json.loads(self._progress.read_text())
            return Progress(**(told | {"phase": Phase(told["phase"])}))
        except FileNotFoundError:
            return Progress()
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("%s cannot be read: %s", self._progress, error)
            return Progress()

    def tell(self, progress: Progress) -> Progress:
        """From now on it is so, also after a power cut."""
        told = dataclasses.replace(progress, at=times.iso(times.now()))
        write_whole(self._progress, json.dumps(told.as_json()).encode(), modes.file())
        return told

    def give(self, order: Order) -> None:
        """The updater starts when this file is there."""
        self.make()
        write_whole(self._order, json.dumps(dataclasses.asdict(order)).encode(), modes.file())

    def take(self) -> Order | None:
        """The order, which is then no more: what kills the updater does not kill the next one, too."""
        try:
            order = Order(**json.loads(self._order.read_text()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            log.warning("%s cannot be read: %s", self._order, error)
            order = None
        self._order.unlink(missing_ok=True)
        sync_folder(self.folder)
        return order
