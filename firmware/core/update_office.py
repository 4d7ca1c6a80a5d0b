# SPDX-License-Identifier: GPL-2.0-or-later
"""The control socket's words about updates: whoever may asks for one, the updater (another process) carries it out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any

from firmware import __version__
from firmware.calls.journal import Journal
from firmware.config import Config
from firmware.core.config_office import trial_s
from firmware.core.params import author_of
from firmware.errors import Conflict, Invalid, NotFound, TipringError, Unavailable
from firmware.records import Severity
from firmware.update import methods
from firmware.update.progress import SCHEDULE, Order, Phase, Progress, UpdateFiles, Word

log = logging.getLogger(__name__)

LOOK_S = 1.0
ALARM = "update"
LONGEST_SOURCE = 2000
FAILED_TEXT = "The update to version {version} failed: {reason}"
ROLLED_BACK_TEXT = "The update was taken back, version {version} runs as before: {reason}"
LEDS = {Phase.CONFIRM: "trial", Phase.RETURNING: "installing",
        Phase.INSTALLING: "installing", Phase.RESTARTING: "installing", Phase.TRIAL: "installing",
        Phase.DOWNLOADING: "ready", Phase.CHECKING: "ready", Phase.WAITING: "ready"}  # fmt: skip

CAN_BE_CALLED_OFF = frozenset((Phase.DOWNLOADING, Phase.CHECKING, Phase.WAITING))

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
        return {
            "update": self._show,
            "update.start": self._start,
            "update.call_off": self._call_off,
            "update.keep": self._keep,
            "update.back": self._back,
        }

    @property
    def confirm_since(self) -> datetime | None:
        """Since when the new version waits for somebody to keep it."""
        return limit.began if (limit := self._shown.to_confirm) else None

    async def keep(self, by: str) -> None:
        """The version on trial stays. NotFound (`no_trial`), Unavailable."""
        await self._tell(Word.KEEP, by)

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
        somewhere = wanted.url or self._method == methods.PACKAGE
        due = wanted.automatic and somewhere and local.hour == wanted.hour and local.date() != self._asked_on
        if due and self._method != methods.NONE and not self._busy:
            self._asked_on = local.date()
            await self._order(Order(wanted.url or "", by=SCHEDULE, wait_s=self._wait_s))

    @property
    def _wait_s(self) -> float:
        return 60 * self._config().update.wait_minutes

    @property
    def _busy(self) -> bool:
        return self._waits or self._shown.under_way

    def _as_json(self) -> Json:
        may_call_off = self._waits or self._may_be_called_off
        return {"version": __version__, "method": self._method, "progress": self._shown.as_json(),
                "under_way": self._busy, "may_call_off": may_call_off,
                "url": self._config().update.url or ""}  # fmt: skip

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
        downgrade, now = params.get("downgrade") is True, params.get("now") is True
        await self._order(Order(source, downgrade, now, author_of(params), self._wait_s, trial_s(params) or 0))
        return self._as_json()

    async def _call_off(self, params: Json) -> Json:
        """Before anything of the system that runs has changed."""
        if self._waits and await asyncio.to_thread(self._files.take) is not None:
            self._waits = False
        elif self._waits or self._may_be_called_off:
            await self._say(Word.CALL_OFF, author_of(params))
        else:
            text = "No update is under way." if not self._busy else "It is too late: the new version is being started."
            raise Conflict(text, code="update_started")
        return self._as_json()

    @property
    def _may_be_called_off(self) -> bool:
        """Installing into a slot changes nothing yet."""
        into_slot = self._method == methods.RAUC and self._shown.phase is Phase.INSTALLING
        return into_slot or self._shown.phase in CAN_BE_CALLED_OFF

    async def _keep(self, params: Json) -> Json:
        await self.keep(author_of(params))
        return self._as_json()

    async def _back(self, params: Json) -> Json:
        await self._tell(Word.BACK, author_of(params))
        return self._as_json()

    async def _tell(self, word: Word, by: str) -> None:
        if not self._shown.to_confirm:
            raise NotFound("No update is on trial.", code="no_trial")
        await self._say(word, by)

    async def _say(self, word: Word, by: str) -> None:
        try:
            await asyncio.to_thread(self._files.say, word, by)
        except OSError as error:
            raise Unavailable(f"The updater cannot be told: {error.strerror}.") from error
        log.info("update: %s said by %s", word, by)

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
