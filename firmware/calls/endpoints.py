# SPDX-License-Identifier: GPL-2.0-or-later
"""What rings for an extension: a telephone, one in use whose owner can take a second call, a number outside."""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from firmware.calls import asking, outside
from firmware.calls.call import Call
from firmware.calls.causes import Cause
from firmware.calls.host import Host
from firmware.calls.leg import Caller, Failed, Leg
from firmware.calls.sip_leg import SipLeg, from_header
from firmware.calls.station import Station
from firmware.calls.station_leg import StationLeg
from firmware.config import Also, Extension, TargetKind
from firmware.countries import RingName

ACCEPT_KEY = "1"


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


class Outside(Endpoint):
    """A number outside; whoever answers there says that it was a person."""

    def __init__(self, host: Host, call: Call, also: Also) -> None:
        self._host, self._call, self._also = host, call, also

    async def ring(self, caller: Caller, ring: RingName) -> Leg:
        """The leg that answered, and pressed 1 where that is asked for."""
        host, number = self._host, self._also.to.value
        digits, trunks = outside.way(host, number)
        self.leg = leg = await outside.call_out(host, self._call, digits, trunks)
        await outside.answered(leg)
        if self._also.confirm and await asking.digits(host, leg, "press-1", 1) != ACCEPT_KEY:
            raise Failed(Cause.NO_ANSWER, f"nobody at {number} took the call")
        return leg


def entries_of(host: Host, extension: Extension, call: Call | None = None, *, waiting: bool = False) -> list[Entry]:
    """Its phones; with a `call` also what rings beside them. `waiting`: a phone in use is told of a second call."""
    entries = []
    if extension.port:
        entries.append(Entry(extension.number, lambda caller: _on_port(host, extension, waiting)))
    if extension.sip and (host.phone_reachable(extension) or not extension.port):
        entries.append(Entry(extension.number, lambda caller: _registered(host, extension, caller)))
    for also in extension.also if call else ():
        entries += _beside(host, call, also)
    return entries


def _beside(host: Host, call: Call | None, also: Also) -> list[Entry]:
    if call and also.to.kind == TargetKind.EXTERNAL:
        return [Entry("", lambda caller: Outside(host, call, also), also.after_s)]
    found = next((e for e in host.config.extensions if e.number == also.to.value), None)
    if not found or host.choices.of(found).do_not_disturb:
        return []
    return [Entry(entry.number, entry.make, also.after_s) for entry in entries_of(host, found)]


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
