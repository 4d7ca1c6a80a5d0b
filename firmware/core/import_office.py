# SPDX-License-Identifier: GPL-2.0-or-later
"""The control socket's word for calls of another system: they go into the history, a batch at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from firmware.errors import Invalid
from firmware.importing.sending import BATCH
from firmware.store import past_calls
from firmware.store.writer import HistoryWriter

Json = dict[str, Any]


class ImportOffice:
    """Small batches: a call that ends meanwhile waits for one of them at most."""

    def __init__(self, writer: HistoryWriter) -> None:
        self._writer = writer

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        return {"calls.import": self._take}

    async def _take(self, params: Json) -> Json:
        """All of a batch or nothing; how many were not known yet."""
        from firmware.importing.calls import read_cdr  # once in the life of a box

        items = params.get("items")
        if not isinstance(items, list) or len(items) > BATCH:
            raise Invalid(f"`items` must be a list of at most {BATCH} calls.", field="items")
        try:
            found = [read_cdr(item) for item in items]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Invalid(f"`items` has no past call: {error}.", field="items") from None
        return {"count": await self._writer.run(past_calls.keep, found)}
