# SPDX-License-Identifier: GPL-2.0-or-later
"""Trails of the newest calls as they are told live: the history has each line a moment later."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

MOST_CALLS, MOST_LINES = 500, 400

Step = dict[str, Any]


class Trails:
    """From any thread."""

    def __init__(self) -> None:
        self._calls: OrderedDict[str, list[Step]] = OrderedDict()
        self._lock = threading.Lock()

    def hear(self, step: Step) -> None:
        """An event `trail` of control.md."""
        with self._lock:
            lines = self._calls.setdefault(step["call"], [])
            self._calls.move_to_end(step["call"])
            if len(lines) < MOST_LINES:
                lines.append(step)
            if len(self._calls) > MOST_CALLS:
                self._calls.popitem(last=False)

    def forget(self) -> None:
        """The core is gone; what it still told is in the history."""
        with self._lock:
            self._calls.clear()

    def of(self, call: str) -> list[Step]:
        """What was told of a call, with its queue at that time."""
        with self._lock:
            return list(self._calls.get(call, ()))


def merged(kept: Sequence[Step], live: Sequence[Step]) -> list[Step]:
    """What the history has, and after it what it does not have yet."""
    known = [(step["at"], step["event"], step["data"]) for step in kept]
    late = [step for step in live if (step["at"], step["event"], step["data"]) not in known]
    return [*kept, *({name: step[name] for name in ("call", "at", "event", "data")} for step in late)]
