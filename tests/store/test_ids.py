# SPDX-License-Identifier: GPL-2.0-or-later
"""Identifiers sort by the time at which they were made, across threads, even when many share a millisecond."""

import threading
import time
import uuid

from firmware.ids import uuid7


def test_later_ids_sort_after_earlier_ones():
    ids = [uuid7() for _ in range(20_000)]
    assert ids == sorted(set(ids))


def test_an_id_is_a_uuid_of_version_7_and_says_when_it_was_made():
    before = time.time_ns() // 1_000_000
    value = uuid.UUID(uuid7())
    after = time.time_ns() // 1_000_000
    assert (value.version, value.variant) == (7, uuid.RFC_4122)
    assert before <= value.int >> 80 <= after + 5  # ids made within one millisecond may run ahead of the clock


def test_threads_never_share_an_id():
    made: list[list[str]] = [[] for _ in range(4)]

    def make(into: list[str]) -> None:
        into.extend(uuid7() for _ in range(2000))

    threads = [threading.Thread(target=make, args=(into,)) for into in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len({id for into in made for id in into}) == 8000
    assert all(into == sorted(into) for into in made)
