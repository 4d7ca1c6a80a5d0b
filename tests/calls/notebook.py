# SPDX-License-Identifier: GPL-2.0-or-later
"""A journal that only remembers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from firmware import times
from firmware.records import Alarm, Severity


class Notebook:
    """`written` has what would go to the disk; `calls` are those that go on."""

    def __init__(self) -> None:
        self.written: list[tuple[Any, ...]] = []
        self.alarms: dict[str, Alarm] = {}
        self.calls: dict[str, Any] = {}

    def write(self, fn: Any, *args: Any, essential: bool = True) -> None:
        self.written.append((fn.__name__, *args))

    async def flush(self, timeout_s: float) -> None:
        """All is there at once."""

    def raise_alarm(self, kind: str, severity: Severity, text: str) -> None:
        self.stands(kind, times.now(), severity, text)

    def stands(self, kind: str, since: datetime, severity: Severity = Severity.WARNING, text: str = "") -> None:
        """An alarm, as the history has it after a restart."""
        self.alarms.setdefault(kind, Alarm(kind, kind, severity, text, since))

    def clear_alarm(self, kind: str) -> None:
        self.alarms.pop(kind, None)
