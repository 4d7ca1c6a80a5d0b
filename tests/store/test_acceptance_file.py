# SPDX-License-Identifier: GPL-2.0-or-later
"""What was seen and left out of the acceptance outlives the core and the browser."""

from datetime import UTC, datetime

import pytest

from firmware.acceptance.check import Result, Seen
from firmware.errors import NotFound
from firmware.store.acceptance import KEPT, AcceptanceFile

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
LIFTED = Seen("phone:fxs1", Result.PASS, NOW, "", "It was lifted.", {"n": 1})
LEFT_OUT = Seen("phone:fxs1", Result.LEFT_OUT, NOW, "anna", "The room is locked")


def test_what_was_seen_is_there_for_the_next_one_who_asks(state):
    AcceptanceFile(state).see(LIFTED)
    AcceptanceFile(state).see(LEFT_OUT)
    assert AcceptanceFile(state).seen() == ({"phone:fxs1": LIFTED}, {"phone:fxs1": LEFT_OUT})


def test_a_decision_is_taken_back_and_what_was_seen_stays(state):
    file = AcceptanceFile(state)
    file.see(LIFTED)
    file.see(LEFT_OUT)
    file.forget("phone:fxs1")
    assert file.seen() == ({"phone:fxs1": LIFTED}, {})
    file.begin_again()
    assert file.seen() == ({}, {})


def test_the_newest_certificates_are_kept(state):
    file = AcceptanceFile(state)
    for n in range(KEPT + 2):
        file.keep({"id": f"{n:04}", "issued_at": "2026-11-22T15:00:00.000Z"})
    assert [c["id"] for c in file.certificates()][:2] == [f"{KEPT + 1:04}", f"{KEPT:04}"]
    assert file.certificate(f"{KEPT:04}")["id"] == f"{KEPT:04}"
    with pytest.raises(NotFound):
        file.certificate("0000")


def test_the_key_is_made_once(state):
    assert AcceptanceFile(state).key(lambda: b"one") == AcceptanceFile(state).key(lambda: b"two") == b"one"
