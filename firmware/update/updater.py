# SPDX-License-Identifier: GPL-2.0-or-later
"""What every way of updating has in common: how far it is, calls that are waited for, the self-test."""

from __future__ import annotations

import abc
import dataclasses
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from firmware import __version__
from firmware.board.asking import ask_core, web_answers
from firmware.deadline import Deadline, Moment
from firmware.errors import TipringError, Unavailable
from firmware.update.errors import UpdateFailed
from firmware.update.progress import SCHEDULE, Order, Phase, Progress, UpdateFiles, Word

log = logging.getLogger("updater")

LOOK_S = 1.0
HEALTH_S = 180.0  # as the watchdog has it: core and web may take that long after a start
STEADY = 10  # times in a row that both must answer
CALLED_OFF = "called_off"
INTERRUPTED = "The update was interrupted by a restart. Nothing has changed; start it again."


@dataclass
class Updater(abc.ABC):
    """A process of its own, which runs as root for as long as an update takes."""

    state: Path
    pause: Callable[[float], None] = dataclasses.field(default=time.sleep, kw_only=True)

    def __post_init__(self) -> None:
        self.files = UpdateFiles(self.state)
        self.files.make()
        self.progress = self.files.progress()

    def run(self, order: Order) -> bool:
        """Carries it out. False when it failed: then nothing has changed, and `progress` says why."""
        self.progress = Progress(former=__version__, by=order.by, trial_s=order.trial_s, wait_s=order.wait_s)
        try:
            self._tell(Phase.CHECKING)
            self._carry_out(order)
        except UpdateFailed as error:
            if order.by == SCHEDULE and error.code == "not_newer":
                self._tell(Phase.NONE)
                return True
            if error.code != "not_newer":
                self.files.etag.unlink(missing_ok=True)  # it is worth another try
            self._tell(Phase.CALLED_OFF if error.code == CALLED_OFF else Phase.FAILED, error.message)
            return False
        finally:
            self.files.bundle.unlink(missing_ok=True)
        return True

    @abc.abstractmethod
    def _carry_out(self, order: Order) -> None:
        """UpdateFailed."""

    @abc.abstractmethod
    def after_start(self) -> None:
        """Of every start: what was cut is told, what is new is looked at. UpdateFailed."""

    def wait_for_calls(self, order: Order) -> None:
        """Until nobody calls. A dead core has no calls. UpdateFailed: `calls_go_on` when the order's time is over,
        `called_off`."""
        self._tell(Phase.WAITING, limit_s=order.wait_s)
        while self._busy(emergencies=order.now):
            self._heed()
            if self._over():
                raise UpdateFailed(
                    f"Somebody still called after {round(order.wait_s / 60)} minutes. Nothing has changed; start it "
                    "again when there are fewer calls, or let it wait longer.", code="calls_go_on",
                )  # fmt: skip
            self.pause(LOOK_S)
        self._heed()

    def _busy(self, *, emergencies: bool) -> bool:
        """Whether calls go on, or calls to emergency numbers."""
        try:
            calls = ask_core(self.state, "calls", {})
        except Unavailable:
            return False
        count = sum(1 for call in calls if not emergencies or call["emergency"])
        if count != self.progress.calls:
            self.progress = self.files.tell(dataclasses.replace(self.progress, calls=count))
        return count > 0

    def _over(self) -> bool:
        return self.progress.limit is not None and not self.progress.limit.left_s(Moment.now())

    def _heed(self) -> None:
        if by := self.files.said(Word.CALL_OFF):
            raise UpdateFailed(f"It was called off by {by}. Nothing has changed.", code=CALLED_OFF)

    def confirmed(self) -> bool:
        """Whether the version that works stays: nobody asked for a trial, or somebody keeps it in time."""
        if not self.progress.trial_s:
            return True
        if self.progress.phase is not Phase.CONFIRM:
            self._tell(Phase.CONFIRM, limit_s=self.progress.trial_s)
        while not self._over():
            if by := self.files.said(Word.KEEP):
                log.info("kept by %s", by)
                return True
            if self.files.said(Word.BACK):
                return False
            self.pause(LOOK_S)
        return False

    def why_not_kept(self) -> str:
        """After `confirmed` said no."""
        if by := self.files.said(Word.BACK):
            return f"Version {self.progress.version} was on trial, and sent back by {by}."
        return f"Version {self.progress.version} was on trial, and nobody confirmed it."

    def does_not_work(self) -> str:
        """After `works` said no."""
        return f"Version {self.progress.version} did not start, or did not work."

    def returning(self, text: str) -> None:
        """Tells that the former version comes back, and why. An interrupted return keeps its limit."""
        log.error("%s Back to %s.", text, self.progress.former)
        if self.progress.phase is not Phase.RETURNING:
            self._tell(Phase.RETURNING, text, self.progress.wait_s)

    def before_returning(self) -> None:
        """Until nobody calls, at last only until nobody calls for help."""
        while self._busy(emergencies=self._over()):
            self.pause(LOOK_S)

    def works(self) -> bool:
        """The self-test: core and web answer, again and again."""
        steady = 0
        for _ in range(round(HEALTH_S / LOOK_S)):
            steady = steady + 1 if self._answers() else 0
            if steady == STEADY:
                return True
            self.pause(LOOK_S)
        return False

    def _answers(self) -> bool:
        try:
            ask_core(self.state, "status", {})
        except TipringError:
            return False
        return web_answers(self.state)

    def _percent(self, percent: int) -> None:
        if percent == self.progress.percent:
            return
        self.progress = self.files.tell(dataclasses.replace(self.progress, percent=percent))
        if self.progress.phase is Phase.DOWNLOADING:
            self._heed()

    def _tell(self, phase: Phase, text: str = "", limit_s: float = 0) -> None:
        """`limit_s`: the phase lasts no longer."""
        log.info("update -> %s %s", phase, text)
        limit = Deadline.after(limit_s) if limit_s else None
        self.progress = self.files.tell(
            dataclasses.replace(self.progress, phase=phase, text=text, percent=0, calls=0, limit=limit)
        )

    def _goes_to(self, version: str) -> None:
        self.progress = dataclasses.replace(self.progress, version=version)
