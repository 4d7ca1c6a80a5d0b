# SPDX-License-Identifier: GPL-2.0-or-later
"""How much the recordings take is known without counting them, whatever becomes of them."""

import pytest

from firmware.ids import uuid7
from firmware.records import Recording, RecordingState
from firmware.store import history as told

READY = [
    ("UPDATE recordings SET bytes = bytes / 2", 15),  # as Opus
    ("UPDATE recordings SET state = 'removed'", 0),
    ("UPDATE recordings SET state = 'failed', bytes = 0 WHERE bytes = 10", 20),
    ("UPDATE recordings SET hold = 'court'", 30),
    ("DELETE FROM recordings WHERE bytes = 20", 10),
]


def kept(db):
    return db.execute("SELECT bytes FROM recordings_total").fetchone()[0]


@pytest.mark.parametrize(("change", "left"), READY)
def test_what_is_ready_is_counted_and_what_goes_is_not(db, cdr, change, left):
    for size, state in ((10, RecordingState.READY), (20, RecordingState.RECORDING)):
        call = cdr()
        told.call_began(db, call)
        one = Recording(uuid7(), call.id, "a.wav", call.started_at, 1.0, size, "", state)
        told.recording_began(db, one)
    assert kept(db) == 10
    db.execute("UPDATE recordings SET state = 'ready'")
    told.recording_ready(db, one, cloud=False, with_audio=False)
    assert kept(db) == 30
    db.execute(change)
    assert kept(db) == left == db.execute("SELECT total(bytes) FROM recordings WHERE state = 'ready'").fetchone()[0]
