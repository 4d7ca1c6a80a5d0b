# SPDX-License-Identifier: GPL-2.0-or-later
"""An import in its steps: read, looked at, put in force, calls sent. What the short-lived process does."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import IO

from firmware.errors import Conflict, Invalid, TipringError
from firmware.importing import apart, progress
from firmware.importing.calls import house_of
from firmware.importing.merging import Existing
from firmware.importing.outcome import outcome, told
from firmware.importing.parts import CALLS, EXISTING, PARTS
from firmware.importing.plan import Json
from firmware.importing.sending import send
from firmware.importing.waiting import Waiting
from firmware.store.config_db import ConfigDb, Revision

log = logging.getLogger(__name__)


class Import:
    """Of one state directory. TipringError from everything."""

    def __init__(self, state: Path) -> None:
        self._state, self._configs = state, ConfigDb(state)
        self._waiting = Waiting(state / progress.FOLDER)

    def take(self, given: IO[bytes]) -> None:
        """What is read waits from now on, in place of what did before."""
        if progress.read(self._state)["step"] == "sending":
            raise Conflict(
                "Calls of the last import are not all in the history yet; wait for them, or leave them out.",
                code="import_in_progress",
            )  # fmt: skip
        self.forget()
        apart.take(given, self._waiting)
        progress.write(self._state, step="waiting", files=self._waiting.plan().files)

    def forget(self) -> None:
        """Nothing waits any more."""
        self._waiting.forget()
        progress.write(self._state, **progress.NOTHING)

    def look(self, chosen: Json) -> Json:
        """What an import would do now, without secrets."""
        now = self._configs.current()
        return told(self._outcome(now, chosen)) | {"revision": now.id, "call_count": self._waiting.call_count()}

    def apply(self, chosen: Json) -> Json:
        """As one revision; from then on the calls are to be sent, if they were chosen."""
        from firmware.api import Control

        now = self._configs.current()
        found = self._outcome(now, chosen)
        revision = None
        if found["changed"]:
            wanted = {"document": found["document"], "author": str(chosen.get("author") or "import"),
                      "revision": chosen.get("revision") or now.id}  # fmt: skip
            word = {"without_emergency": True} if chosen.get("without_emergency") else {}
            with Control(self._state / "control.sock") as control:
                revision = int(control.request("config.apply", **wanted, **word)["revision"])
        of = self._waiting.call_count() if CALLS in _parts(chosen) else 0
        step = "sending" if of else "done"
        progress.write(self._state, step=step, revision=revision, of=of, sent=0, new=0, error="")
        self._waiting.keep_plan(None)
        if not of:
            self._waiting.forget()
        return {"revision": revision, "calls": of}

    def calls(self) -> None:
        """From where it was; what goes wrong is kept for those who look."""
        before = progress.read(self._state)
        if before["step"] != "sending":
            return

        def tell(sent: int, new: int) -> None:
            progress.write(self._state, sent=sent, new=before["new"] + new, error="")

        try:
            send(self._state, self._waiting, house_of(self._configs.current().document), tell, before["sent"])
        except TipringError as error:
            log.error("calls of another system cannot be kept: %s", error)
            progress.write(self._state, error=error.message)
            raise
        progress.write(self._state, step="done")
        self._waiting.forget()

    def _outcome(self, now: Revision, chosen: Json) -> Json:
        existing: Existing = chosen.get("existing") or "keep"
        if existing not in EXISTING:
            raise Invalid(f"'existing' must be one of: {', '.join(EXISTING)}.", field="existing")
        return outcome(self._waiting.plan(), now.document, self._configs.ports(), existing, _parts(chosen))


def _parts(chosen: Json) -> tuple[str, ...]:
    given = chosen.get("parts")
    return tuple(PARTS) if given is None else tuple(given)
