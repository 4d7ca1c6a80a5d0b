# SPDX-License-Identifier: GPL-2.0-or-later
"""Times: aware UTC inside, ISO 8601 with milliseconds and Z outside."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
HOUR_MS = 3_600_000


_own: tuple[datetime, float] | None = None  # what it was, and the monotonic clock then


def now() -> datetime:
    """The present, in UTC: the machine's, or the process's own while `go_by_own` is in force."""
    if _own:
        return _own[0] + timedelta(seconds=time.monotonic() - _own[1])
    return machine()


def machine() -> datetime:
    """What the machine's clock says, right or wrong."""
    return datetime.now(UTC)


def go_by_own(moment: datetime, monotonic: float) -> None:
    """The machine's clock is not set: from here on it counts as having been `moment` at `monotonic`."""
    global _own
    _own = (moment, monotonic)


def go_by_machine() -> None:
    """The machine's clock is set."""
    global _own
    _own = None


def iso(at: datetime) -> str:
    """`2026-11-22T05:04:58.123Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """Reads ISO 8601; a time without a zone is UTC. ValueError when it is not a time."""
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def milliseconds(at: datetime) -> int:
    """Since 1970: how times are kept where there are millions of them."""
    return (at - EPOCH) // MILLISECOND


def of_milliseconds(ms: int) -> datetime:
    """The time that `milliseconds` counted."""
    return EPOCH + ms * MILLISECOND
