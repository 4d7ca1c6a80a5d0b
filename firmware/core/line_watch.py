# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines without current, addresses that are kept out, an uplink that is away: what only time tells."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from firmware import service
from firmware.alarms import box
from firmware.alarms.patience import Patience
from firmware.calls.journal import BANS, BATTERY, UPLINK
from firmware.errors import TipringError
from firmware.records import Severity

if TYPE_CHECKING:
    from firmware.core.pbx import Pbx
    from firmware.edge.link import EdgeLink

log = logging.getLogger(__name__)

DEAD_S = 60.0  # a line without current for so long
MANY_BANS = 10
BANS_EVERY_S = 60.0
NO_BATTERY = (
    "The line {line} has no current: nobody can call or be called over it. Check its cable; if it is plugged in, call "
    "the telephone company."
)
KEPT_OUT = (
    "Many addresses are kept out now, since they guess passwords or flood the box. Look at them, and see that the box "
    "cannot be reached from the internet more than it must be."
)


class LineWatch:
    """Call `look` now and then."""

    def __init__(
        self, pbx: Pbx, state: Path, edge: EdgeLink | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pbx, self._state, self._edge, self._clock = pbx, state, edge, clock
        self._patience = Patience(clock)
        self._ask_at = 0.0

    async def look(self) -> None:
        """Raises alarms, or clears them."""
        self._lines()
        away = service.was_up(self._state, "uplink") and not service.is_up(self._state, "uplink")
        self._stands(UPLINK, box.service_away("uplink") if self._patience.lasts(UPLINK, away, box.AWAY_S) else None)
        if self._edge and self._clock() >= self._ask_at:
            self._ask_at = self._clock() + BANS_EVERY_S
            await self._bans(self._edge)

    def _lines(self) -> None:
        configured = {line.port: line.name or line.port for line in self._pbx.config.lines}
        for kind in [kind for kind in self._pbx.journal.alarms if kind.startswith(BATTERY)]:
            if kind.removeprefix(BATTERY) not in configured:
                self._pbx.journal.clear_alarm(kind)
        for port, name in configured.items():
            line = self._pbx.lines.get(port)
            dead = self._patience.lasts(port, line is not None and line.state == "no_battery", DEAD_S)
            self._stands(BATTERY + port, (Severity.ERROR, NO_BATTERY.format(line=name)) if dead else None)

    async def _bans(self, edge: EdgeLink) -> None:
        try:
            many = len(await edge.bans()) >= MANY_BANS
        except TipringError as error:
            log.debug("bans: %s", error)  # an edge that is away has its own alarm
            return
        self._stands(BANS, (Severity.WARNING, KEPT_OUT) if many else None)

    def _stands(self, kind: str, wrong: box.Wrong) -> None:
        if wrong:
            self._pbx.journal.raise_alarm(kind, *wrong)
        else:
            self._pbx.journal.clear_alarm(kind)
