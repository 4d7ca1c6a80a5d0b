# SPDX-License-Identifier: GPL-2.0-or-later
"""The core sees to a trial: it takes back what nobody kept, and says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from firmware import times
from firmware.acceptance.check import Seen
from firmware.acceptance.examine import CALL_OUT
from firmware.acceptance.trial_call import TrialCall
from firmware.calls.journal import TRIAL, Journal
from firmware.config import Config
from firmware.core.config_office import ConfigOffice
from firmware.core.trial_calls import TrialCalls
from firmware.core.trial_office import TrialOffice
from firmware.errors import Conflict, Invalid, NotFound, Unavailable
from firmware.store.config_db import ConfigDb, Revision
from firmware.store.writer import HistoryWriter

BEFORE, AFTER = {"site": {"name": "Office"}}, {"site": {"name": "Moved"}}


class Firmware:
    """A new version that waits for somebody to keep it, or does not."""

    def __init__(self) -> None:
        self.confirm_since: datetime | None = None
        self.kept_by = ""

    async def keep(self, by: str) -> None:
        self.kept_by = by


class Desk:
    """The offices of a core without telephony; `in_force` is what calls would go by."""

    def __init__(self, state: Path) -> None:
        self.configs = ConfigDb(state)
        revision = self.configs.apply(BEFORE, "first start")
        self.told: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.in_force = ""
        self.writer = HistoryWriter(state / "history.db")
        self.journal = Journal(self.writer, self._publish, Config)
        self.configuration = ConfigOffice(
            self.configs, revision, lambda: ["fxs1"], self._take_over, state / "history.db"
        )
        self.firmware = Firmware()
        self.trial = TrialOffice(self.configuration, self.journal, self._publish, self.firmware)
        self._handlers = {**self.configuration.handlers(), **self.trial.handlers()}

    async def _take_over(self, config: Config, revision: Revision) -> None:
        self.in_force = config.site.name

    def _publish(self, event: str, data: Any) -> None:
        self.told.put_nowait((event, data))

    async def told_of(self, event: str) -> Any:
        while (told := await self.told.get())[0] != event:
            pass
        return told[1]

    async def ask(self, method: str, **params: Any) -> Any:
        return await self._handlers[method](params)

    async def try_it(self) -> None:
        await self.ask("config.apply", document=AFTER, author="installer", trial_s=300)
        assert self.in_force == "Moved"

    def let_time_run_out(self) -> None:
        assert self.configuration.trial
        self.configuration.trial = replace(self.configuration.trial, deadline=0.0)

    async def until_over(self) -> None:
        following = asyncio.create_task(self.trial.follow())
        async with asyncio.timeout(30):
            await self.told_of("trial")
        following.cancel()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.writer.close(1.0)


async def test_what_nobody_keeps_goes_back_and_is_told(desk: Desk) -> None:
    await desk.try_it()
    shown = (await desk.ask("config.trial"))["trial"]
    assert (shown["author"], shown["revision"], shown["former"]) == ("installer", 2, 1)
    assert 0 < shown["left_s"] <= 300
    desk.let_time_run_out()
    await desk.until_over()
    assert desk.in_force == "Office"
    assert "nobody confirmed it" in desk.journal.alarms[TRIAL].text
    assert (await desk.ask("config.history"))[0]["author"] == "nobody confirmed"


async def test_a_trial_that_is_kept_or_ended_by_hand(desk: Desk) -> None:
    await desk.try_it()
    assert await desk.ask("config.trial.confirm", author="owner") == {"revision": 2}
    assert (await desk.ask("config.trial"))["trial"] is None
    with pytest.raises(NotFound):
        await desk.ask("config.trial.end", author="owner")
    await desk.ask("config.apply", document=BEFORE, author="installer", trial_s=60)
    assert await desk.ask("config.trial.end", author="owner") == {"revision": 4}
    assert desk.in_force == "Moved"


async def test_a_second_change_of_the_same_is_refused_by_the_core_too(desk: Desk) -> None:
    await desk.try_it()
    with pytest.raises(Conflict, match=r"of site\.name too"):
        await desk.ask("config.apply", document={"site": {"name": "Third"}}, author="another")
    with pytest.raises(Invalid, match="30 to 86400"):
        await desk.ask("config.apply", document=BEFORE, author="another", trial_s=5)
    assert desk.in_force == "Moved"


async def test_a_disk_that_refuses_the_way_back_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.try_it()

    def full(*given: Any, **more: Any) -> Revision:
        raise Unavailable("config.db cannot be written: the disk is full. Free some space.")

    desk.let_time_run_out()
    with monkeypatch.context() as broken:
        broken.setattr(desk.configs, "apply", full)
        following = asyncio.create_task(desk.trial.follow())
        async with asyncio.timeout(30):
            await desk.told_of("alarm")
        following.cancel()
    assert "the disk is full" in desk.journal.alarms[TRIAL].text
    assert desk.trial.stands
    await desk.until_over()
    assert desk.in_force == "Office"


# ---- test calls --------------------------------------------------------------------------------------------


class Measured(TrialCalls):
    """Test calls whose recording has this on both sides."""

    level: float | None = -20.0

    async def _measure(self, trial: TrialCall, *, inbound: bool) -> None:
        trial.measured(self.level, self.level)


async def ring_up(desk: Desk, tmp_path: Path, started_at: str, level: float | None = -20.0) -> None:
    """A call out, from the first ring to what is seen of it."""
    seen: list[Seen] = []
    tasks: list[asyncio.Task[None]] = []
    pbx: Any = SimpleNamespace(
        keep_trial=desk.trial.keep_all, spawn=lambda work: tasks.append(asyncio.get_running_loop().create_task(work))
    )

    async def see(what: Seen) -> None:
        seen.append(what)

    calls = Measured(pbx, desk.writer, tmp_path, desk.configuration, see, lambda: None)
    calls.level = level
    calls.expect(CALL_OUT, "installer")
    call = {"id": "c1", "direction": "outbound", "state": "talking", "recording": True, "to_number": "5550100"}
    calls.heard("call", call)
    calls.heard("call_ended", call | {"started_at": started_at})
    await asyncio.gather(*tasks)
    assert [one.result.value for one in seen] == ["pass" if level else "fail"]


async def test_a_test_call_that_passes_keeps_what_is_on_trial(desk: Desk, tmp_path: Path) -> None:
    await desk.try_it()
    await ring_up(desk, tmp_path, times.iso(times.now()))
    assert not desk.trial.stands
    assert desk.in_force == "Moved"


async def test_a_test_call_that_failed_or_began_before_keeps_nothing(desk: Desk, tmp_path: Path) -> None:
    before = times.iso(times.now())
    await asyncio.sleep(0.01)
    await desk.try_it()
    await ring_up(desk, tmp_path, before)
    await ring_up(desk, tmp_path, times.iso(times.now()), level=None)
    assert desk.trial.stands


async def test_a_telephone_or_a_test_call_keeps_new_firmware_too(desk: Desk, tmp_path: Path) -> None:
    before = times.iso(times.now())
    await asyncio.sleep(0.01)
    desk.firmware.confirm_since = times.now()
    await ring_up(desk, tmp_path, before)
    assert not desk.firmware.kept_by
    await ring_up(desk, tmp_path, times.iso(times.now() + timedelta(seconds=1)))
    assert desk.firmware.kept_by == "installer"
    await desk.try_it()
    await desk.trial.keep_all("201")
    assert desk.firmware.kept_by == "201"
    assert not desk.trial.stands
    desk.firmware.confirm_since = None
    with pytest.raises(NotFound):
        await desk.trial.keep_all("201")


async def test_a_test_call_without_a_trial_is_just_that(desk: Desk, tmp_path: Path) -> None:
    await ring_up(desk, tmp_path, times.iso(times.now()))
    assert not desk.trial.stands
