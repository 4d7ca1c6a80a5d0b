# SPDX-License-Identifier: GPL-2.0-or-later
"""What rings: telephones, and those in use whose owner can take a second call."""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from firmware.calls.causes import Cause
from firmware.calls.host import Host
from firmware.calls.leg import Caller, Deflected, Failed, Leg
from firmware.calls.sip_leg import SipLeg, from_header
from firmware.calls.station import Station
from firmware.calls.station_leg import StationLeg
from firmware.config import Extension
from firmware.countries import RingName


class Endpoint(ABC):
    """`leg` is there from the moment in which something may have to be hung up."""

    leg: Leg | None = None

    @abstractmethod
    async def ring(self, caller: Caller, ring: RingName) -> Leg:
        """The leg, once answered. Failed when it will not be."""

    def drop(self) -> None:
        """Lets go at once."""
        if self.leg:
            self.leg.hang_up(Cause.NORMAL)


@dataclass(frozen=True, slots=True)
class Entry:
    """Of an extension: `make` gives what rings, Failed when it cannot; `after_s` later than the others."""

    number: str
    make: Callable[[Caller], Endpoint]
    after_s: float = 0.0


class Phone(Endpoint):
    """A telephone on a port, or all SIP phones of an extension."""

    def __init__(self, leg: StationLeg | SipLeg) -> None:
        self.leg: StationLeg | SipLeg = leg

    async def ring(self, caller: Caller, ring: RingName) -> Leg:
        """Until answered. Failed when the phone says no."""
        leg = self.leg
        up: asyncio.Future[Any] = asyncio.ensure_future(self._answer(caller, ring))
        try:
            signs: set[asyncio.Future[Any]] = {up, leg.gone}
            await asyncio.wait(signs, return_when=asyncio.FIRST_COMPLETED)
            if up.done():
                await up
                if isinstance(leg, SipLeg):
                    await leg.has_sound()
                return leg
            if isinstance(leg, SipLeg) and leg.sent_to:
                raise Deflected(leg.sent_to, f"{leg.name} sends the call to {leg.sent_to}")
            raise Failed(leg.gone.result(), f"{leg.name} refused")
        finally:
            up.cancel()
            with contextlib.suppress(asyncio.CancelledError, Failed):
                await up

    async def _answer(self, caller: Caller, ring: RingName) -> None:
        if isinstance(self.leg, StationLeg):
            await self.leg.ring(caller, ring)
        else:
            await self.leg.up.wait()


class Second(Phone):
    """A telephone in use: its owner hears that somebody waits."""

    def __init__(self, station: Station, leg: StationLeg) -> None:
        super().__init__(leg)
        self._station, self._second = station, leg

    async def _answer(self, caller: Caller, ring: RingName) -> None:
        await self._station.second.ring(self._second, caller, ring)


def phones_of(host: Host, extension: Extension, *, waiting: bool = False) -> list[Entry]:
    """The phones of an extension. `waiting`: one in use is told of a second call."""
    entries = []
    if extension.port:
        entries.append(Entry(extension.number, lambda caller: _on_port(host, extension, waiting)))
    if extension.sip and (host.phone_reachable(extension) or not extension.port):
        entries.append(Entry(extension.number, lambda caller: _registered(host, extension, caller)))
    return entries


def _on_port(host: Host, extension: Extension, waiting: bool) -> Endpoint:
    station = host.stations.get(extension.port or "")
    if not station:
        raise nothing_rings(extension)
    try:
        return Phone(station.take())
    except Failed:
        if not waiting:
            raise
        return Second(station, station.second.take())


def _registered(host: Host, extension: Extension, caller: Caller) -> Endpoint:
    if not host.phone_reachable(extension):
        raise nothing_rings(extension)
    leg = host.call_phone(extension, from_header(caller, "tipring.invalid"))
    leg.number = extension.number
    return Phone(leg)


def nothing_rings(extension: Extension) -> Failed:
    """Why nobody can be called there."""
    return Failed(Cause.OUT_OF_ORDER, f"{extension.number} has no phone that could ring")
