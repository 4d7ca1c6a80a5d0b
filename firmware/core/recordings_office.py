# SPDX-License-Identifier: GPL-2.0-or-later
"""What the control socket does with what is kept of people: erases one number everywhere."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firmware import times
from firmware.archive import erasure, keeping
from firmware.errors import Conflict, Invalid, NotFound
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_reading, open_for_writing
from firmware.store.writer import HistoryWriter

if TYPE_CHECKING:
    from firmware.core.pbx import Pbx

Json = dict[str, Any]
Show = Callable[[], Json]  # the document in force
Take = Callable[[Json, str], Awaitable[None]]  # puts another one in force, for an author


class RecordingsOffice:
    """Erasure reaches what the core has in memory, so it is the core that does it."""

    def __init__(self, pbx: Pbx, writer: HistoryWriter, configs: ConfigDb, state: Path, show: Show, take: Take) -> None:
        self._pbx, self._writer, self._configs, self._state = pbx, writer, configs, state
        self._show, self._take = show, take

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        return {"erase": self._erase}

    async def _erase(self, params: Json) -> Json:
        """Calls, trail, recordings, voicemail, lists, and what waits for the cloud."""
        number, reason = str(params.get("number") or ""), str(params.get("reason") or "").strip()
        author = str(params.get("author") or "unknown")
        pattern = erasure.pattern_of(number)
        if not reason or len(reason) > 200 or pattern.search(reason):
            raise Invalid("Say why, without the number, in at most 200 characters.", field="reason")
        self._must_not_talk(number)
        await self._pbx.journal.flush(1.0)
        found = await asyncio.to_thread(self._find, number)
        for message in found.messages:
            with contextlib.suppress(NotFound):
                self._pbx.mailboxes.delete(message)
        lists = await self._lists(pattern, author)
        cloud = self._pbx.config.cloud is not None
        record, gone = await self._writer.run(erasure.erase, found, author, reason, times.now(), cloud)
        await asyncio.to_thread(self._clean, [*gone])
        return record | {"lists": lists, "left_in": list(erasure.settings_with(self._show(), pattern))}

    def _must_not_talk(self, number: str) -> None:
        digits = number.strip().removeprefix("+")
        for call in self._pbx.journal.calls.values():
            if digits in (call.cdr.from_number.removeprefix("+"), call.cdr.to_number.removeprefix("+")):
                raise Conflict("A call with this number goes on; erase it when that is over.", code="call_goes_on")

    def _find(self, number: str) -> erasure.Found:
        with contextlib.closing(open_for_reading(self._state / "history.db")) as db:
            return erasure.find(db, number)

    async def _lists(self, pattern: Any, author: str) -> int:
        """Out of the lists in force, and of those before."""
        document = self._show()
        cleaned = erasure.without(document, pattern)
        if cleaned != document:
            await self._take(cleaned, f"erasure by {author}")
        return await asyncio.to_thread(self._configs.clean, lambda old: erasure.without(old, pattern))

    def _clean(self, recordings: list[Any]) -> None:
        for recording in recordings:
            keeping.unlink(self._state / "recordings", recording)
        for name in ("history.db", "config.db"):
            with contextlib.suppress(sqlite3.Error), contextlib.closing(open_for_writing(self._state / name)) as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
