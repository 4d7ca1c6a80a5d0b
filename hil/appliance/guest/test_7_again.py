# SPDX-License-Identifier: GPL-2.0-or-later
"""The box was started anew: by `systemctl reboot` after the stories before, then by a cut of the power after these."""

from __future__ import annotations

from pathlib import Path

import pytest

from hil.appliance.guest.box import all_up, figure, until
from hil.appliance.guest.memory import missing, remember

BOOT = Path("/results/boot")  # counted by run.sh
HOW = {"2": "reboot", "3": "power_cut"}.get(BOOT.read_text().strip() if BOOT.exists() else "", "")
UP_S = 300.0

pytestmark = pytest.mark.parametrize("after", [HOW])


def test_there_is_dial_tone_again(after: str) -> None:
    lifted, heard = map(float, Path("/run/dialtone").read_text().split())
    figure(f"{after}_to_dial_tone_s", heard)
    assert lifted < heard


def test_every_service_is_back(after: str) -> None:
    until(all_up, UP_S, "services")


def test_configuration_calls_and_recordings_are_as_they_were(after: str) -> None:
    assert {what: lost for what, lost in missing().items() if lost} == {}


def test_what_is_acknowledged_now_must_be_there_after_the_next_start(after: str) -> None:
    """The last one: the power goes a moment later, with nothing brought to the disk for it."""
    remember("The office before the cut")
