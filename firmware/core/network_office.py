# SPDX-License-Identifier: GPL-2.0-or-later
"""The core hands on what is wanted of the machine's network, a moment after the configuration says so."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from firmware.lan import wanted

log = logging.getLogger(__name__)

AFTER_S = 3.0  # whoever changed it gets the answer, which says where the box will be
LOOK_S = 0.5


class NetworkOffice:
    """`document` is the configuration in force; `follow` is its task."""

    def __init__(self, state: Path, document: Callable[[], dict[str, Any]], after_s: float = AFTER_S) -> None:
        self._state, self._document, self._after_s = state, document, after_s

    async def follow(self) -> None:
        """Hands on what is in force, once it has been for a moment."""
        known = self._table()
        await self._hand_on(known)
        while True:
            await asyncio.sleep(LOOK_S)
            if self._table() != known:
                await asyncio.sleep(self._after_s)
                known = self._table()
                await self._hand_on(known)

    async def _hand_on(self, table: dict[str, Any] | None) -> None:
        try:
            if await asyncio.to_thread(wanted.write, self._state, table):
                log.info("network: another one is wanted")
        except OSError as error:
            log.error("network: %s", error)

    def _table(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self._document().get("network")
        return found
