# SPDX-License-Identifier: GPL-2.0-or-later
"""The desk of text messages: what limits and allowances count, and how long a modem may be in trouble unsaid."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from drivers.cellular import CellularModem, CellularStatus, PinGuard, Registration, SendFailed, Sim, UssdReply
from drivers.sms import Alphabet, Part
from firmware import countries
from firmware.calls.journal import Journal
from firmware.calls.toll_meter import TollMeter
from firmware.config import Config, check
from firmware.errors import Conflict, Denied
from firmware.records import SmsState
from firmware.sms import desk as desk_module
from firmware.sms.desk import SmsDesk
from firmware.sms.troubles import GRACE_S, Patience
from firmware.store.writer import HistoryWriter
from hil.modem.pty_modem import until

WORKS = CellularStatus("", "M", Sim.READY, Registration.HOME)
GONE = CellularStatus("/dev/x is gone. Plug the modem in again.", "M")
ABROAD = "+442071234567"
TURKISH = "Değerli müşterimiz, siparişiniz yola çıktı. " * 6  # two messages


class Modem(CellularModem):
    """Takes everything at once; `fails` says once that it may work later."""

    def __init__(self, device: str, guard: PinGuard) -> None:
        super().__init__(device)
        self.now, self.sent, self.fails = WORKS, list[tuple[str, Part | None, Alphabet | None]](), 0

    @property
    def status(self) -> CellularStatus:
        return self.now

    def start(self) -> None:
        """It is there."""

    async def stop(self) -> None:
        """It is not."""

    async def send(self, number: str, text: str, part: Part | None, coding: Alphabet | None) -> int:
        if self.fails:
            self.fails -= 1
            raise SendFailed("The network is busy.", again=True)
        self.sent.append((text, part, coding))
        return len(self.sent)

    async def ussd(self, code: str) -> UssdReply:
        return UssdReply("", False)

    async def end_ussd(self) -> None:
        """There is none."""


@dataclass
class Office:
    """Everything but the modem is real."""

    desk: SmsDesk
    journal: Journal
    config: Config
    modems: list[Modem] = field(default_factory=list)
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def ended(self, id: str) -> str:
        """The state that was told last."""
        return next((data["state"] for event, data in reversed(self.told) if event == "sms" and data["id"] == id), "")


def _config(**more: Any) -> Config:
    site = {"name": "Shop", "country": "us", "language": "en", "timezone": "UTC"}
    return check({"site": site, "cellular": [{"name": "mobile", "device": "/dev/x", "per_hour": 4}]} | more)


@contextlib.asynccontextmanager
async def at_work(folder: Path, **more: Any) -> AsyncIterator[Office]:
    """From a start to an end of the core."""
    writer, config = HistoryWriter(folder / "history.db"), _config(**more)
    modems: list[Modem] = []
    told: list[tuple[str, dict[str, Any]]] = []
    journal = Journal(writer, lambda event, data: told.append((event, data)), lambda: config)

    def opened(device: str, guard: PinGuard) -> Modem:
        modems.append(Modem(device, guard))
        return modems[-1]

    tolls = TollMeter(journal, lambda: config.tolls)
    desk = SmsDesk(journal, tolls, writer, lambda: config, lambda: countries.load("us"), opened)
    await desk.start()
    try:
        yield Office(desk, journal, config, modems, told)
    finally:
        await desk.stop()
        await journal.flush(10)
        writer.close(10)


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with at_work(tmp_path, tolls={"international": {"calls_per_hour": 3}}) as made:
        yield made


async def test_a_long_text_counts_for_each_message_that_it_takes(office: Office) -> None:
    sms = await office.desk.send(ABROAD, TURKISH)
    assert sms.parts == 2
    await until(lambda: office.ended(sms.id) == "sent")
    (one, two) = office.modems[0].sent
    assert "".join((one[0], two[0])) == TURKISH
    assert one[2] == two[2] is not None
    with pytest.raises(Denied, match="more than 3 calls to international numbers within an hour"):
        await office.desk.send(ABROAD, TURKISH)
    assert "toll:international" in office.journal.alarms
    with pytest.raises(Denied):
        await office.desk.send(ABROAD, "one more")  # stopped until a person lifts it
    assert (await office.desk.send("+12125550123", "at home all is well")).state is SmsState.QUEUED


async def test_the_modems_allowance_outlives_a_restart(tmp_path: Path) -> None:
    async with at_work(tmp_path) as before:
        first = await before.desk.send("+12125550123", TURKISH)
        await until(lambda: before.ended(first.id) == "sent")
    async with at_work(tmp_path) as office:
        second = await office.desk.send("+12125550123", TURKISH)
        await until(lambda: office.ended(second.id) == "sent")
        with pytest.raises(Conflict, match="has sent 4 messages within an hour, 4 are allowed"):
            await office.desk.send("+12125550123", "x")


async def test_a_message_waits_for_the_network_and_goes_out_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmware.sms.sending.FIRST_WAIT_S", 0.01)
    modem = office.modems[0]
    modem.now, modem.fails = GONE, 2
    sms = await office.desk.send("+12125550123", "hello")
    await asyncio.sleep(0)
    assert not modem.sent
    modem.now = WORKS
    modem.on_status()
    await until(lambda: office.ended(sms.id) == "sent")
    assert [text for text, _, _ in modem.sent] == ["hello"]


def test_what_is_over_within_the_grace_is_no_alarm_and_what_stands_is_one() -> None:
    patience = Patience()
    assert patience.alarm("no network", 100.0) == ""
    assert patience.alarm("no network", 100.0 + GRACE_S - 0.1) == ""
    assert patience.alarm("", 100.0 + GRACE_S) == ""
    assert patience.alarm("no network", 200.0) == ""  # anew
    assert patience.alarm("gone", 200.0 + GRACE_S) == "gone"  # whatever it is by now
    assert patience.alarm("no SIM card", 201.0 + GRACE_S) == "no SIM card"
    assert patience.alarm("", 202.0 + GRACE_S) == ""


async def test_an_unplugged_modem_is_an_alarm_after_its_grace_and_none_when_it_is_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = [1000.0]
    monkeypatch.setattr(desk_module, "monotonic", lambda: now_s[0])
    modem, alarms = office.modems[0], office.journal.alarms
    modem.now = GONE
    for waited in (0.0, GRACE_S - 1):
        now_s[0] = 1000.0 + waited
        office.desk.look()
        assert "cellular:mobile" not in alarms
    now_s[0] = 1000.0 + GRACE_S
    office.desk.look()
    assert alarms["cellular:mobile"].text == GONE.fault
    modem.now = CellularStatus("", "M", Sim.ABSENT)
    office.desk.look()
    assert alarms["cellular:mobile"].text == "Modem mobile has no SIM card. Put one in."
    modem.now = WORKS
    office.desk.look()
    assert "cellular:mobile" not in alarms
