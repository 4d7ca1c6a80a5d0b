# SPDX-License-Identifier: GPL-2.0-or-later
"""The core asks the updater for updates, shows how far one is, and raises an alarm when it came to nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from firmware.calls.journal import Journal
from firmware.config import Config, check
from firmware.core.update_office import ALARM, UpdateOffice
from firmware.deadline import Deadline
from firmware.errors import Conflict, Invalid, NotFound
from firmware.store.writer import HistoryWriter
from firmware.update import methods
from firmware.update.progress import Order, Phase, Progress, UpdateFiles, Word

NIGHT = {"update": {"url": "https://updates.example.com/box.raucb", "automatic": True, "hour": 2, "wait_minutes": 60}}


class Desk:
    """The office of a core, and the files that it shares with the updater."""

    def __init__(self, state: Path, method: str = methods.RAUC) -> None:
        self.files = UpdateFiles(state)
        self.files.make()
        self.config = Config()
        self.hour = 12
        self.told: list[str] = []
        self.writer = HistoryWriter(state / "history.db")
        self.journal = Journal(self.writer, lambda *told: None, Config)
        self.office = UpdateOffice(
            self.files, self.journal, lambda: self.config, lambda: datetime(2026, 11, 22, self.hour),
            lambda event, data: self.told.append(data["progress"]["phase"]), lambda: method,
        )  # fmt: skip

    async def ask(self, method: str, **params: Any) -> Any:
        return await self.office.handlers()[method](params)

    def goes_on(self, phase: Phase, text: str = "", limit: Deadline | None = None) -> None:
        """What the updater tells, and the office sees at its next look."""
        self.files.tell(Progress(phase, "9.0.0", "0.1.0", "A", text=text, limit=limit))
        self.office._look(self.files.progress())


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.writer.close(1.0)


async def test_an_order_is_given_once_and_followed(desk: Desk) -> None:
    assert (await desk.ask("update"))["progress"]["phase"] == "none"
    begun = await desk.ask("update.start", source="/media/usb/box.raucb", author="owner", downgrade=True)
    assert (begun["under_way"], desk.office.led) == (True, "ready")
    with pytest.raises(Conflict, match="An update is under way"):
        await desk.ask("update.start", source="/media/usb/box.raucb")
    assert desk.files.take() == Order("/media/usb/box.raucb", downgrade=True, by="owner", wait_s=4 * 3600)
    desk.goes_on(Phase.INSTALLING)
    assert desk.office.led == "installing"
    with pytest.raises(Conflict):
        await desk.ask("update.start", source="/media/usb/box.raucb")
    desk.goes_on(Phase.DONE)
    assert (desk.told, desk.office.led) == (["installing", "done"], "")
    assert not (await desk.ask("update"))["under_way"]


async def test_what_came_to_nothing_is_an_alarm_until_one_succeeds(desk: Desk) -> None:
    desk.goes_on(Phase.FAILED, "RAUC does not answer: no bus.")
    assert desk.journal.alarms[ALARM].text == "The update to version 9.0.0 failed: RAUC does not answer: no bus."
    desk.goes_on(Phase.ROLLED_BACK, "Version 9.0.0 did not start, or did not work.")
    assert desk.journal.alarms[ALARM].text.startswith("The update was taken back, version")
    desk.goes_on(Phase.DONE)
    assert ALARM not in desk.journal.alarms


async def test_a_schedule_asks_once_a_night(desk: Desk) -> None:
    desk.config = check(NIGHT)
    await desk.office._by_schedule()
    assert desk.files.take() is None, "it is noon"
    desk.hour = 2
    await desk.office._by_schedule()
    assert desk.files.take() == Order("https://updates.example.com/box.raucb", by="schedule", wait_s=3600)
    desk.goes_on(Phase.NONE)
    await desk.office._by_schedule()
    assert desk.files.take() is None, "once a night is enough"


async def test_a_machine_with_packages_needs_no_address(tmp_path: Path) -> None:
    desk = Desk(tmp_path, methods.PACKAGE)
    desk.config, desk.hour = check({"update": {"automatic": True}}), 3
    await desk.office._by_schedule()
    assert desk.files.take() == Order(by="schedule", wait_s=4 * 3600)
    desk.writer.close(1.0)


@pytest.mark.parametrize("source", ["box.raucb", "ftp://example.com/box.raucb", 7, "/a\nb", "/" + "a" * 2000])
async def test_a_source_of_no_use_is_refused(desk: Desk, source: Any) -> None:
    with pytest.raises(Invalid) as refused:
        await desk.ask("update.start", source=source)
    assert refused.value.field == "source"
    with pytest.raises(Invalid, match=r"or configure update\.url"):
        await desk.ask("update.start")


async def test_a_box_from_a_checkout_is_updated_by_hand(tmp_path: Path) -> None:
    desk = Desk(tmp_path, methods.NONE)
    with pytest.raises(Conflict, match="started by hand"):
        await desk.ask("update.start", source="/a.raucb")
    desk.writer.close(1.0)


async def test_what_nobody_has_begun_yet_is_called_off_at_once(desk: Desk) -> None:
    await desk.ask("update.start", source="/a.raucb", author="owner")
    found = await desk.ask("update.call_off", author="owner")
    assert (found["under_way"], found["may_call_off"]) == (False, False)
    assert desk.files.take() is None
    with pytest.raises(Conflict, match="No update is under way"):
        await desk.ask("update.call_off", author="owner")


@pytest.mark.parametrize(
    ("method", "phase", "heard"),
    [
        (methods.RAUC, Phase.WAITING, True),
        (methods.RAUC, Phase.INSTALLING, True),
        (methods.PACKAGE, Phase.INSTALLING, False),
        (methods.RAUC, Phase.RESTARTING, False),
    ],
)
async def test_an_update_is_called_off_until_the_new_version_starts(
    tmp_path: Path, method: str, phase: Phase, heard: bool
) -> None:
    desk = Desk(tmp_path, method)
    desk.goes_on(phase)
    assert (await desk.ask("update"))["may_call_off"] is heard
    if heard:
        await desk.ask("update.call_off", author="owner")
    else:
        with pytest.raises(Conflict, match="It is too late"):
            await desk.ask("update.call_off", author="owner")
    assert desk.files.said(Word.CALL_OFF) == ("owner" if heard else "")
    desk.goes_on(Phase.CALLED_OFF, "It was called off by owner.")
    assert ALARM not in desk.journal.alarms
    desk.writer.close(1.0)


async def test_a_version_on_trial_is_kept_or_sent_back(desk: Desk) -> None:
    for word in ("update.keep", "update.back"):
        with pytest.raises(NotFound, match="No update is on trial"):
            await desk.ask(word, author="owner")
    with pytest.raises(Invalid, match="30 to 86400"):
        await desk.ask("update.start", source="/a.raucb", trial_s=5)
    await desk.ask("update.start", source="/a.raucb", trial_s=600, author="owner")
    order = desk.files.take()
    assert order
    assert order.trial_s == 600
    assert desk.office.confirm_since is None
    limit = Deadline.after(600)
    desk.goes_on(Phase.CONFIRM, limit=limit)
    shown = (await desk.ask("update"))["progress"]
    assert 0 < shown["left_s"] <= 600
    assert desk.office.led == "trial"
    assert desk.office.confirm_since
    assert abs(desk.office.confirm_since - limit.began) < timedelta(seconds=0.01)
    await desk.office.keep("201")
    assert desk.files.said(Word.KEEP) == "201"
    await desk.ask("update.back", author="owner")
    assert (desk.files.said(Word.KEEP), desk.files.said(Word.BACK)) == ("", "owner")
    desk.goes_on(Phase.DONE)
    await desk.ask("update.start", source="/a.raucb", author="owner")
    assert desk.files.said(Word.BACK) == "", "of the update before"
