# SPDX-License-Identifier: GPL-2.0-or-later
"""What the box says about a telephony card that is not well; on a real kernel in hil/kernel/guest/test_5_core.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.card import NoCard, open_card
from drivers.simulated.fxo import SimulatedFxo
from firmware.core.card_watch import trouble


class FaultyFxo(SimulatedFxo):
    """A port whose channel another program holds."""

    @property
    def fault(self) -> str:
        """As drivers.dahdi says it."""
        return "DAHDI channel 3 is in use by another program."


def test_a_card_that_works_and_no_card_at_all_are_no_trouble(tmp_path: Path) -> None:
    assert trouble(open_card("sim:fxo=1,fxs=1", tmp_path)) == ""
    assert trouble(NoCard()) == ""


def test_a_faulty_port_is_named_with_what_is_wrong_and_the_others_are_counted(tmp_path: Path) -> None:
    card = NoCard()
    card.ports = [FaultyFxo("fxo1", tmp_path)]
    assert trouble(card) == "Port fxo1: DAHDI channel 3 is in use by another program."
    card.ports = [FaultyFxo(f"fxo{n}", tmp_path) for n in (1, 2, 3)]
    assert trouble(card).endswith("Something is wrong with 2 more ports, too.")


def test_a_card_without_any_port_says_why(tmp_path: Path) -> None:
    card = NoCard()
    card.fault = "There is no DAHDI here."
    assert trouble(card) == "There is no DAHDI here."


@pytest.mark.skipif(Path("/dev/dahdi").exists(), reason="this machine has DAHDI")
def test_a_box_with_a_dahdi_card_starts_without_its_driver(tmp_path: Path) -> None:
    card = open_card("dahdi", tmp_path)
    assert "kernel module is not loaded" in trouble(card)
