# SPDX-License-Identifier: GPL-2.0-or-later
"""A second call at a telephone in use: its owner hears a tone and sees who calls, and changes between both by flash.

Two legs share the telephone. One is at the ear: `Station.leg`. The other one rings or holds: `SecondCall.other`.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from drivers.port import PortEvent, PortEventRecord
from firmware.calls.causes import Cause
from firmware.calls.leg import Caller, Failed
from firmware.calls.station_leg import StationLeg
from firmware.countries import RingName

if TYPE_CHECKING:
    from firmware.calls.station import Station

log = logging.getLogger(__name__)

TONE_EVERY_S = 8.0  # ETSI EG 201 120 leaves it to the network; a person has time to end a sentence
RING_BACK_S = 30.0  # to whoever hung up while somebody else was on hold


class SecondCall:
    """Of one station."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self.other: StationLeg | None = None
        self._alone: StationLeg | None = None  # waits on a lifted phone whose first call is over
        self._changed = asyncio.Event()
        self._ringing_back: asyncio.Task[None] | None = None

    def take(self) -> StationLeg:
        """A leg beside the one that talks. Failed when there are two, or when it must not be disturbed."""
        first = self._station.leg
        if self.other or not first or not first.may_wait():
            raise Failed(Cause.BUSY, f"{self._station.id} is in use")
        self.other = StationLeg(self._station)
        return self.other

    async def ring(self, leg: StationLeg, caller: Caller, ring: RingName) -> None:
        """Tells the owner that this leg waits, until it is taken; rings once the phone is on hook."""
        leg.caller = caller
        told = False
        try:
            while not leg.lifted.is_set():
                self._changed.clear()
                first = self._station.leg
                if leg is self.other and first:
                    await self._until_changed(leg, self._tell(first, caller, told))
                    told = True
                elif self._station.port.off_hook:
                    self._alone = leg
                    await self._until_changed(leg, self._tell(leg, caller, True))
                else:
                    self._alone = None
                    await leg.ring(caller, ring)
        finally:
            self._alone = None

    async def _until_changed(self, leg: StationLeg, telling: asyncio.Future[None]) -> None:
        """While the tone is heard, until it is due again, or something happened."""
        signs = [asyncio.ensure_future(leg.lifted.wait()), asyncio.ensure_future(self._changed.wait())]
        try:
            await asyncio.wait(signs, timeout=TONE_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            telling.cancel()
            for sign in signs:
                sign.cancel()

    def _tell(self, ear: StationLeg, caller: Caller, told: bool) -> asyncio.Future[None]:
        async def tell() -> None:
            try:
                await (ear.play_waiting() if told else ear.show_waiting(caller))
            except asyncio.CancelledError:
                ear.quiet()
                raise

        return asyncio.ensure_future(tell())

    # ---- what the owner does ---------------------------------------------------------------------

    def on_port(self, record: PortEventRecord) -> bool:
        """True when it was about two calls."""
        if self.other and record.event == PortEvent.HOOK_FLASH:
            self._change()
        elif self._alone and record.event == PortEvent.HOOK_FLASH:
            self._alone.lifted.set()
        elif self._alone and record.event == PortEvent.ON_HOOK:
            self._changed.set()
        else:
            return False
        return True

    def _change(self) -> None:
        """The other one comes to the ear."""
        held, taken = self._station.leg, self.other
        assert held
        assert taken
        log.info("%s takes the other call", self._station.id)
        self._station.leg, self.other = taken, held
        held.hold(True)
        taken.lifted.set()
        taken.hold(False)

    # ---- what becomes of the two -----------------------------------------------------------------

    def released(self, leg: StationLeg) -> bool:
        """A leg is done with the phone; True when the other one goes on."""
        if leg is self.other:
            self.other = None
            return True
        if leg is not self._station.leg or not self.other:
            return False
        self._station.leg, self.other = self.other, None
        self._go_on(self._station.leg)
        return True

    def _go_on(self, leg: StationLeg) -> None:
        """The only one left: it waits still, or was on hold."""
        self._station.quiet()
        self._changed.set()
        if not leg.lifted.is_set():
            return
        if self._station.port.off_hook:
            leg.hold(False)
        else:
            self._ringing_back = asyncio.create_task(self._ring_back(leg))
            leg.gone.add_done_callback(lambda gone: self._ringing_back and self._ringing_back.cancel())

    async def _ring_back(self, leg: StationLeg) -> None:
        """The owner hung up while somebody was on hold."""
        leg.lifted.clear()
        try:
            async with asyncio.timeout(RING_BACK_S):
                await leg.ring(leg.caller, RingName.RECALL)
        except (TimeoutError, Failed) as error:
            log.info("%s did not come back: %s", self._station.id, error)
            leg.left(Cause.NO_ANSWER)
        else:
            leg.hold(False)
