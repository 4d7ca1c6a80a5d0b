# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of backups, and which of them may go. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

PART = ".part"  # of a file that is not whole
_FORM = "%Y%m%d-%H%M%S"
_NAME = re.compile(r"tipring-([0-9a-f]{8})-(\d{8}-\d{6})\.tar\.gz\.age")


class Rules(Protocol):
    """Of `firmware.config.backup.Backup`, whose model would cost the pages 20 MB."""

    @property
    def keep_days(self) -> int: ...
    @property
    def keep_weeks(self) -> int: ...
    @property
    def keep_months(self) -> int: ...


@dataclass(frozen=True, slots=True, order=True)
class Kept:
    """A backup at a place. `octets`: its size."""

    at: datetime
    name: str
    octets: int


def name_of(box: str, at: datetime) -> str:
    """`tipring-7c1d90aa-20261122-023000.tar.gz.age`: of which box (the end of its id), and when in UTC."""
    return f"tipring-{box.replace('-', '')[-8:]}-{at.astimezone(UTC).strftime(_FORM)}.tar.gz.age"


def kept(name: str, octets: int, box: str) -> Kept | None:
    """None for a file that is no backup of this box: several may share a place."""
    found = _NAME.fullmatch(name)
    if not found or found[1] != box.replace("-", "")[-8:]:
        return None
    try:
        at = datetime.strptime(found[2], _FORM).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Kept(at, name, octets)


def may_go(there: Iterable[Kept], rules: Rules) -> list[Kept]:
    """All but the newest of each of the last so many days, weeks and months that have one; never the newest of all."""
    newest_first = sorted(there, reverse=True)
    spans = (("%Y-%m-%d", rules.keep_days), ("%G-%V", rules.keep_weeks), ("%Y-%m", rules.keep_months))
    if not any(count for _, count in spans):
        return []
    stay = set(newest_first[:1])
    for form, count in spans:
        stay |= set(_newest(newest_first, form, count))
    return [backup for backup in newest_first if backup not in stay]


def _newest(newest_first: Iterable[Kept], form: str, count: int) -> Iterator[Kept]:
    seen: set[str] = set()
    for backup in newest_first:
        span = backup.at.strftime(form)
        if span not in seen and len(seen) < count:
            seen.add(span)
            yield backup
