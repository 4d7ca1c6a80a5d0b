# SPDX-License-Identifier: GPL-2.0-or-later
"""What the ACD asked to keep is there after a restart, by the time of day."""

from firmware.acd import Kept
from firmware.store import acd_memory


def test_what_is_kept_is_remembered_and_what_is_not_is_forgotten(db):
    paused = {"mode": "paused", "reason": "午餐", "since_at": 12.5, "logged_out_of": ["sales"]}
    acd_memory.kept(db, [Kept("agent", "alice", {"mode": "available"}), Kept("place", "c1", {"caller": "1"})])
    acd_memory.kept(db, [Kept("agent", "alice", paused), Kept("place", "c1", None)])
    assert acd_memory.remembered(db) == {("agent", "alice"): paused}


def test_times_are_moved_to_another_clock():
    assert acd_memory.shifted({"since_at": 2.0, "due_at": None, "calls": 3}, 100.0) == {
        "since_at": 102.0,
        "due_at": None,
        "calls": 3,
    }
