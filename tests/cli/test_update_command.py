# SPDX-License-Identifier: GPL-2.0-or-later
"""Updates from the shell, as the core's desk of updates hears them."""

from __future__ import annotations

from datetime import datetime

import pytest

from firmware.config import Config
from firmware.core.update_office import UpdateOffice
from firmware.deadline import Deadline
from firmware.update import methods
from firmware.update.progress import Phase, Progress, UpdateFiles, Word


@pytest.fixture
def office(core, tmp_path):
    """The real one of an image box; nobody carries out what it orders."""
    office = UpdateOffice(
        UpdateFiles(tmp_path), None, Config, lambda: datetime(2026, 11, 22, 12), lambda event, data: None,
        lambda: methods.RAUC,
    )  # fmt: skip
    core.server.add(office.handlers())
    return office


def test_an_update_on_trial_is_ordered_and_called_off(tipring, office, tmp_path):
    files = UpdateFiles(tmp_path)
    status, said, _ = tipring("update", "install", "/media/usb/box.raucb", "--trial", "15m")
    assert (status, said.strip()) == (0, "the update has begun; `tipring update show` tells how far it is")
    assert tipring("update", "call-off")[:2] == (0, "the update is called off\n")
    assert files.take() is None
    status, _, wrong = tipring("update", "call-off")
    assert (status, "No update is under way." in wrong) == (1, True)


def test_a_version_on_trial_is_kept_or_sent_back(tipring, office, tmp_path):
    files = UpdateFiles(tmp_path)
    assert tipring("update", "keep")[0] == 1
    files.make()
    files.tell(Progress(Phase.CONFIRM, "9.0.0", "0.1.0", limit=Deadline.after(600)))
    office._look(files.progress())
    assert "update to 9.0.0: confirm, until 2" in tipring("update", "show")[1]
    assert tipring("update", "keep")[0] == 0
    assert files.said(Word.KEEP)
    assert "as soon as nobody calls" in tipring("update", "back")[1]
    assert files.said(Word.BACK)
