# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether the watchdog is fed: while core and web answer, and for a while after. Pure; seconds of a monotonic clock."""

from __future__ import annotations

from collections.abc import Mapping

START_S = 180.0  # for a first start: migrations, and a check of the file system
PATIENCE_S = 60.0  # for a restart of either, migrations included


class Feeding:
    """Whoever has never answered gets START_S from the beginning; afterwards PATIENCE_S from the last answer."""

    def __init__(self, names: tuple[str, ...], now: float) -> None:
        self._until = dict.fromkeys(names, now + START_S)

    def answered(self, name: str, now: float) -> None:
        """It was asked, and answered."""
        self._until[name] = now + PATIENCE_S

    def starving(self, now: float) -> list[str]:
        """Who has not answered for too long; while it is anybody, the watchdog is not fed."""
        return [name for name, until in self._until.items() if now >= until]

    def left_s(self, now: float) -> Mapping[str, float]:
        """How long each may still be silent."""
        return {name: max(0.0, until - now) for name, until in self._until.items()}
