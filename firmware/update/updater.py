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
from firmware.errors import TipringError, Unavailable
from firmware.update.errors import UpdateFailed
from firmware.update.progress import SCHEDULE, Order, Phase, Progress, UpdateFiles

log = logging.getLogger("updater")

LOOK_S = 1.0
HEALTH_S = 180.0  # as the watchdog has it: core and web may take that long after a start
STEADY = 10  # times in a row that both must answer
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
        self.progress = Progress(Phase.CHECKING, former=__version__, by=order.by)
        try:
            self._tell(Phase.CHECKING)
            self._carry_out(order)
        except UpdateFailed as error:
            if order.by == SCHEDULE and error.code == "not_newer":
                self._tell(Phase.NONE)
                return True
            self._tell(Phase.FAILED, error.message)
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
        """Until nobody calls. A dead core has no calls."""
        self._tell(Phase.WAITING)
        while not order.now:
            try:
                if not ask_core(self.state, "calls", {}):
                    return
            except Unavailable:
                return
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
        if percent != self.progress.percent:
            self.progress = self.files.tell(dataclasses.replace(self.progress, percent=percent))

    def _tell(self, phase: Phase, text: str = "") -> None:
        log.info("update -> %s %s", phase, text)
        self.progress = self.files.tell(dataclasses.replace(self.progress, phase=phase, text=text, percent=0))

    def _goes_to(self, version: str) -> None:
        self.progress = dataclasses.replace(self.progress, version=version)
