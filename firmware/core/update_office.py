# SPDX-License-Identifier: GPL-2.0-or-later
"""The control socket's words about updates: whoever may asks for one, the updater (another process) carries it out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from firmware import __version__
from firmware.calls.journal import Journal
from firmware.config import Config
from firmware.errors import Conflict, Invalid, TipringError, Unavailable
from firmware.records import Severity
from firmware.update import methods
from firmware.update.progress import SCHEDULE, Order, Phase, Progress, UpdateFiles

log = logging.getLogger(__name__)

LOOK_S = 1.0
ALARM = "update"
LONGEST_SOURCE = 2000
FAILED_TEXT = "The update to version {version} failed: {reason}"
ROLLED_BACK_TEXT = "The update was taken back, version {version} runs as before: {reason}"
LEDS = {Phase.INSTALLING: "installing", Phase.RESTARTING: "installing", Phase.TRIAL: "installing",
        Phase.DOWNLOADING: "ready", Phase.CHECKING: "ready", Phase.WAITING: "ready"}  # fmt: skip

Json = dict[str, Any]


class UpdateOffice:
    """Lives in the asyncio thread; `follow` is its task. `local_time` is that of the site."""

    def __init__(
        self, files: UpdateFiles, journal: Journal, config: Callable[[], Config], local_time: Callable[[], Any],
        publish: Callable[[str, Json], None], method: Callable[[], str] = methods.of_this_machine,
    ) -> None:  # fmt: skip
        self._files, self._journal, self._config, self._local_time = files, journal, config, local_time
        self._publish, self._method = publish, method()
        self._shown = files.progress()
        self._asked_on: date | None = None
        self._waits = False  # an order that the updater did not take yet

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        return {"update": self._show, "update.start": self._start}

    @property
    def led(self) -> str:
        """What the LED of updates shows."""
        return LEDS.get(self._shown.phase, "ready" if self._waits else "")

    async def follow(self) -> None:
        """Shows what the updater tells, and asks it by schedule."""
        while True:
            try:
                self._look(await asyncio.to_thread(self._files.progress))
                await self._by_schedule()
            except (OSError, TipringError) as error:
                log.warning("updates: %s", error)
            await asyncio.sleep(LOOK_S)

    def _look(self, progress: Progress) -> None:
        if progress == self._shown:
            return
        self._shown, self._waits = progress, False
        self._publish("update", self._as_json())
        if progress.phase is Phase.FAILED:
            self._alarm(FAILED_TEXT.format(version=progress.version or "?", reason=progress.text))
        elif progress.phase is Phase.ROLLED_BACK:
            self._alarm(ROLLED_BACK_TEXT.format(version=__version__, reason=progress.text))
        elif progress.phase is Phase.DONE:
            self._journal.clear_alarm(ALARM)

    def _alarm(self, text: str) -> None:
        self._journal.clear_alarm(ALARM)
        self._journal.raise_alarm(ALARM, Severity.WARNING, text)

    async def _by_schedule(self) -> None:
        wanted, local = self._config().update, self._local_time()
        due = wanted.automatic and wanted.url and local.hour == wanted.hour and local.date() != self._asked_on
        if due and self._method != methods.NONE and not self._busy:
            self._asked_on = local.date()
            await self._order(Order(wanted.url or "", by=SCHEDULE))

    @property
    def _busy(self) -> bool:
        return self._waits or self._shown.under_way

    def _as_json(self) -> Json:
        return {"version": __version__, "method": self._method, "progress": self._shown.as_json(),
                "under_way": self._busy, "url": self._config().update.url or ""}  # fmt: skip

    async def _show(self, params: Json) -> Json:
        return self._as_json()

    async def _start(self, params: Json) -> Json:
        """Of `source` (an address or a file), else of the configured address."""
        if self._method == methods.NONE:
            text = "This box was started by hand from a checkout: bring that up to date, and start it anew."
            raise Conflict(text, code="no_updates")
        if self._busy:
            raise Conflict("An update is under way. Wait until it has ended.", code="update_under_way")
        source = _source(params) or self._config().update.url or ""
        if self._method == methods.RAUC and not source:
            text = "Say where the update is: give an address or a file, or configure update.url."
            raise Invalid(text, field="source")
        by = str(params.get("author") or "unknown")
        await self._order(Order(source, params.get("downgrade") is True, params.get("now") is True, by))
        return self._as_json()

    async def _order(self, order: Order) -> None:
        self._waits = True
        try:
            await asyncio.to_thread(self._files.give, order)
        except OSError as error:
            self._waits = False
            raise Unavailable(f"The order cannot be written: {error.strerror}.") from error
        log.info("update from %s ordered by %s", order.source or "the package archive", order.by)


def _source(params: Json) -> str:
    source = params.get("source") or ""
    if not isinstance(source, str) or len(source) > LONGEST_SOURCE or not source.isprintable():
        raise Invalid("`source` must be an address or the path of a file.", field="source")
    if source and not source.startswith(("https://", "http://", "/")):
        raise Invalid(f'"{source}" is neither an address (https://…) nor the whole path of a file.', field="source")
    return source
