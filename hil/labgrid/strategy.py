# SPDX-License-Identifier: GPL-2.0-or-later
# mypy: ignore-errors
# (labgrid and attrs are in an environment of their own, and labgrid has no types.)
"""How a target of the bench is brought to where its verdict is known: off, booted, tested."""

from __future__ import annotations

import enum
from typing import Any

import attr
from labgrid.factory import target_factory
from labgrid.step import step
from labgrid.strategy.common import (
    Strategy,
    StrategyError,
    never_retry,
)

BOOTS_WITHIN_S, TESTED_WITHIN_S = 60, 400


class Status(enum.Enum):
    unknown = 0
    off = 1
    booted = 2  # the target's own root runs
    tested = 3  # its tests have ended; `exit_status` is pytest's


@target_factory.reg_driver
@attr.s(eq=False)
class GuestStrategy(Strategy):
    """Boots by power, and reads the console: a board with DAHDI and this checkout on it says the same lines."""

    bindings = {"power": "PowerProtocol", "console": "ConsoleProtocol"}
    status = attr.ib(default=Status.unknown)
    exit_status = attr.ib(default=None)

    @never_retry
    @step(args=["status"])
    def transition(self, status: Status | str, *, step: Any) -> None:
        """To `status`, through those before it. StrategyError for one that cannot be reached."""
        wanted = status if isinstance(status, Status) else Status[status]
        if wanted is self.status:
            step.skip("nothing to do")
        elif wanted is Status.off:
            self._power_off()
        elif wanted is Status.booted:
            self._boot()
        elif wanted is Status.tested:
            self._test()
        else:
            raise StrategyError(f"no way from {self.status} to {wanted}")
        self.status = wanted

    def _power_off(self) -> None:
        self.target.activate(self.console)
        self.power.off()

    def _boot(self) -> None:
        self.transition(Status.off)
        self.power.on()
        self.console.expect(r"guest: \d\S+, [\d.]+ s after power on", timeout=BOOTS_WITHIN_S)

    def _test(self) -> None:
        self.transition(Status.booted)
        _, _, found, _ = self.console.expect(r"guest: pytest ended with (\d+)", timeout=TESTED_WITHIN_S)
        self.exit_status = int(found.group(1))
