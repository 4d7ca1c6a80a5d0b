# SPDX-License-Identifier: GPL-2.0-or-later
"""What is an alarm only when it lasts."""

from __future__ import annotations

import time
from collections.abc import Callable


class Patience:
    """What has been so for a while."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: dict[str, float] = {}

    def lasts(self, what: str, is_so: bool, limit_s: float) -> bool:
        """Whether it has been so for as long."""
        if not is_so:
            self._since.pop(what, None)
            return False
        return self._clock() - self._since.setdefault(what, self._clock()) >= limit_s
