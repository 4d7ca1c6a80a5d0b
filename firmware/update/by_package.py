# SPDX-License-Identifier: GPL-2.0-or-later
"""A Debian machine: apt installs the package, which starts the services anew; what does not work goes back."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from firmware.update.errors import UpdateFailed
from firmware.update.package import Package
from firmware.update.progress import Order, Phase
from firmware.update.updater import Updater

log = logging.getLogger("updater")


@dataclass
class PackageUpdater(Updater):
    """apt checks signatures and compares versions."""

    package: Package

    def _carry_out(self, order: Order) -> None:
        installed, candidate = self.package.look()
        self._goes_to(candidate)
        if installed == candidate:
            raise UpdateFailed(f"Version {installed} is the newest one.", code="not_newer")
        self.wait_for_calls(order)
        self._tell(Phase.INSTALLING)
        self.package.install(candidate, self._percent)
        self._look_at(installed)

    def after_start(self) -> None:
        """What a power cut left half installed is finished."""
        if self.progress.under_way:
            self.package.finish()
            installed, _ = self.package.look()
            self._goes_to(installed)
            self._look_at("")

    def _look_at(self, former: str) -> None:
        self._tell(Phase.TRIAL)
        if self.works():
            self._tell(Phase.DONE)
            return
        text = f"Version {self.progress.version} did not start, or did not work."
        if not former:
            raise UpdateFailed(text)
        log.error("%s Back to %s.", text, former)
        self.package.install(former, self._percent)
        self._tell(Phase.ROLLED_BACK, text)
