# SPDX-License-Identifier: GPL-2.0-or-later
"""The box as it was delivered, by the unit that empties it before the services start."""

from __future__ import annotations

from firmware.board import factory_reset
from firmware.store.config_db import ConfigDb
from firmware.store.history import History
from hil.appliance.guest.box import STATE, answers, configure, restarted, shell, shown_of_all, until

SOON_S = 300.0


def test_a_factory_reset_leaves_nothing_and_the_box_starts_as_on_its_first_day() -> None:
    """What the board service does after 15 s on the button: it asks, ends with 78, and systemd restarts the target."""
    configure(site={"name": "To be forgotten"})
    before, began = ConfigDb(STATE).box_id(), shown_of_all("MainPID")
    factory_reset.ask(STATE)
    shell("systemctl", "restart", "tipring.target")
    until(lambda: restarted(began), SOON_S, "restart")
    until(answers, SOON_S, "core")
    assert not factory_reset.is_asked(STATE)
    assert ConfigDb(STATE).box_id() != before
    assert "To be forgotten" not in str(ConfigDb(STATE).current().document)
    assert History(STATE / "history.db").calls().items == []
    assert list((STATE / "recordings").rglob("*.opus")) == []
