# SPDX-License-Identifier: GPL-2.0-or-later
"""What the configuration is asked for by its key."""

from __future__ import annotations

import pytest

from firmware.calls.causes import Cause
from firmware.calls.leg import Failed, existing
from firmware.config import check, default_document

PHONES = [{"number": "201", "port": "fxs1"}, {"number": "202", "sip": {}}]
CONFIG = check(default_document(["fxo1", "fxs1"]) | {"extension": PHONES})
TABLES = "extension line trunk agent queue conference group paging menu schedule access"


def test_everything_is_found_by_its_key() -> None:
    assert (CONFIG.extension("201"), CONFIG.extension_on("fxs1")) == (CONFIG.extensions[0], CONFIG.extensions[0])
    assert CONFIG.line("fxo1") == CONFIG.lines[0]
    assert CONFIG.trunk("lines") == CONFIG.trunks[0]
    assert CONFIG.agent("alice") == CONFIG.agents[0]
    assert CONFIG.queue("support") == CONFIG.queues[0]


@pytest.mark.parametrize("table", TABLES.split())
def test_what_is_not_there_is_none(table: str) -> None:
    assert getattr(CONFIG, table)("gone") is None
    assert getattr(CONFIG, table)(None) is None


def test_a_call_to_what_was_deleted_fails_with_its_name() -> None:
    with pytest.raises(Failed, match="the queue sales was deleted") as failed:
        existing(CONFIG.queue("sales"), "queue sales")
    assert failed.value.cause == Cause.UNALLOCATED
