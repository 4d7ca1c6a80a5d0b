# SPDX-License-Identifier: GPL-2.0-or-later
"""The driver of a cellular modem with a modem on a pty that follows 27.005 and 27.007, and with all that goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from drivers.cellular import Registration, SendFailed, Sim
from drivers.modem import cellular as driver
from drivers.modem import serial_line
from drivers.port import PortError
from drivers.sms import Deliver, Outcome, Part, Report
from drivers.sms.gsm import DEFAULT
from hil.modem.cellular_modem import CellularModem
from hil.modem.pty_modem import until
from hil.modem.short_messages import deliver


@dataclass
class Guard:
    """A memory of refused PINs."""

    pin: str = ""
    refused: set[str] = field(default_factory=set)

    async def may_try(self) -> bool:
        fresh = self.pin not in self.refused
        self.refused.add(self.pin)
        return fresh

    async def accepted(self) -> None:
        self.refused.discard(self.pin)


class Office:
    """The box's side."""

    def __init__(self, device: Path, guard: Guard | None = None) -> None:
        self.modem = driver.Cellular(str(device), guard or Guard())
        self.messages: list[Deliver] = []
        self.reports: list[Report] = []
        self.rang: list[str] = []
        self.keeps = True
        self.modem.on_message = self._message
        self.modem.on_report = self._report
        self.modem.on_ring = self.rang.append

    async def _message(self, message: Deliver, pdu: str) -> bool:
        if self.keeps:
            self.messages.append(message)
        return self.keeps

    async def _report(self, report: Report) -> bool:
        self.reports.append(report)
        return True


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same waits, shorter."""
    monkeypatch.setattr(driver, "LOOK_S", 0.3)
    monkeypatch.setattr(serial_line, "RETRY_S", 0.1)


@pytest_asyncio.fixture
async def far(tmp_path: Path) -> AsyncIterator[CellularModem]:
    async with CellularModem(tmp_path / "usb-Test_Modem-if02") as modem:
        yield modem


@pytest_asyncio.fixture
async def office(far: CellularModem) -> AsyncIterator[Office]:
    there = Office(far.device)
    there.modem.start()
    await until(lambda: there.modem.status.operator)
    yield there
    await there.modem.stop()


async def test_a_modem_says_how_it_is(far: CellularModem, office: Office) -> None:
    status = office.modem.status
    assert (status.model, status.sim, status.registration) == ("TESTMODEM 4G", Sim.READY, Registration.HOME)
    assert (status.operator, status.signal_dbm, status.registered) == ("Testnet", -73, True)
    far.registration, far.signal = 3, 99
    await until(lambda: office.modem.status.registration is Registration.DENIED)
    assert office.modem.status.signal_dbm is None


async def test_messages_come_in_every_alphabet_and_leave_the_memory(far: CellularModem, office: Office) -> None:
    said = ["Preis: 5 € {netto} [ok]", "你好，明天见", "第二", "plain"]
    for text in said:
        await far.arrive(deliver("+491711234567", text, wide=not text.isascii() and "€" not in text))
    await far.arrive(deliver("Bank AG", "Your code is 1234"))
    await until(lambda: len(office.messages) == 5 and not far.stored)
    assert [message.text for message in office.messages[:4]] == said
    assert office.messages[4].sender == "Bank AG"
    assert {message.sender for message in office.messages[:4]} == {"+491711234567"}


async def test_parts_are_told_with_either_kind_of_reference(far: CellularModem, office: Office) -> None:
    await far.arrive(deliver("100", "a" * 153, part=(7, 2, 1)))
    await far.arrive(deliver("100", "好" * 60, part=(700, 2, 2), wide=True, long_reference=True))
    await until(lambda: len(office.messages) == 2)
    assert [message.part for message in office.messages] == [Part(7, 2, 1), Part(700, 2, 2)]
    assert [message.text for message in office.messages] == ["a" * 153, "好" * 60]


async def test_messages_go_out_and_their_reports_come_back(far: CellularModem, office: Office) -> None:
    far.reports = 0
    first = await office.modem.send("+491711234567", "Grüße für 5 €", None, DEFAULT)
    part = Part(9, 2, 1)
    await office.modem.send("0171", "好的", part, None)
    await until(lambda: len(office.reports) == 2)
    assert [(one.number, one.text, one.part) for one in far.sent] == [
        ("+491711234567", "Grüße für 5 €", None), ("0171", "好的", (9, 2, 1)),
    ]  # fmt: skip
    assert office.reports[0] == Report(first, "+491711234567", 0)
    assert office.reports[0].outcome is Outcome.DELIVERED
    assert not far.stored_reports


async def test_reports_may_come_without_being_kept(far: CellularModem) -> None:
    far.keeps_reports, far.reports = False, 0x45
    office = Office(far.device)
    office.modem.start()
    await until(lambda: office.modem.status.operator)
    await office.modem.send("100", "x", None, DEFAULT)
    await until(lambda: office.reports)
    assert office.reports[0].outcome is Outcome.FAILED
    await office.modem.stop()


async def test_a_refusal_says_whether_it_may_work_later(far: CellularModem, office: Office) -> None:
    for said, again in (("+CMS ERROR: 38", True), ("+CMS ERROR: 1", False)):
        far.refuses_messages = said
        with pytest.raises(SendFailed) as refused:
            await office.modem.send("100", "x", None, DEFAULT)
        assert refused.value.again is again
    far.refuses_messages = ""
    assert await office.modem.send("100", "x", None, DEFAULT)


async def test_split_lines_echo_and_garbage_change_nothing(far: CellularModem, office: Office) -> None:
    far.pieces, far.garbage, far.echo = 3, True, True
    await far.arrive(deliver("+491", "through the noise"))
    await until(lambda: office.messages)
    assert office.messages[0].text == "through the noise"
    await office.modem.send("+491", "back", None, DEFAULT)
    assert far.sent[-1].text == "back"


async def test_a_message_that_came_half_is_read_again(far: CellularModem, office: Office) -> None:
    far.cut_next = 4
    await far.arrive(deliver("+491", "all of it"))
    await until(lambda: office.messages)
    assert [message.text for message in office.messages] == ["all of it"]


async def test_what_the_box_cannot_keep_stays_in_the_modem_until_it_can(far: CellularModem, office: Office) -> None:
    office.keeps = False
    for number in range(far.capacity):
        assert await far.arrive(deliver("+491", f"message {number}"))
    assert not await far.arrive(deliver("+491", "no room"))
    await until(lambda: office.modem.status.stored == far.capacity)
    office.keeps = True
    await until(lambda: len(office.messages) == far.capacity and not far.stored)
    await far.arrive(deliver("+491", "room again"))
    await until(lambda: office.messages[-1].text == "room again")


async def test_a_late_answer_is_not_taken_for_the_next_one(far: CellularModem, office: Office) -> None:
    far.late = {"AT+CSCS": 1.5}
    with pytest.raises(PortError, match="did not answer"):
        await office.modem._at.ask('AT+CSCS="UCS2"', limit_s=0.5)
    assert await office.modem._at.ask("AT+CGMM") == ["TESTMODEM 4G"]


async def test_lines_that_come_by_themselves_answer_nothing(far: CellularModem, office: Office) -> None:
    far.late = {"AT+CGMM": 0.3}
    asking = asyncio.create_task(office.modem._at.ask("AT+CGMM"))
    await asyncio.sleep(0.1)
    await far.ring("+4930123")
    await far.arrive(deliver("+491", "in between"))
    assert await asking == ["TESTMODEM 4G"]
    await until(lambda: office.messages and office.rang)
    assert office.rang == ["+4930123"]
    await until(lambda: "AT+CHUP" in far.heard)


async def test_the_network_is_asked_and_answered_in_a_dialogue(far: CellularModem, office: Office) -> None:
    far.menus = {"*100#": (1, "1 余额 2 Top up"), "1": (0, "4,20 €"), "*1#": (4, "")}
    menu = await office.modem.ussd("*100#")
    assert (menu.text, menu.more) == ("1 余额 2 Top up", True)
    end = await office.modem.ussd("1")
    assert (end.text, end.more) == ("4,20 €", False)
    with pytest.raises(PortError, match="does not know"):
        await office.modem.ussd("*1#")


async def test_an_unplugged_modem_comes_back_by_itself(far: CellularModem, office: Office) -> None:
    far.unplug()
    await until(lambda: office.modem.status.fault)
    with pytest.raises(SendFailed) as refused:
        await office.modem.send("100", "x", None, DEFAULT)
    assert refused.value.again
    assert not refused.value.unsure
    far.plug()
    await until(lambda: office.modem.status.registered)
    await office.modem.send("100", "x", None, DEFAULT)
    await far.arrive(deliver("+491", "back"))
    await until(lambda: office.messages)


async def test_pulled_out_while_sending_nobody_knows(far: CellularModem, office: Office) -> None:
    far.refuses_messages = "x"
    sending = asyncio.create_task(office.modem.send("100", "x", None, DEFAULT))
    await until(lambda: any(command.startswith("AT+CMGS") for command in far.heard))
    await asyncio.sleep(0.3)
    far.unplug()
    with pytest.raises(SendFailed) as refused:
        await sending
    assert refused.value.unsure


async def test_a_wrong_pin_is_tried_once_in_the_life_of_the_box(tmp_path: Path) -> None:
    guard = Guard("1111")
    async with CellularModem(tmp_path / "modem", pin="1234") as far:
        for _ in range(2):
            office = Office(far.device, guard)
            office.modem.start()
            await until(lambda: office.modem.status.sim is Sim.PIN)  # noqa: B023
            await asyncio.sleep(1)
            await office.modem.stop()
        assert far.pins_tried == ["1111"]
        guard.pin = "1234"
        office = Office(far.device, guard)
        office.modem.start()
        await until(lambda: office.modem.status.registered)
        assert far.pins_tried == ["1111", "1234"]
        assert guard.refused == {"1111"}
        await office.modem.stop()


async def test_a_card_may_be_missing_or_locked_for_good(tmp_path: Path) -> None:
    async with CellularModem(tmp_path / "modem", pin="1234") as far:
        far.tries = 0
        office = Office(far.device, Guard("1234"))
        office.modem.start()
        await until(lambda: office.modem.status.sim is Sim.PUK)
        far.sim = False
        await until(lambda: office.modem.status.sim is Sim.ABSENT)
        assert far.pins_tried == []
        await office.modem.stop()
