# SPDX-License-Identifier: GPL-2.0-or-later
"""A telephone that is told who waits while it is in a call, and that messages wait while it is on hook."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
import pytest_asyncio

from drivers.card import open_card
from drivers.lineaudio import Law, LineAudio, NativeEvents
from drivers.port import Card, FxsPort
from firmware import countries
from firmware.calls.leg import Caller
from firmware.calls.station import Station
from firmware.calls.station_leg import StationLeg
from firmware.config import Config, check
from firmware.countries import Country
from hil.phone import Phone

pytestmark = pytest.mark.asyncio(loop_scope="session")

KINDS = ("bell202", "v23", "v23_polarity", "v23_ring_pulse", "v23_alerting", "dtmf")
BOB = Caller("5559876", "BOB JONES")


class Office:
    """What a station needs of a box; port n has the n-th kind."""

    country: Country = countries.load("us")
    config: Config = check(
        {
            "site": {"country": "us"},
            "extension": [{"number": f"20{n}", "port": f"fxs{n}", "caller_id": k} for n, k in enumerate(KINDS, 1)],
        }
    )

    def port_changed(self, id: str) -> None:
        pass

    def left_off_hook(self, id: str, locked_out: bool) -> None:
        pass

    def port_cannot(self, id: str, why: str) -> None:
        raise AssertionError(f"{id} cannot: {why}")


class Desk:
    """A station and its telephone."""

    def __init__(self, station: Station, phone: Phone) -> None:
        self.station, self.phone = station, phone

    async def lifted(self) -> StationLeg:
        """The telephone is picked up."""
        self.phone.pick_up()
        for _ in range(100):
            if self.station.leg:
                return self.station.leg
            await asyncio.sleep(0.02)
        raise AssertionError("the station was not seen lifted")


@pytest.fixture(scope="module")
def made() -> list[LineAudio]:
    """Line ports live as long as the process."""
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def desks(native: NativeEvents, made: list[LineAudio], tmp_path: Path) -> AsyncIterator[list[Desk]]:
    """One for each kind."""
    card: Card = open_card(f"sim:fxo=0,fxs={len(KINDS)}", tmp_path)
    made += [LineAudio(native, Law.ULAW) for _ in range(len(KINDS) - len(made))]
    stations = [
        Station(Office(), port, audio, lambda station, leg: None, lambda: datetime(2026, 11, 22, 13, 14))
        for port, audio in zip(card.ports, made, strict=True)
        if isinstance(port, FxsPort)
    ]
    await card.start()
    phones = [Phone(tmp_path, station.id, caller_id=kind) for station, kind in zip(stations, KINDS, strict=True)]
    for phone in phones:
        await phone.plug()
    yield [Desk(station, phone) for station, phone in zip(stations, phones, strict=True)]
    for phone in phones:
        await phone.unplug()
    await card.stop()


async def test_a_phone_in_a_call_is_told_who_waits(desks: list[Desk]) -> None:
    legs = [await desk.lifted() for desk in desks]
    told = await asyncio.gather(*(leg.show_waiting(BOB) for leg in legs))
    assert dict(zip(KINDS, told, strict=True)) == {kind: kind != "dtmf" for kind in KINDS}
    for desk, leg in zip(desks[:-1], legs, strict=False):
        shown = await desk.phone.caller_id(timeout=2)
        assert (shown.number, shown.name, shown.at) == ("5559876", "BOB JONES", "11221314")
        assert desk.phone.alerted == [pytest.approx(80, abs=10)]
        assert leg.digits.empty()  # the acknowledgement is not dialled


async def test_a_phone_that_does_not_acknowledge_is_sent_nothing(desks: list[Desk]) -> None:
    desk = desks[0]
    desk.phone.acknowledges = False
    leg = await desk.lifted()
    assert not await leg.show_waiting(BOB)
    await asyncio.sleep(0.3)
    assert desk.phone.alerted
    assert desk.phone.caller is None


async def test_the_voicemail_lamp_is_switched(desks: list[Desk]) -> None:
    for on in (True, False):
        for desk in desks:
            desk.station.messages.set(on)
        wanted = {kind: None if kind == "dtmf" else on for kind in KINDS}
        for _ in range(250):
            if {desk.phone.kind: desk.phone.waiting for desk in desks} == wanted:
                break
            await asyncio.sleep(0.02)
        assert {desk.phone.kind: desk.phone.waiting for desk in desks} == wanted
