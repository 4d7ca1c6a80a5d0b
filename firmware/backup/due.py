# SPDX-License-Identifier: GPL-2.0-or-later
"""When the box makes a backup, and when it tests one. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

AGAIN = timedelta(hours=1)  # after a failure
_TESTED_EVERY = {"week": timedelta(days=7), "month": timedelta(days=30)}


def slot(now: datetime, at: str, zone: ZoneInfo) -> datetime:
    """The last time of the day `at` that has come."""
    here = now.astimezone(zone)
    today = datetime.combine(here.date(), time.fromisoformat(at), zone)
    return today if today <= here else datetime.combine(here.date() - timedelta(days=1), time.fromisoformat(at), zone)


def is_due(good: datetime | None, tried: datetime | None, now: datetime, at: str, zone: ZoneInfo) -> bool:
    """Whether none was made since its time came, and the last failure is not too near."""
    if good and good >= slot(now, at, zone):
        return False
    return not tried or tried == good or not timedelta() <= now - tried < AGAIN


def is_test_due(tested: datetime | None, now: datetime, every: str) -> bool:
    """The first one at once: a passphrase that opens nothing is found out early."""
    return every in _TESTED_EVERY and (tested is None or now - tested >= _TESTED_EVERY[every])
