# SPDX-License-Identifier: GPL-2.0-or-later
"""A Debian machine: apt installs the package, which starts the services anew; what does not work goes back."""

from __future__ import annotations

import dataclasses
import logging
from dataclasses import dataclass

from firmware.update.errors import UpdateFailed
from firmware.update.package import Package
from firmware.update.progress import Order, Phase
from firmware.update.updater import INTERRUPTED, Updater

log = logging.getLogger("updater")


@dataclass
class PackageUpdater(Updater):
    """apt checks signatures and compares versions."""

    package: Package

    def __post_init__(self) -> None:
        super().__post_init__()
        self.copies = self.files.folder / "packages"

    def _carry_out(self, order: Order) -> None:
        installed, candidate = self.package.look()
        self._goes_to(candidate)
        if installed == candidate:
            raise UpdateFailed(f"Version {installed} is the newest one.", code="not_newer")
        self.progress = dataclasses.replace(self.progress, former=installed)
        self._keep_copies(order)
        self.wait_for_calls(order)
        self._tell(Phase.INSTALLING)
        try:
            self.package.install(candidate, self._percent, self.copies)
        except UpdateFailed as error:
            if self.package.installed() == installed:
                raise
            self._go_back(error.message)
            return
        self._look_at()

    def _keep_copies(self, order: Order) -> None:
        """The way back needs no archive, today, and after the next update."""
        self._tell(Phase.DOWNLOADING)
        self.package.keep(self.progress.version, self.copies)
        try:
            self.package.keep(self.progress.former, self.copies)
        except UpdateFailed as error:
            log.warning("no way back: %s", error)
            if order.trial_s:
                text = f"No archive has version {self.progress.former} any more, so there would be no way back."
                raise UpdateFailed(f"{text} Install without a trial.", code="no_way_back") from error

    def after_start(self) -> None:
        """What a power cut left half installed is finished; which version is installed then tells."""
        if not self.progress.under_way:
            return
        self.package.finish()
        returning = self.progress.phase is Phase.RETURNING
        if self.package.installed() != self.progress.former:
            self._go_back(self.progress.text) if returning else self._look_at()
        elif returning:
            self._tell(Phase.ROLLED_BACK, self.progress.text)
        else:
            self._tell(Phase.FAILED, INTERRUPTED)

    def _look_at(self) -> None:
        if self.progress.phase is not Phase.CONFIRM:
            self._tell(Phase.TRIAL)
        if not self.works():
            self._go_back(self.does_not_work())
        elif self.confirmed():
            self.package.forget_others(self.progress.version, self.copies)
            self._tell(Phase.DONE)
        else:
            self._go_back(self.why_not_kept())

    def _go_back(self, text: str) -> None:
        """A version that cannot be had any more, or not be installed, is told with why the new one is not wanted."""
        self.returning(text)
        self.before_returning()
        try:
            self.package.install(self.progress.former, self._percent, self.copies)
        except UpdateFailed as error:
            self._tell(Phase.FAILED, f"{text} Version {self.progress.former} could not be installed again: {error}")
            return
        self._tell(Phase.ROLLED_BACK, text)
