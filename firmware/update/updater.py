# SPDX-License-Identifier: GPL-2.0-or-later
"""The updater: carries out an order, and after the restart looks whether the new version works. Runs as root, for as
long as that takes; the core only asks for it."""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from firmware import __version__
from firmware.board.asking import ask_core, web_answers
from firmware.errors import TipringError, Unavailable
from firmware.update.download import download
from firmware.update.errors import UpdateFailed
from firmware.update.progress import Order, Phase, Progress, UpdateFiles
from firmware.update.rauc import Rauc
from firmware.update.versions import newer

log = logging.getLogger("updater")

LOOK_S = 1.0
HEALTH_S = 180.0  # as the watchdog has it: core and web may take that long after a start
STEADY = 10  # times in a row that both must answer


@dataclass
class Updater:
    """`restart` starts the machine anew."""

    state: Path
    rauc: Rauc
    restart: Callable[[], object]
    pause: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        self.files = UpdateFiles(self.state)
        self.progress = self.files.progress()

    # ---- the order -------------------------------------------------------------------------------

    def run(self, order: Order) -> bool:
        """From the order to the restart. False when it failed: then nothing has changed, and `progress` says why."""
        self.files.make()
        self.progress = Progress(Phase.CHECKING, former=__version__, by=order.by)
        try:
            self._tell(Phase.CHECKING)
            self._installed(order)
            self._wait_for_calls(order)
        except UpdateFailed as error:
            self._tell(Phase.FAILED, error.message)
            return False
        finally:
            self.files.bundle.unlink(missing_ok=True)
        self._tell(Phase.RESTARTING)
        self.restart()
        return True

    def _installed(self, order: Order) -> None:
        slots = self.rauc.slots()
        self.progress = dataclasses.replace(self.progress, slot=slots.booted)
        file = self._fetched(order.source)
        self._tell(Phase.CHECKING)
        self._check(file, order)
        self._tell(Phase.INSTALLING)
        self.rauc.install(file, self._percent)

    def _fetched(self, source: str) -> Path:
        if not source.startswith(("http://", "https://")):
            return Path(source)
        self._tell(Phase.DOWNLOADING)
        download(source, self.files.bundle, self._percent)
        return self.files.bundle

    def _check(self, file: Path, order: Order) -> None:
        bundle = self.rauc.bundle(file)
        if bundle.compatible != self.rauc.compatible:
            text = (
                f"This update is for {bundle.compatible}, and this box is a {self.rauc.compatible}. Take the other one."
            )
            raise UpdateFailed(text, code="wrong_board")
        if not (newer(bundle.version, __version__) or order.downgrade):
            text = f"Version {bundle.version} is not newer than {__version__}. Ask for the older one expressly."
            raise UpdateFailed(text, code="not_newer")
        self.progress = dataclasses.replace(self.progress, version=bundle.version)

    def _wait_for_calls(self, order: Order) -> None:
        """A dead core has no calls."""
        self._tell(Phase.WAITING)
        while not order.now:
            try:
                if not ask_core(self.state, "calls", {}):
                    return
            except Unavailable:
                return
            self.pause(LOOK_S)

    # ---- after a start ---------------------------------------------------------------------------

    def after_start(self) -> None:
        """Of every start: what was cut is told, what is new is looked at, what works is marked good. UpdateFailed."""
        self.files.make()
        self.files.bundle.unlink(missing_ok=True)
        slots = self.rauc.slots()
        if not self.progress.under_way:
            self._keep_if_it_works()
        elif slots.booted != self.progress.slot:
            self._on_trial()
        elif self.progress.phase in (Phase.RESTARTING, Phase.TRIAL):
            self._tell(Phase.ROLLED_BACK, f"Version {self.progress.version} did not start, or did not work.")
            self._keep_if_it_works()
        else:
            self._tell(Phase.FAILED, "The update was interrupted by a restart. Nothing has changed; start it again.")
            self._keep_if_it_works()

    def _keep_if_it_works(self) -> None:
        if self._works():
            self.rauc.mark("good")

    def _on_trial(self) -> None:
        self._tell(Phase.TRIAL)
        if self._works():
            self.rauc.mark("good")
            self._tell(Phase.DONE)
            return
        log.error("version %s does not work: back to %s", self.progress.version, self.progress.former)
        self.rauc.mark("bad")
        self.restart()

    def _works(self) -> bool:
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

    # ---- how far it is ---------------------------------------------------------------------------

    def _percent(self, percent: int) -> None:
        if percent != self.progress.percent:
            self.progress = self.files.tell(dataclasses.replace(self.progress, percent=percent))

    def _tell(self, phase: Phase, text: str = "") -> None:
        log.info("update -> %s %s", phase, text)
        self.progress = self.files.tell(dataclasses.replace(self.progress, phase=phase, text=text, percent=0))
