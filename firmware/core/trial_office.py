# SPDX-License-Identifier: GPL-2.0-or-later
"""The change on trial: how long it has, who keeps it, and the way back when nobody does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Protocol

from firmware.calls.journal import TRIAL, Journal
from firmware.config.trial import RETURNED
from firmware.core.config_office import ConfigOffice
from firmware.core.params import author_of
from firmware.deadline import Moment
from firmware.errors import TipringError
from firmware.records import Severity
from firmware.store.config_db import no_trial
from firmware.store.config_trial import Trial, as_json

log = logging.getLogger(__name__)

LOOK_S = 0.5
AGAIN_S = 10.0  # when the disk or the configuration refuses the way back
RETURNED_TEXT = "A change by {author} was on trial, and nobody confirmed it: what was before is in force again."
STUCK_TEXT = "A change by {author} was on trial and cannot be taken back: {reason}"

Json = dict[str, Any]


class OnTrial(Protocol):
    """What else somebody has to keep: a new version of the firmware."""

    @property
    def confirm_since(self) -> datetime | None:
        """Since when; None: nothing is to be kept."""

    async def keep(self, by: str) -> None:
        """It stays. NotFound (`no_trial`)."""


class TrialOffice:
    """Lives in the asyncio thread; `follow` is its task."""

    def __init__(
        self, configuration: ConfigOffice, journal: Journal, publish: Callable[[str, Json], None], firmware: OnTrial
    ) -> None:
        self._configuration, self._journal, self._publish = configuration, journal, publish
        self._firmware = firmware

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        return {"config.trial": self._show, "config.trial.confirm": self._confirm, "config.trial.end": self._end}

    @property
    def stands(self) -> bool:
        """Whether there is one."""
        return self._configuration.trial is not None

    async def follow(self) -> None:
        """Takes back what nobody confirmed."""
        while True:
            await asyncio.sleep(LOOK_S)
            trial = self._configuration.trial
            if trial and not trial.left_s(Moment.now()):
                await self._over(trial)

    async def keep_all(self, by: str, shown_since: datetime | None = None, /) -> None:
        """What telephones have shown to work stays, configuration and firmware: whatever is on trial, or was when a
        call began `shown_since`. NotFound (`no_trial`) when nothing is."""
        trial, firmware = self._configuration.trial, self._firmware.confirm_since
        proven = [since is not None and (not shown_since or since <= shown_since)
                  for since in (trial.began if trial else None, firmware)]  # fmt: skip
        if not any(proven):
            raise no_trial()
        if proven[0]:
            await self.keep(by)
        if proven[1]:
            await self._firmware.keep(by)

    async def keep(self, by: str) -> None:
        """The change on trial stays. NotFound (`no_trial`)."""
        await self._configuration.keep()
        log.info("trial -[kept by %s]> none", by)
        self._journal.clear_alarm(TRIAL)
        self._publish("trial", {"trial": None})

    async def _over(self, trial: Trial) -> None:
        try:
            await self._configuration.go_back(RETURNED)
        except TipringError as error:
            log.error("the trial of revision %d cannot be taken back: %s", trial.revision, error)
            text = STUCK_TEXT.format(author=trial.author, reason=error)
            self._journal.raise_alarm(TRIAL, Severity.ERROR, text)
            await asyncio.sleep(AGAIN_S)
            return
        self._returned(trial.author)

    def returned_at_start(self, author: str) -> None:
        """Its time ran out while the box was off."""
        self._returned(author)

    def _returned(self, author: str) -> None:
        log.warning("trial -[not confirmed]> none")
        self._journal.clear_alarm(TRIAL)
        self._journal.raise_alarm(TRIAL, Severity.WARNING, RETURNED_TEXT.format(author=author))
        self._publish("trial", {"trial": None})

    async def _show(self, params: Json) -> Json:
        return {"trial": as_json(self._configuration.trial)}

    async def _confirm(self, params: Json) -> Json:
        await self.keep(author_of(params))
        return {"revision": self._configuration.revision.id}

    async def _end(self, params: Json) -> Json:
        if not self.stands:
            raise no_trial()
        revision = await self._configuration.go_back(author_of(params))
        self._publish("trial", {"trial": None})
        return {"revision": revision}
