# SPDX-License-Identifier: GPL-2.0-or-later
"""What a core that died left unfinished."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from firmware import times
from firmware.records import Cdr
from firmware.store import history, recovery
from firmware.store.writer import HistoryWriter

log = logging.getLogger(__name__)


async def finish_what_was_cut(writer: HistoryWriter, folder: Path, cloud: bool) -> None:
    """Recordings and calls that a core took with it when it died are finished, and told to the cloud when there is
    one. `folder` has the recordings. Unavailable."""
    for cut in await writer.run(history.unfinished_recordings):
        try:
            whole = await asyncio.to_thread(recovery.finish, cut, folder)
        except OSError as error:
            log.error("recording %s cannot be finished now: %s", cut.id, error)
            continue
        await writer.run(history.recording_whole if whole else history.recording_failed, whole or cut)
    cdrs: list[Cdr] = await writer.run(history.recover, times.now(), cloud)
    if cdrs:
        log.warning("%d calls were cut when the last core stopped; they are marked as failed", len(cdrs))
