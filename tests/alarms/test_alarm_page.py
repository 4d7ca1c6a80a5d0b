# SPDX-License-Identifier: GPL-2.0-or-later
"""The operator's page has every alarm that there is, and the MIB what is sent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from firmware.alarms import box
from firmware.alarms.kinds import KINDS, Area, area_of
from firmware.alarms.routing import OF_CHANNEL
from firmware.archive.archivist import ARCHIVE, KEY, SPACE
from firmware.calls import journal
from firmware.uplink import forwarder, mail, report_mail, smdr, trap, webhooks

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "alarms.md").read_text()
RAISED = [
    *journal.OWN, *journal.OWN_WORDS, box.SERVICE, box.RESTARTS, box.DISK, box.MEMORY, box.UNSET, box.JUMPED,
    OF_CHANNEL, ARCHIVE, KEY,
    SPACE, forwarder.UNREACHABLE, *forwarder.PARKED, mail.UNSENT, mail.REFUSED, report_mail.UNSENT, smdr.ALARM,
    webhooks.DISABLED,
]  # fmt: skip


@pytest.mark.parametrize("word", KINDS)
def test_the_operators_page_says_what_each_alarm_means_and_what_to_do(word: str) -> None:
    rows = [row for row in PAGE.splitlines() if row.startswith("| `")]
    (row,) = (row for row in rows if f"`{word}`" in row.split("|")[1])
    assert all(len(cell.strip()) > 5 for cell in row.split("|")[2:4])
    section = PAGE[: PAGE.index(row)].rpartition("\n### ")[2].partition("\n")[0]
    assert section == KINDS[word].value


@pytest.mark.parametrize("kind", RAISED)
def test_whatever_is_raised_is_known(kind: str) -> None:
    known = [word for word in KINDS if kind == word or word.startswith(kind) or kind.startswith(word)]
    assert known, kind


def test_an_alarm_that_nobody_listed_is_the_boxs() -> None:
    assert area_of("trunk:provider") is Area.TRUNKS
    assert area_of("something_else") is Area.BOX


def test_the_mib_names_what_is_sent() -> None:
    mib = (DOCS / "TIPRING-MIB.txt").read_text()
    root = re.search(r"::= \{ enterprises ([\d ]+) \}", mib)
    assert root
    assert "1.3.6.1.4.1." + root[1].replace(" ", ".") == trap.ROOT
    for what, number in (("Raised", 1), ("Cleared", 2), ("Test", 3)):
        assert re.search(rf"tipringAlarm{what} NOTIFICATION-TYPE.*?tipringNotifications {number} \}}", mib, re.DOTALL)
        assert trap.NOTIFICATIONS[what.lower()] == f"{trap.ROOT}.0.{number}"
