# SPDX-License-Identifier: GPL-2.0-or-later
"""The control socket's words about the phone book: looked up, added, deleted, taken in from a list."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from firmware.core.params import text
from firmware.core.pbx import Pbx
from firmware.errors import Invalid, Unavailable
from firmware.records import Contact
from firmware.store import contacts
from firmware.store.writer import HistoryWriter

log = logging.getLogger(__name__)

Json = dict[str, Any]
MOST_FOUND = 200


class PhoneBookOffice:
    """`start` before the first call comes."""

    def __init__(self, pbx: Pbx, writer: HistoryWriter, publish: Callable[[str, Any], None]) -> None:
        self._book, self._writer, self._publish = pbx.phone_book, writer, publish

    async def start(self) -> None:
        """Takes over what the history knows."""
        try:
            self._book.take_over(await self._writer.run(contacts.all_of))
        except Unavailable as error:
            log.error("%s", error)

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        return {
            "contacts": self._find,
            "contact.save": self._save,
            "contact.delete": self._delete,
            "contacts.import": self._import,
        }

    async def _find(self, params: Json) -> Json:
        limit = params.get("limit")
        most = limit if isinstance(limit, int) and limit > 0 else MOST_FOUND
        found = self._book.find(str(params.get("text") or ""), most)
        return {"items": [contact.as_json() for contact in found], "count": self._book.count}

    async def _save(self, params: Json) -> Json:
        contact = self._book.checked(text(params, "number"), text(params, "name"))
        await self._keep([contact])
        return contact.as_json()

    async def _delete(self, params: Json) -> Json:
        await self._keep((), [self._book.kept(text(params, "number"))])
        return {}

    async def _import(self, params: Json) -> Json:
        """All of them or none; the first that is wrong is named by its place."""
        items = params.get("items")
        if not isinstance(items, list):
            raise Invalid("`items` must be a list of contacts.", field="items")
        await self._keep([self._checked(place, item) for place, item in enumerate(items, 1)])
        return {"count": self._book.count}

    def _checked(self, place: int, item: Any) -> Contact:
        known = item if isinstance(item, dict) else {}
        try:
            return self._book.checked(str(known.get("number", "")), str(known.get("name", "")))
        except Invalid as error:
            raise Invalid(f"Entry {place}: {error.message}", field=f"items[{place - 1}].{error.field}") from None

    async def _keep(self, saved: Iterable[Contact], gone: Iterable[str] = ()) -> None:
        fresh = list(saved)
        gone = [*gone, *self._book.replaced_by(fresh)]
        await self._writer.run(contacts.changed, gone, fresh)
        self._book.changed(gone, fresh)
        self._publish("contacts", {"count": self._book.count})
