# SPDX-License-Identifier: GPL-2.0-or-later
"""Past calls to the history: through the core while it runs, a batch at a time with room for others between them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from firmware import service
from firmware.importing.calls import House, as_cdrs
from firmware.importing.plan import Json
from firmware.importing.waiting import Waiting

BATCH = 100
PAUSE_S = 0.02
PATIENCE_S = 60.0


def send(state: Path, waiting: Waiting, house: House, tell: Callable[[int, int], None], after: int = 0) -> int:
    """How many the history did not have yet. `tell` hears the place of the last one sent, and how many of them were
    new; from `after` such a place. TipringError."""
    count = 0
    while found := waiting.calls(after, BATCH):
        count += _one_batch(state, as_cdrs([call for _, call in found], house))
        after = found[-1][0]
        tell(after, count)
        time.sleep(PAUSE_S)
    return count


def _one_batch(state: Path, items: Sequence[Json]) -> int:
    if service.is_up(state, "core"):
        from firmware.api import Control

        with Control(state / "control.sock", PATIENCE_S) as control:
            return int(control.request("calls.import", items=list(items))["count"])
    from firmware.importing.calls import read_cdr
    from firmware.store import past_calls
    from firmware.store.writer import HistoryWriter

    writer = HistoryWriter(state / "history.db")
    try:
        return writer.submit(past_calls.keep, [read_cdr(item) for item in items]).result(PATIENCE_S)
    finally:
        writer.close()
