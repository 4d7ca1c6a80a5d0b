# SPDX-License-Identifier: GPL-2.0-or-later
"""The last story before the box is started anew: test_7_again.py looks at what has come back."""

from __future__ import annotations

from hil.appliance.guest.memory import missing, remember


def test_the_box_has_a_configuration_calls_and_recordings() -> None:
    remember("The office before the reboot")
    assert not any(missing().values())
