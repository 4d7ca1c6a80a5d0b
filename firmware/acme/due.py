# SPDX-License-Identifier: GPL-2.0-or-later
"""When the box orders a certificate, and when again after a failure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from firmware.edge.certificate import Certificate

RATE_LIMITED = "acme_rate_limited"
_FIRST, _LONGEST = timedelta(hours=1), timedelta(hours=24)  # 5 wrong ones an hour and name are allowed (Let's Encrypt)
_RENEWED_AT = 1 / 3  # of its lifetime is left: what Let's Encrypt advises


def is_wanted(found: Certificate | None, names: Iterable[str], now: datetime) -> bool:
    """Whether the one in place is to be replaced: signed by the box itself, for other names, or near its end."""
    if found is None or found.self_signed or not all(found.is_for(name) for name in names):
        return True
    return found.expires - now <= (found.expires - found.begins) * _RENEWED_AT


def again_in(failures: int, code: str = "") -> timedelta:
    """How long after so many failures in a row; who ordered too much waits longest."""
    return _LONGEST if code == RATE_LIMITED else min(_FIRST * 2 ** min(failures - 1, 10), _LONGEST)
