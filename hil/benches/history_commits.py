# SPDX-License-Identifier: GPL-2.0-or-later
"""How long the end of a call takes to be on the disk, and how many times the disk is waited for.

`python -m hil.benches.history_commits STATE`, with `sync_count.c` preloaded, prints JSON.
"""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from firmware.ids import uuid7
from firmware.records import Cdr, Direction, Disposition, LegRecord, TrailEvent
from firmware.store import history
from firmware.store.connect import open_for_writing, transaction

CALLS = 300
AT = datetime(2027, 1, 1, tzinfo=UTC)


def measure(state: Path) -> dict[str, Any]:
    """In a process of its own, so that only its own syncs are counted."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "sync_count.so"
        source = Path(__file__).with_name("sync_count.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)
        command = [sys.executable, "-m", "hil.benches.history_commits", str(state)]
        done = subprocess.run(
            command, env={**os.environ, "LD_PRELOAD": str(library)}, check=True, capture_output=True, text=True
        )
    return dict(json.loads(done.stdout))


def _begin(path: Path) -> Cdr:
    """A call that goes on, with everything that was told of it."""
    call = Cdr(uuid7(), Direction.INBOUND, "+15551234567", "CALLER", "5550100", AT, line="fxo1", queue="support")
    steps = [("caller_id", {"number": "+15551234567"}), ("queued", {"queue": "support"}),
             ("offered", {"agent": "agent01"}), ("answered", {"agent": "agent01"})]  # fmt: skip
    with contextlib.closing(open_for_writing(path)) as db, transaction(db, path):
        history.call_began(db, call)
        history.leg_began(db, LegRecord(uuid7(), call.id, "analog", "fxo1", AT))
        history.trail(db, [TrailEvent(call.id, AT, event, data) for event, data in steps])
    return call


def _run(state: Path) -> dict[str, Any]:
    path = state / "history.db"
    counted = ctypes.CDLL(None).syncs_counted
    calls = [_begin(path) for _ in range(CALLS)]
    took, syncs = [], []
    with contextlib.closing(open_for_writing(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for call in calls:
            ended = AT + timedelta(seconds=90)
            done = dataclasses.replace(
                call, agent="agent01", answered_at=AT, ended_at=ended, disposition=Disposition.ANSWERED
            )
            before, began = counted(), time.perf_counter()
            with transaction(db, path):
                history.trail(db, [TrailEvent(call.id, ended, "ended", {"by": "caller"})])
                history.call_ended(db, done, cloud=True)
            took.append(1000 * (time.perf_counter() - began))
            syncs.append(counted() - before)
    return {
        "commit_ms_median": round(statistics.median(took), 2),
        "commit_ms_p99": round(sorted(took)[int(0.99 * len(took))], 2),
        "syncs_of_a_commit": statistics.mode(syncs),
        "syncs_a_commit_with_checkpoints": round(sum(syncs) / len(syncs), 3),
    }


if __name__ == "__main__":
    print(json.dumps(_run(Path(sys.argv[1]))))
