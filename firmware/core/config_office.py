# SPDX-License-Identifier: GPL-2.0-or-later
"""What the control socket says of the configuration: in force, what a change would do, its history and the way back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from firmware.config import Config, check
from firmware.config import trial as trials
from firmware.config.written import as_dialled
from firmware.core.params import author_of
from firmware.errors import Invalid
from firmware.rehearsal.emergency import guard
from firmware.rehearsal.preview import known, preview
from firmware.store.config_db import ConfigDb, Revision
from firmware.store.config_history import PAGE, steps
from firmware.store.config_trial import LONGEST_S, SHORTEST_S

Json = dict[str, Any]


class ConfigOffice:
    """`ports` are those that lines and phones may use now; `take_over` puts a checked configuration in force."""

    def __init__(
        self, configs: ConfigDb, revision: Revision, ports: Callable[[], list[str]],
        take_over: Callable[[Config, Revision], Awaitable[None]], history: Path,
    ) -> None:  # fmt: skip
        self._configs, self.revision = configs, revision
        self._ports, self._take_over, self._calls = ports, take_over, history
        self.trial = configs.trial()

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        return {
            "config.show": self._show,
            "config.preview": self._preview,
            "config.apply": self._apply,
            "config.history": self._history,
            "config.rollback": self._rollback,
        }

    async def take(
        self, document: Json, author: str, expected: int | None, without_emergency: bool = False,
        trial_s: float | None = None, ends_trial: bool = False,
    ) -> int:  # fmt: skip
        """Checks a document and puts it in force, for `trial_s` on trial; its revision. ConfigInvalid, Conflict.

        Invalid (`emergency_unreachable`) when help could not be called any more, unless that is wanted expressly.
        `ends_trial`: whatever is on trial gives way to it.
        """
        ports = self._ports()
        config = check(document, ports)
        if not without_emergency:
            await asyncio.to_thread(self._prove, config, ports)
        if not ends_trial:
            await asyncio.to_thread(trials.guard, self._configs, document, ports)
        await self._in_force(
            config, lambda: self._configs.apply(document, author, expected, trial_s=trial_s, ends_trial=ends_trial)
        )
        return self.revision.id

    async def keep(self) -> None:
        """What is on trial stays. NotFound (`no_trial`), Unavailable."""
        await asyncio.to_thread(self._configs.confirm)
        self.trial = None

    async def go_back(self, author: str) -> int:
        """The way back from the trial that stands; the new revision. ConfigInvalid, Unavailable."""
        assert self.trial
        trial, ports = self.trial, self._ports()
        await self._in_force(None, lambda: trials.go_back(self._configs, trial, author, ports))
        return self.revision.id

    async def _in_force(self, config: Config | None, kept: Callable[[], Revision]) -> None:
        self.revision = await asyncio.to_thread(kept)
        self.trial = await asyncio.to_thread(self._configs.trial)
        await self._take_over(config or check(self.revision.document, self._ports()), self.revision)

    def _prove(self, config: Config, ports: list[str]) -> None:
        guard(known(self.revision.document, ports), config, ports)

    async def _show(self, params: Json) -> Json:
        return {"revision": self.revision.id, "document": self.revision.document}

    async def _preview(self, params: Json) -> Json:
        document, now = await self._asked_for(params), self.revision
        told = await asyncio.to_thread(self._told, now.document, document)
        return {"revision": now.id} | told

    def _told(self, before: Json, after: Json) -> Json:
        return preview(before, after, self._ports(), self._calls, self._configs.choices())

    async def _apply(self, params: Json) -> Json:
        return {"revision": await self._taken(_document(params), params)}

    async def _rollback(self, params: Json) -> Json:
        former = await asyncio.to_thread(self._configs.revision, _number(params, "to"))
        return {"revision": await self._taken(former.document, params)}

    async def _taken(self, document: Json, params: Json) -> int:
        wanted = params.get("without_emergency") is True
        ends = params.get("ends_trial") is True
        return await self.take(document, author_of(params), params.get("revision"), wanted, trial_s(params), ends)

    async def _history(self, params: Json) -> list[Json]:
        before = _number(params, "before") if params.get("before") is not None else None
        limit = _number(params, "limit") if params.get("limit") is not None else PAGE
        return [step.as_json() for step in await asyncio.to_thread(steps, self._configs, before, limit)]

    async def _asked_for(self, params: Json) -> Json:
        """The document itself, or that of a former revision."""
        if params.get("to") is None:
            return _document(params)
        return (await asyncio.to_thread(self._configs.revision, _number(params, "to"))).document


def _document(params: Json) -> Json:
    document = params.get("document")
    if not isinstance(document, dict):
        raise Invalid("`document` must be the configuration as an object.", field="document")
    written: Json = as_dialled(document)
    return written


def _number(params: Json, name: str) -> int:
    value = params.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Invalid(f"`{name}` must be the number of a revision.", field=name)
    return value


def trial_s(params: Json) -> float | None:
    """For how many seconds a change is wanted on trial; None: it stays. Invalid."""
    value = params.get("trial_s")
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not SHORTEST_S <= value <= LONGEST_S:
        message = f"`trial_s` must be {SHORTEST_S} to {LONGEST_S}: for how many seconds the change is on trial."
        raise Invalid(message, field="trial_s")
    return value
