# SPDX-License-Identifier: GPL-2.0-or-later
"""How backups went, in STATE/backup/status.json: of each place the last good one and the last failure; the test."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from firmware import modes
from firmware.files import write_whole
from firmware.times import iso, parse

Json = dict[str, Any]


class Status:
    """Read at the beginning; each change is on the disk when it returns. Who changes it holds the lock."""

    def __init__(self, state: Path) -> None:
        self._file = state / "backup" / "status.json"
        try:
            self._all: Json = json.loads(self._file.read_text())
        except (OSError, ValueError):
            self._all = {}

    def of(self, target: str) -> Json:
        """`{"good": {"at", "name", "octets"}, "tried_at", "failures", "error"}`, as far as there is."""
        found: Json = self._all.get("targets", {}).get(target, {})
        return found

    def is_known(self, target: str) -> bool:
        """Whether a backup was ever put there."""
        return "good" in self.of(target)

    def tried_at(self, target: str) -> datetime | None:
        return _time(self.of(target).get("tried_at"))

    def went_well(self, target: str, at: datetime, name: str, octets: int) -> None:
        good = {"at": iso(at), "name": name, "octets": octets}
        self._set(target, {"good": good, "tried_at": iso(at), "failures": 0, "error": ""})

    def failed(self, target: str, at: datetime, error: str) -> None:
        before = self.of(target)
        count = before.get("failures", 0) + 1
        self._set(target, {**before, "tried_at": iso(at), "failures": count, "error": error})

    def _set(self, target: str, status: Json) -> None:
        self._all.setdefault("targets", {})[target] = status
        self._write()

    @property
    def test(self) -> Json:
        """The last test: `{"at", "passed", "target", "name", "text", "counts"}`; {} before the first."""
        found: Json = self._all.get("test", {})
        return found

    @property
    def tested_at(self) -> datetime | None:
        return _time(self.test.get("at"))

    def tested(self, at: datetime, target: str, name: str, error: str, counts: dict[str, int]) -> None:
        self._all["test"] = {
            "at": iso(at), "passed": not error, "target": target, "name": name, "text": error, "counts": counts,
        }  # fmt: skip
        self._write()

    def _write(self) -> None:
        self._file.parent.mkdir(mode=modes.folder(), exist_ok=True)
        write_whole(self._file, json.dumps(self._all, ensure_ascii=False, indent=1).encode(), modes.file())


def _time(text: str | None) -> datetime | None:
    return parse(text) if text else None
