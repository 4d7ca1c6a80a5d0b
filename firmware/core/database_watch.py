# SPDX-License-Identifier: GPL-2.0-or-later
"""Damage of the databases while calls go on: a fresh history at once, the old one is read in the background."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

from firmware.calls.journal import CONFIG, Journal
from firmware.errors import TipringError
from firmware.records import Severity
from firmware.store import alarms, damage, salvage
from firmware.store.damage import GoodCopy
from firmware.store.writer import HistoryWriter

log = logging.getLogger(__name__)

_ROOT = Path(__file__).parents[2]
AT_THE_NEXT_START = (
    "The configuration on the disk is damaged ({why}). The box goes on with what it has in memory; restart it when it "
    "suits, then the last good copy is used. Changes cannot be kept until then."
)


class DatabaseWatch:
    """Call `look` now and then."""

    def __init__(self, state: Path, journal: Journal, writer: HistoryWriter) -> None:
        self._state, self._journal, self._writer = state, journal, writer
        self._history, self._good = state / "history.db", GoodCopy(state / "config.db")
        self._saving: asyncio.subprocess.Process | None = None

    async def look(self) -> None:
        """Also copies a configuration that is good."""
        await self._look_at_configuration()
        if damage.is_marked(self._history):
            await self._renew()
        if not self._is_saving and salvage.waiting(self._state):
            command = ("-m", "firmware.store.salvage", "--state", str(self._state))
            self._saving = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=_ROOT)

    @property
    def _is_saving(self) -> bool:
        return self._saving is not None and self._saving.returncode is None

    async def _look_at_configuration(self) -> None:
        if why := await asyncio.to_thread(self._good.look):
            self._journal.raise_alarm(CONFIG, Severity.ERROR, AT_THE_NEXT_START.format(why=why))

    async def _renew(self) -> None:
        try:
            aside = await asyncio.wrap_future(self._writer.renew())
        except (TipringError, OSError) as error:
            log.error("there can be no fresh history: %s", error)
            return
        if aside:
            log.error("history.db was damaged; it is %s now", aside.name)
            await asyncio.to_thread(alarms.say, self._state, salvage.KIND, salvage.FRESH)
