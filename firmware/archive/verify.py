# SPDX-License-Identifier: GPL-2.0-or-later
"""Does everything that was stored still stand as it was? The chain, the files, the rows that describe them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firmware.archive import chain
from firmware.archive.chain import Link
from firmware.archive.keeping import facts_of
from firmware.archive.library import peaks_path
from firmware.records import Recording, RecordingState
from firmware.store import rows
from firmware.store.recovery import hash_file


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was. `what`: chain_changed, chain_missing, head_unknown, missing, changed, swapped,
    row_changed, unproven, unknown_file."""

    what: str
    recording: str
    detail: str


class Verification:
    """Of a state directory; `db` is for reading. Run `findings` to its end, then the figures are whole."""

    def __init__(self, db: sqlite3.Connection, folder: Path) -> None:
        self._db, self._folder = db, folder
        self.links = self.files = 0
        self.head = chain.BEGINNING

    def findings(self, head: str = "") -> Iterator[Finding]:
        """All of it. `head`: a link that was noted once and must be there."""
        kept: dict[str, Link] = {}
        seen = not head
        for link, wrong in chain.links(self._db):
            self.links, self.head, seen = self.links + 1, link.link, seen or link.link == head
            if wrong == "missing":
                yield Finding("chain_missing", link.recording, f"a link before number {link.seq} is missing")
            elif wrong:
                yield Finding("chain_changed", link.recording, f"link {link.seq} was changed")
            if link.kind == chain.STORED:
                kept[link.recording] = link
            else:
                kept.pop(link.recording, None)
        if not seen:
            yield Finding("head_unknown", "", f"no link is {head}: the end was cut, or the chain is another")
        yield from self._recordings(kept)
        yield from self._strangers()

    def _recordings(self, kept: dict[str, Link]) -> Iterator[Finding]:
        hashes = {str(link.facts["file_sha256"]): id for id, link in kept.items()}
        for id, link in kept.items():
            row = self._db.execute("SELECT * FROM recordings WHERE id = ?", (id,)).fetchone()
            if row is None:
                yield Finding("row_changed", id, "the database does not know it any more")
            else:
                yield from self._one(rows.recording(row), link, hashes)
        sql = "SELECT id FROM recordings WHERE state = 'ready' AND archived_at IS NOT NULL"
        for row in self._db.execute(sql):
            if row["id"] not in kept:
                yield Finding("unproven", row["id"], "no link of the chain tells of it")

    def _one(self, recording: Recording, link: Link, hashes: dict[str, str]) -> Iterator[Finding]:
        yield from self._row(recording, link.facts)
        path = self._folder / recording.path
        if not path.is_file():
            yield Finding("missing", recording.id, f"{recording.path} is not there")
            return
        self.files += 1
        _, digest = hash_file(path)
        if digest == link.facts["file_sha256"]:
            return
        other = hashes.get(digest)
        if other:
            yield Finding("swapped", recording.id, f"{recording.path} is the file of recording {other}")
        else:
            yield Finding("changed", recording.id, f"{recording.path} is not what was stored")

    def _row(self, recording: Recording, facts: dict[str, Any]) -> Iterator[Finding]:
        if recording.state is not RecordingState.READY:
            yield Finding("row_changed", recording.id, f"it is said to be {recording.state.value}")
        now = facts_of(recording, facts["file_sha256"])
        for name in (name for name in facts if facts[name] != now.get(name)):
            yield Finding("row_changed", recording.id, f"{name} is {now.get(name)}, and was {facts[name]}")

    def _strangers(self) -> Iterator[Finding]:
        """Files that belong to nothing that is known."""
        sql = "SELECT path FROM recordings WHERE state != 'removed'"
        known = {self._folder / row["path"] for row in self._db.execute(sql)}
        known |= {peaks_path(path) for path in known}
        for file in sorted(self._folder.glob("*/*")) if self._folder.is_dir() else ():
            if file not in known and file.with_suffix(".wav") not in known:
                yield Finding("unknown_file", "", str(file.relative_to(self._folder)))
