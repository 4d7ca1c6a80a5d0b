# SPDX-License-Identifier: GPL-2.0-or-later
"""How long to wait after failures."""

from __future__ import annotations

import random

FIRST_S = 0.5
LONGEST_S = 60.0


class Backoff:
    """Exponential from 0.5 s to `longest_s`, of which half is chance, so that a fleet does not march in step."""

    def __init__(self, longest_s: float = LONGEST_S) -> None:
        self._failures, self._longest_s = 0, longest_s

    def reset(self) -> None:
        """Something worked."""
        self._failures = 0

    def next(self, asked_s: float = 0.0) -> float:
        """Seconds to wait after one more failure; never less than the other side `asked_s` for."""
        full: float = min(FIRST_S * 2.0 ** min(self._failures, 30), self._longest_s)
        self._failures += 1
        return max(full * random.uniform(0.5, 1.0), asked_s)  # noqa: S311 (no secret)
