# SPDX-License-Identifier: GPL-2.0-or-later
"""A box without a battery for its clock wakes up in the past. Calls do not wait for the time of day.

Until somebody sets the machine's clock, the core goes by its own: from the last moment that the state directory knows,
by the monotonic clock. When the machine's is right and nobody talks, what was written meanwhile is moved to its right
times. A core that starts anew meanwhile goes on with the same time, as long as the machine has not.
"""

from __future__ import annotations

import json
import logging
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from firmware import times
from firmware.calls.journal import Journal
from firmware.errors import Unavailable
from firmware.records import Severity
from firmware.store import clock_set
from firmware.store.writer import HistoryWriter

log = logging.getLogger(__name__)

RELEASED = datetime(2025, 1, 1, tzinfo=UTC)
"""Nothing of this existed before; a clock that says so is not set."""
KIND = "clock:past"
TEXT = (
    "The clock of the box is not set: it counts on from when it was last known. Calls work, and get their right times "
    "once it is set. Check the network, or set it by hand."
)
BOOT = Path("/proc/sys/kernel/random/boot_id")
REMEMBERED = ("history.db", "history.db-wal", "config.db", "config.db-wal")  # written last when the box was alive


class ClockWatch:
    """Looks at the clock before anything is written; call `look` now and then."""

    def __init__(self, state: Path) -> None:
        self._file = state / "run" / "clock.json"
        self._since: datetime | None = None
        known = max([RELEASED, *(_changed(state / name) for name in REMEMBERED)])
        if begun := self._begun():
            self._go_by(*begun)
        elif times.machine() < known:
            self._go_by(known, time.monotonic())
            self._remember()

    async def look(self, journal: Journal, writer: HistoryWriter, cloud: bool) -> None:
        """Raises the alarm; corrects the times when the clock is set and nobody calls."""
        if not self._since:
            return
        by = times.machine() - times.now()
        if by.total_seconds() < 0:
            journal.raise_alarm(KIND, Severity.WARNING, TEXT)
            return
        if journal.calls:
            return
        with suppress(Unavailable):  # a disk that is away now comes back
            await journal.flush(1)
            moved = await writer.run(clock_set.shift, self._since, by - by % times.MILLISECOND, cloud)
            times.go_by_machine()
            self._since = None
            self._file.unlink(missing_ok=True)
            journal.clear_alarm(KIND)
            log.info("the clock was set: %d calls have their right times now, %s later", moved, by)

    def _go_by(self, moment: datetime, monotonic: float) -> None:
        log.warning("the clock of this machine is not set: it counts on from %s", times.iso(moment))
        self._since, self._monotonic = moment, monotonic
        times.go_by_own(moment, monotonic)

    def _remember(self) -> None:
        assert self._since
        what = {"boot": BOOT.read_text(), "since": times.iso(self._since), "monotonic": self._monotonic}
        with suppress(OSError):  # for the next start only
            self._file.parent.mkdir(exist_ok=True)
            self._file.write_text(json.dumps(what))

    def _begun(self) -> tuple[datetime, float] | None:
        """What a core of this same boot began with, and nobody has corrected yet."""
        try:
            known = json.loads(self._file.read_text())
            if known["boot"] == BOOT.read_text():
                return times.parse(known["since"]), float(known["monotonic"])
        except (OSError, ValueError, KeyError):
            pass
        return None


def _changed(file: Path) -> datetime:
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError:
        return RELEASED
