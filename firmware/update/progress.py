# SPDX-License-Identifier: GPL-2.0-or-later
"""How far an update is, in STATE/update: the updater writes it, also for itself after a restart; everybody reads it."""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import fcntl
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firmware import modes, times
from firmware.deadline import Deadline, Moment
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
    CONFIRM = "confirm"  # it works, and goes unless somebody keeps it in time
    RETURNING = "returning"  # nobody did: the version before comes back when nobody calls
    DONE = "done"
    FAILED = "failed"  # nothing has changed
    CALLED_OFF = "called_off"  # neither
    ROLLED_BACK = "rolled_back"  # the version before runs again


ENDS = frozenset((Phase.NONE, Phase.DONE, Phase.FAILED, Phase.CALLED_OFF, Phase.ROLLED_BACK))


class Word(enum.StrEnum):
    """What somebody says to an update that is under way."""

    CALL_OFF = "call_off"
    KEEP = "keep"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Progress:
    """`version` is the new one, `former` the one before it; `slot` the bootname of the slot that was left; `percent` of
    this phase; `text` says what went wrong. `calls` go on that are waited for; `limit` is when this phase ends by
    itself. `trial_s` and `wait_s` are those of the order.
    """

    phase: Phase = Phase.NONE
    version: str = ""
    former: str = ""
    slot: str = ""
    percent: int = 0
    text: str = ""
    by: str = ""
    at: str = ""
    calls: int = 0
    trial_s: float = 0
    wait_s: float = 0
    limit: Deadline | None = None

    @property
    def under_way(self) -> bool:
        return self.phase not in ENDS

    @property
    def to_confirm(self) -> Deadline | None:
        """Until when somebody has to keep the new version."""
        return self.limit if self.phase is Phase.CONFIRM else None

    def as_json(self) -> dict[str, Any]:
        """As the API shows it."""
        told = {key: value for key, value in dataclasses.asdict(self).items() if key not in ("limit", "wait_s")}
        until, left = (times.iso(self.limit.until), self.limit.left_s(Moment.now())) if self.limit else (None, None)
        return told | {"until": until, "left_s": left if left is None else round(left, 1)}

    def kept(self) -> bytes:
        """As the file has it."""
        limit = dataclasses.asdict(self.limit) if self.limit else None
        return json.dumps(dataclasses.asdict(self) | {"limit": limit}, default=times.iso).encode()

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Progress:
        """Also from a file of another version. KeyError, TypeError, ValueError."""
        names = {item.name for item in dataclasses.fields(cls)}
        limit = told.get("limit")
        if limit:
            limit = Deadline(**limit | {key: times.parse(limit[key]) for key in ("began", "until")})
        known = {key: value for key, value in told.items() if key in names}
        return cls(**known | {"phase": Phase(told["phase"]), "limit": limit})


SCHEDULE = "schedule"
"""Who ordered an update that nobody ordered by hand."""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants: `source` is an address (http, https) or a file; "" for the package way.

    The last call is waited for during `wait_s`, 0: without end. `trial_s`: unless somebody keeps the new version within
    that time, the former one comes back; 0: its self-test suffices.
    """

    source: str = ""
    downgrade: bool = False
    now: bool = False  # calls are not waited for, but for those to emergency numbers
    by: str = ""
    wait_s: float = 0
    trial_s: float = 0


class UpdateFiles:
    """Everything under STATE/update. OSError from whatever writes."""

    def __init__(self, state: Path) -> None:
        self.folder = state / "update"
        self._progress, self._order = self.folder / "progress.json", self.folder / "order.json"
        self._word = self.folder / "word.json"
        self.bundle = self.folder / "bundle.raucb"
        self.etag = self.folder / "etag"  # of the bundle that was last looked at by schedule

    def make(self) -> None:
        """The folder."""
        self.folder.mkdir(mode=modes.folder(), exist_ok=True)

    def progress(self) -> Progress:
        """How far the last one is; what cannot be read counts as none."""
        try:
            return Progress.read(json.loads(self._progress.read_text()))
        except FileNotFoundError:
            return Progress()
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("%s cannot be read: %s", self._progress, error)
            return Progress()

    def tell(self, progress: Progress) -> Progress:
        """From now on it is so, also after a power cut."""
        told = dataclasses.replace(progress, at=times.iso(times.now()))
        write_whole(self._progress, told.kept(), modes.file())
        return told

    def give(self, order: Order) -> None:
        """The updater starts when this file is there. What was said to the update before is forgotten."""
        self.make()
        self._word.unlink(missing_ok=True)
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

    def say(self, word: Word, by: str) -> None:
        """To the update that is under way."""
        write_whole(self._word, json.dumps({"word": word, "by": by}).encode(), modes.file())

    def said(self, word: Word) -> str:
        """By whom; "" when nobody did."""
        try:
            told = json.loads(self._word.read_text())
            return str(told["by"]) if told["word"] == word else ""
        except FileNotFoundError:
            return ""
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("%s cannot be read: %s", self._word, error)
            return ""

    @contextlib.contextmanager
    def alone(self, *, patient: bool) -> Iterator[bool]:
        """Whether no other process updates meanwhile; a `patient` one waits for it."""
        with (self.folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if patient else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True
