# SPDX-License-Identifier: GPL-2.0-or-later
"""When everything is closed, nothing holds the modules."""

from __future__ import annotations

import subprocess

from drivers.dahdi import DahdiCard


async def test_the_card_can_be_unloaded_after_it_was_used(dahdi: None) -> None:
    card = DahdiCard()
    await card.start()
    await card.stop()
    done = subprocess.run(["rmmod", "linepair"], capture_output=True, text=True)  # noqa: ASYNC221
    assert not done.returncode, done.stderr
    assert "DAHDI is loaded, but it has no analog port" in DahdiCard().fault
