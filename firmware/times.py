# SPDX-License-Identifier: GPL-2.0-or-later
"""Times: aware UTC inside, ISO 8601 with milliseconds and Z outside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
HOUR_MS = 3_600_000


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


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
