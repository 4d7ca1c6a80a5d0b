# SPDX-License-Identifier: GPL-2.0-or-later
"""An image box: the bundle goes into the slot that does not run; after the restart it is kept, or left."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from firmware import __version__
from firmware.update.download import download
from firmware.update.errors import UpdateFailed
from firmware.update.progress import SCHEDULE, Order, Phase
from firmware.update.rauc import Rauc
from firmware.update.updater import INTERRUPTED, Updater
from firmware.update.versions import newer

log = logging.getLogger("updater")


@dataclass
class SlotUpdater(Updater):
    """`restart` starts the machine anew."""

    rauc: Rauc
    restart: Callable[[], object]

    def _carry_out(self, order: Order) -> None:
        self.progress = dataclasses.replace(self.progress, slot=self.rauc.slots().booted)
        file = self._fetched(order)
        self._tell(Phase.CHECKING)
        self._check(file, order)
        self._heed()
        self._tell(Phase.INSTALLING)
        self.rauc.install(file, self._percent)
        try:
            self.wait_for_calls(order)
        except UpdateFailed:
            self.rauc.mark("active")  # the next start takes the slot that runs
            raise
        self._tell(Phase.RESTARTING)
        self.restart()

    def _fetched(self, order: Order) -> Path:
        if not order.source.startswith(("http://", "https://")):
            return Path(order.source)
        self._tell(Phase.DOWNLOADING)
        known = self.files.etag if order.by == SCHEDULE else None
        download(order.source, self.files.bundle, self._percent, known)
        return self.files.bundle

    def _check(self, file: Path, order: Order) -> None:
        bundle = self.rauc.bundle(file)
        if bundle.compatible != self.rauc.compatible:
            text = f"This update is for {bundle.compatible}, and this box is a {self.rauc.compatible}."
            raise UpdateFailed(f"{text} Take the right one.", code="wrong_board")
        if not (newer(bundle.version, __version__) or order.downgrade):
            text = f"Version {bundle.version} is not newer than {__version__}. Ask for the older one expressly."
            raise UpdateFailed(text, code="not_newer")
        self._goes_to(bundle.version)

    def after_start(self) -> None:
        """What works is marked good, which the bootloader counts on. Whatever was written: which slot runs tells."""
        self.files.bundle.unlink(missing_ok=True)
        slots = self.rauc.slots()
        if not self.progress.under_way:
            self._keep_if_it_works()
        elif slots.booted != self.progress.slot:
            self._on_trial()
        elif self.progress.phase in (Phase.RESTARTING, Phase.TRIAL, Phase.CONFIRM, Phase.RETURNING):
            self._tell(Phase.ROLLED_BACK, self.progress.text or self.does_not_work())
            self._keep_if_it_works()
        else:
            self._tell(Phase.FAILED, INTERRUPTED)
            self._keep_if_it_works()

    def _keep_if_it_works(self) -> None:
        if self.works():
            self.rauc.mark("good")

    def _on_trial(self) -> None:
        if self.progress.phase not in (Phase.CONFIRM, Phase.RETURNING):
            self._tell(Phase.TRIAL)
        if self.progress.phase is Phase.RETURNING:
            self._go_back(self.progress.text)
        elif not self.works():
            log.error("%s Back to %s.", self.does_not_work(), self.progress.former)
            self.rauc.mark("bad")
            self.restart()
        elif self.confirmed():
            self.rauc.mark("good")
            self._tell(Phase.DONE)
        else:
            self._go_back(self.why_not_kept())

    def _go_back(self, text: str) -> None:
        """Whatever happens from now on, the next start takes the former slot."""
        self.returning(text)
        self.rauc.mark("bad")
        self.before_returning()
        self.restart()
