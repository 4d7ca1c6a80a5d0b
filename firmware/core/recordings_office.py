# SPDX-License-Identifier: GPL-2.0-or-later
"""What the control socket does with what is kept of people: erases one number everywhere."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firmware import times
from firmware.archive import erasure, keeping
from firmware.core.params import author_of
from firmware.errors import Conflict, Invalid, NotFound, Unavailable
from firmware.store import contacts
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_reading
from firmware.store.writer import HistoryWriter
from firmware.telephone_numbers import dialled

if TYPE_CHECKING:
    from firmware.core.config_office import ConfigOffice
    from firmware.core.pbx import Pbx

log = logging.getLogger(__name__)

Json = dict[str, Any]


class RecordingsOffice:
    """Erasure reaches what the core has in memory, so it is the core that does it."""

    def __init__(
        self, pbx: Pbx, writer: HistoryWriter, configs: ConfigDb, state: Path, configuration: ConfigOffice
    ) -> None:
        self._pbx, self._writer, self._configs, self._state = pbx, writer, configs, state
        self._configuration = configuration

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        return {"erase": self._erase}

    async def _erase(self, params: Json) -> Json:
        """Calls, trail, recordings, voicemail, text messages, lists, and what waits for the cloud."""
        number, reason = dialled(str(params.get("number") or "")), str(params.get("reason") or "").strip()
        author = author_of(params)
        country = self._pbx.config.site.country
        pattern = erasure.pattern_of(number, country)
        if not reason or len(reason) > 200 or pattern.search(reason):
            raise Invalid("Say why, without the number, in at most 200 characters.", field="reason")
        self._must_not_talk(erasure.forms_of(number, country))
        await self._pbx.journal.flush(1.0)
        found = await asyncio.to_thread(self._find, number, country)
        if found.sms_open:
            text = "A text message to this number is still to go out; erase the number when that is over."
            raise Conflict(text, code="sms_under_way")
        for message in found.messages:
            with contextlib.suppress(NotFound):
                self._pbx.mailboxes.delete(message)
        lists = await self._lists(pattern, author)
        cloud = self._pbx.config.cloud is not None
        record, gone = await self._writer.run(erasure.erase, found, author, reason, times.now(), cloud)
        await self._forget_contact(number)
        await asyncio.to_thread(self._clean, [*gone])
        document = self._configuration.revision.document
        return record | {"lists": lists, "left_in": list(erasure.settings_with(document, pattern))}

    async def _forget_contact(self, number: str) -> None:
        book = self._pbx.phone_book
        kept = book.with_number(number)
        await self._writer.run(contacts.changed, kept, [])
        book.changed(kept, [])

    def _must_not_talk(self, forms: Collection[str]) -> None:
        for call in self._pbx.journal.calls.values():
            if call.cdr.from_number in forms or call.cdr.to_number in forms:
                raise Conflict("A call with this number goes on; erase it when that is over.", code="call_goes_on")

    def _find(self, number: str, country: str) -> erasure.Found:
        with contextlib.closing(open_for_reading(self._state / "history.db")) as db:
            return erasure.find(db, number, country)

    async def _lists(self, pattern: Any, author: str) -> int:
        """Out of the lists in force, and of those before."""
        revision = self._configuration.revision
        cleaned = erasure.without(revision.document, pattern)
        if cleaned != revision.document:
            await self._configuration.take(cleaned, f"erasure by {author}", revision.id)
        return await asyncio.to_thread(self._configs.clean, lambda old: erasure.without(old, pattern))

    def _clean(self, recordings: list[Any]) -> None:
        for recording in recordings:
            keeping.unlink(self._state / "recordings", recording)
        for name in ("history.db", "config.db"):
            try:
                erasure.wipe(self._state / name)
            except Unavailable as error:
                log.error("what was erased may be found in %s by a disk editor: %s", name, error)
